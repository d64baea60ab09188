"""The benchmark reads addresses as a calendar program does; how fast that is, no test says."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from benchmarks import feeds
from benchmarks.serving import Tally
from bhod.selectors.calendars import digest
from tests.bhod.factories import AT, CalendarFeedFactory, GuardFactory
from tests.csam.factories import WorldFactory


def test_reports_each_feed():
    first, unchanged = Tally([0.2, 0.4, 0.6], 1.0), Tally([0.005, 0.006, 0.020], 0.1)
    reading = feeds.Reading(2300, 1012.4, first, (5, 3), unchanged)

    report = feeds.report({"a circle": reading}, load=0.5)

    assert "| a circle | 2300 | 1012 kB | 400 ms | 5 | 30/s | 6.0 ms | 6.0 ms | 3 |" in report


@pytest.mark.django_db(transaction=True)
def test_reads_what_the_portal_publishes(live_server, monkeypatch):
    monkeypatch.setattr(feeds, "SECONDS", 0.01)
    provider = GuardFactory(unit__enterprise__world=WorldFactory(frozen_at=AT)).provider
    paths = []
    for secret in ("un", "deux"):
        CalendarFeedFactory(of_doctor=True, provider=provider, secret_hash=digest(secret))
        paths.append(reverse("bhod:feed", args=[secret]))

    reading = feeds.read(urlsplit(live_server.url).port, paths)

    assert (reading.events, len(reading.first.times)) == (1, 1)
    assert reading.unchanged.times
