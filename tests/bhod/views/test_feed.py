"""The address that a calendar program reads: whoever asks, by a secret, and as rarely as possible anew."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import http_date
from icalendar import Calendar

from bhod.models import CalendarFeed, Guard
from bhod.selectors.calendars import digest
from bhod.services.calendar_files import write_calendar
from bhod.views import calendars as view
from tests.bhod.factories import AT, CalendarFeedFactory, GuardFactory, manager_of
from tests.csam.factories import WorldFactory
from tests.csam.login import log_in

SECRET = "Zb1-kq_9fJ3xW0aVn5Tt8yLrC2mPdQeUo4sHiGj6BvA"
URL = reverse("bhod:feed", kwargs={"secret": SECRET})
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stopped_clock(world):
    cache.clear()
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def guard(unit):
    return GuardFactory(unit=unit, provider__person__language="nl")


@pytest.fixture
def feed(circle, guard):
    """Of the circle, which has a manager; read a moment ago."""
    manager_of(circle)
    return CalendarFeedFactory(
        enterprise=circle, secret_hash=digest(SECRET), label="Gardes du cercle", last_read_at=AT
    )


@pytest.fixture
def own_feed(guard):
    return CalendarFeedFactory(of_doctor=True, provider=guard.provider, secret_hash=digest(SECRET))


def events(answer):
    return Calendar.from_ical(answer.content).events


def asked_of_the_database(captured):
    """Without the cache, which stands in a table here and in Redis on a server, and its savepoints."""
    queries = [each["sql"] for each in captured if "portal_cache" not in each["sql"]]
    return [query for query in queries if "SAVEPOINT" not in query]


def test_gives_the_guards_to_whoever_knows_the_secret(client, feed, guard):
    answer = client.get(URL)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["uid"]) for event in events(answer)] == [str(guard.reference)]
    assert Calendar.from_ical(answer.content).calendar_name == "Gardes du cercle"


def test_gives_a_doctor_his_in_his_language(client, own_feed, guard):
    [event] = events(client.get(URL))

    assert str(event["location"]) == "Ouest, CMG du Test ASBL"
    assert "donderdag" in event["description"]


def test_tells_nobody_and_is_kept_by_nobody_else(client, feed):
    answer = client.get(URL)

    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


class TestUnchanged:
    def test_is_not_sent_again(self, client, feed):
        first = client.get(URL)

        second = client.get(URL, headers={"If-None-Match": first["ETag"]})

        assert (second.status_code, second.content) == (304, b"")
        assert second["ETag"] == first["ETag"]
        assert not first["ETag"].startswith("W/")
        assert second["Referrer-Policy"] == "no-referrer"

    def test_is_not_sent_again_to_who_knows_the_time_only(self, client, feed, stopped_clock):
        first = client.get(URL)
        stopped_clock.shift(timedelta(hours=1))

        second = client.get(URL, headers={"If-Modified-Since": first["Last-Modified"]})

        assert second.status_code == 304
        assert first["Last-Modified"] == second["Last-Modified"] == http_date(NOW.timestamp())

    @pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
    def test_is_sent_when_it_changed(self, client, feed, guard, header):
        first = client.get(URL)
        Guard.objects.filter(pk=guard.pk).update(version=2, ends_at=guard.ends_at - timedelta(hours=1))
        asking = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[header]

        # Within the same second, as the clock stands still.
        second = client.get(URL, headers={asking: first[header]})

        assert second.status_code == 200
        assert events(second)[0]["sequence"] == 2
        assert second[header] != first[header]

    def test_loads_no_guard_and_asks_thrice(self, client, feed):
        etag = client.get(URL)["ETag"]

        with CaptureQueriesContext(connection) as captured:
            answer = client.get(URL, headers={"If-None-Match": etag})

        assert answer.status_code == 304
        queries = asked_of_the_database(captured)
        assert len(queries) <= 3, queries
        assert not any('SELECT "bhod_guard"."id"' in query for query in queries)

    def test_asks_twice_more_when_it_is_sent(self, client, feed, unit):
        for _ in range(5):
            GuardFactory(unit=unit)
        with CaptureQueriesContext(connection) as captured:
            assert len(events(client.get(URL))) == 6
        assert len(asked_of_the_database(captured)) <= 5


def test_is_written_once_for_all_its_readers(client, feed, guard, monkeypatch):
    written = []
    monkeypatch.setattr(
        view, "write_calendar", lambda *args, **options: written.append(1) or write_calendar(*args, **options)
    )

    answers = [client.get(URL).content for _ in range(3)]
    Guard.objects.filter(pk=guard.pk).update(version=2)
    changed = client.get(URL).content

    assert len(written) == 2
    assert len(set(answers)) == 1
    assert b"SEQUENCE:2" in changed


class TestNotThere:
    @pytest.mark.parametrize("secret", ["inconnu", SECRET[:-1], digest(SECRET)])
    def test_for_an_unknown_secret(self, client, feed, secret):
        answer = client.get(reverse("bhod:feed", kwargs={"secret": secret}))

        assert answer.status_code == 404
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["Referrer-Policy"] == "no-referrer"

    def test_once_it_is_revoked_even_for_who_has_it_already(self, client, feed):
        etag = client.get(URL)["ETag"]
        CalendarFeed.objects.update(revoked_at=AT, revoked_by=feed.created_by)

        assert client.get(URL, headers={"If-None-Match": etag}).status_code == 404

    def test_while_nobody_of_the_circle_could_revoke_it(self, client, circle):
        CalendarFeedFactory(enterprise=circle, secret_hash=digest(SECRET))

        assert client.get(URL).status_code == 404
        assert CalendarFeed.objects.get().last_read_at is None

    def test_says_the_same_in_each_case(self, client, circle):
        CalendarFeedFactory(enterprise=circle, secret_hash=digest(SECRET))
        CalendarFeedFactory(enterprise=circle, secret_hash=digest("a" * 43), revoked=True)

        answers = {client.get(reverse("bhod:feed", args=[each])).content for each in (SECRET, "a" * 43, "b")}

        assert len(answers) == 1


class TestLimits:
    def test_one_feed_is_not_read_too_often(self, client, feed, monkeypatch, stopped_clock):
        monkeypatch.setattr(view, "MOST_OF_FEED", 2)
        answers = [client.get(URL) for _ in range(3)]
        stopped_clock.shift(view.WITHIN)

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1]["Retry-After"] == "300"
        assert client.get(URL).status_code == 200

    def test_secrets_are_not_tried_out(self, client, feed, monkeypatch):
        monkeypatch.setattr(view, "MOST_UNKNOWN", 2)
        tried = [client.get(reverse("bhod:feed", args=[f"essai-{n}"])).status_code for n in range(3)]

        assert tried == [404, 404, 429]
        # Who knows one reads on.
        assert client.get(URL).status_code == 200


def test_remembers_when_it_was_read(client, feed):
    CalendarFeed.objects.update(last_read_at=None)

    client.get(URL)

    # In the world's time.
    assert CalendarFeed.objects.get().last_read_at == AT


def test_its_own_world_s_clock_decides_and_not_the_visitor_s(client, unit, own_feed, guard):
    elsewhere = WorldFactory(code="ailleurs", frozen_at=datetime(2029, 1, 1, tzinfo=UTC))
    person = manager_of(unit.enterprise)
    person.world = elsewhere
    log_in(client, person)

    assert len(events(client.get(URL))) == 1

    world = unit.enterprise.world
    world.frozen_at = datetime(2029, 1, 1, tzinfo=UTC)
    world.save()
    assert events(client.get(URL)) == []


def test_no_line_of_the_log_has_the_secret(client, feed, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    client.get(URL)
    client.get(f"{URL[:-4]}x.ics")
    client.post(URL)
    cache.clear()
    monkeypatch.setattr(view, "write_calendar", lambda *_a, **_k: 1 / 0)
    client.raise_request_exception = False
    assert client.get(URL).status_code == 500

    assert "Internal Server Error: /bhod/agenda/*" in caplog.text
    assert SECRET not in caplog.text
    assert not [record for record in caplog.records if SECRET in str(record.args)]
