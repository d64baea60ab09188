"""The file that calendar programs read: parsed again by a reader of calendars."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from bhod.models import Guard
from bhod.selectors.calendars import published
from bhod.services.calendar_files import write_calendar
from tests.bhod.calendar_reading import WINDOW, events, move
from tests.bhod.factories import AT, GuardFactory, SwapOfferFactory
from tests.bhod.payment_factories import TariffFactory
from tests.prosante_login.factories import CareProviderFactory

pytestmark = pytest.mark.django_db


class TestEvents:
    def test_say_who_where_and_when(self, guard, circle_feed):
        move(guard)

        [event] = events(circle_feed)

        assert str(event["uid"]) == str(guard.reference)
        assert event["sequence"] == 2
        assert event.start == guard.starts_at
        assert event.end == guard.ends_at
        assert event["dtstart"].to_ical() == b"20260305T180000Z"
        assert str(event["summary"]) == f"Garde Ouest – Dr {guard.provider.person}"
        assert str(event["location"]) == "Ouest"
        assert str(event["status"]) == "CONFIRMED"
        assert event.categories == ["nuit de semaine"]
        assert event.stamp == event["last-modified"].dt == AT + timedelta(hours=1)
        assert "jeudi 5 mars 2026, 19:00" in event["description"]
        assert "CMG du Test ASBL" in event["description"]

    def test_guards_that_have_no_history_changed_when_they_were_registered(self, guard, circle_feed):
        [event] = events(circle_feed)
        assert event.stamp == guard.registered_at

    def test_name_the_circle_where_they_are_of_several(self, guard, doctor_feed):
        [event] = events(doctor_feed, with_circle=True)
        assert str(event["location"]) == "Ouest, CMG du Test ASBL"

    def test_are_in_the_language_of_the_reader(self, guard, doctor_feed):
        [event] = events(doctor_feed, language="nl")
        assert "donderdag 5 maart 2026" in event["description"].lower()

    def test_a_cancelled_guard_is_published_as_cancelled(self, unit, circle_feed):
        GuardFactory(unit=unit, cancelled=True)

        [event] = events(circle_feed)

        assert (str(event["status"]), str(event["transp"])) == ("CANCELLED", "TRANSPARENT")
        assert str(event["summary"]).startswith("Annulée : garde Ouest")

    def test_a_draft_is_not_published(self, unit, doctor_feed, unit_feed, circle_feed):
        Guard.objects.all().delete()
        draft = GuardFactory(unit=unit, provider=doctor_feed.provider, draft=True)
        GuardFactory(unit=unit, cancelled=True, is_published=False, provider=doctor_feed.provider)
        # Of a draft that changed hands nobody knew.
        move(draft, provider=CareProviderFactory(person__world=unit.enterprise.world))

        assert [events(feed) for feed in (doctor_feed, unit_feed, circle_feed)] == [[], [], []]

    def test_a_guard_whose_swap_waits_for_the_circle_is_tentative(self, guard, doctor_feed):
        SwapOfferFactory(
            guard=guard,
            state="ACCEPTED",
            taker=CareProviderFactory(),
            accepted_at=AT,
            accepted_by=guard.registered_by,
        )

        [event] = events(doctor_feed)

        assert str(event["status"]) == "TENTATIVE"
        assert "Un échange est demandé" in event["description"]

    def test_an_hour_that_nobody_pays_has_no_category(self, unit, circle_feed):
        noon = datetime(2026, 3, 5, 11, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=noon, ends_at=noon + timedelta(hours=2))

        [event] = events(circle_feed)

        assert "categories" not in event

    @pytest.mark.parametrize(
        ("starts_at", "ends_at", "hours"),
        [
            # Saturday 28 March 20:00 to Sunday 08:00: the clock skips an hour.
            (datetime(2026, 3, 28, 19, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC), 11),
            # Saturday 24 October 20:00 to Sunday 08:00: it has one twice.
            (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC), 13),
        ],
    )
    def test_last_as_long_as_they_really_do_when_the_clock_changes(
        self, unit, circle_feed, starts_at, ends_at, hours
    ):
        GuardFactory(unit=unit, starts_at=starts_at, ends_at=ends_at)

        [event] = events(circle_feed)

        assert event.duration == timedelta(hours=hours)
        assert "20:00 au dimanche" in event["description"]
        assert "08:00, heure de Bruxelles" in event["description"]

    def test_never_say_an_amount(self, guard, doctor_feed, unit_feed, circle_feed):
        TariffFactory(world=guard.unit.enterprise.world)
        for feed in (doctor_feed, unit_feed, circle_feed):
            text = write_calendar(published(feed, window=WINDOW), name="Agenda").decode()
            assert "€" not in text
            assert "80,60" not in text
            assert guard.provider.person.niss not in text


class TestFile:
    def test_tells_programs_its_name_and_when_to_come_again(self, guard, circle_feed):
        calendar = Calendar.from_ical(
            write_calendar(published(circle_feed, window=WINDOW), name="Gardes, Ouest")
        )

        assert str(calendar["version"]) == "2.0"
        assert str(calendar["method"]) == "PUBLISH"
        assert calendar.calendar_name == str(calendar["x-wr-calname"]) == "Gardes, Ouest"
        assert str(calendar["x-wr-timezone"]) == "Europe/Brussels"
        assert calendar.refresh_interval == timedelta(hours=1)
        assert calendar["x-published-ttl"].to_ical() == b"PT1H"
        assert "SIMULATEUR" in str(calendar["x-wr-caldesc"]).upper()

    def test_is_the_same_for_the_same_guards(self, guard, circle_feed):
        assert write_calendar(published(circle_feed, window=WINDOW), name="A") == write_calendar(
            published(circle_feed, window=WINDOW), name="A"
        )

    def test_folds_long_lines_and_escapes_what_has_a_meaning(self, circle_feed, unit):
        name = "Éloïse; « Anne, Marie » \\ " + "Ünterschrïft" * 8
        GuardFactory(unit=unit, provider__person__last_name=name[:100], provider__person__first_name="A")

        content = write_calendar(published(circle_feed, window=WINDOW), name="A")

        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert name[:100] in str(Calendar.from_ical(content).events[0]["summary"])

    def test_no_text_makes_a_line_of_its_own(self, circle_feed, unit):
        unit.name = "Ouest\r\nATTACH:http://ailleurs.invalid/"
        unit.save()
        GuardFactory(unit=unit)

        [event] = events(circle_feed)

        assert "attach" not in event

    def test_holds_no_guard_where_there_is_none(self):
        assert Calendar.from_ical(write_calendar([], name="A")).events == []


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028"])
def test_a_name_on_several_lines_is_one_name_and_nothing_else(end):
    content = write_calendar([], name=f"Ouest{end}BEGIN:VEVENT")

    assert Calendar.from_ical(content).calendar_name == "Ouest BEGIN:VEVENT"
    assert b"BEGIN:VEVENT" not in content.splitlines()
