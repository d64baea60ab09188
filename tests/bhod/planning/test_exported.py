"""A file of guards that went out is read again: nothing changes, whatever the guards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from bhod.enums import PlanningOutcome
from bhod.models import Guard
from bhod.selectors.guards import guards_of
from bhod.selectors.planning_results import outcome_of
from bhod.services.guard_exports import export_calendar, export_table
from bhod_portal.core.csv_files import csv_lines
from tests.bhod.factories import AT, GuardFactory, GuardZoneFactory
from tests.bhod.payment_factories import TariffFactory


@pytest.fixture(autouse=True)
def guards(circle, west, doctor, other):
    """Nights and a weekend, one cancelled, one confirmed, one that begins in the second 02:30 of October."""
    west.zone = GuardZoneFactory(enterprise=circle)
    west.save()
    TariffFactory(world=circle.world)
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    return [
        GuardFactory(unit=west, provider=doctor),
        GuardFactory(unit=west, provider=other, confirmed=True),
        GuardFactory(unit=west, provider=doctor, weekend=True),
        GuardFactory(unit=west, provider=other, weekend=True, cancelled=True),
        GuardFactory(unit=west, provider=other, starts_at=autumn, ends_at=autumn + timedelta(hours=5)),
    ]


def outcomes(planning_import):
    return {outcome_of(packed) for packed in planning_import.plan["results"]}


@pytest.mark.parametrize(
    ("language", "with_amounts"), [("fr", False), ("fr", True), ("nl", True), ("de", True), ("en", True)]
)
def test_a_table_changes_nothing(circle, by, send, language, with_amounts):
    with translation.override(language):
        rows = list(
            export_table(
                enterprise=circle, guards=guards_of(circle.pk), with_amounts=with_amounts, by=by, at=AT
            )
        )
    read = send(content="".join(csv_lines(rows)).encode())

    assert outcomes(read) == {PlanningOutcome.UNCHANGED}
    assert len(read.plan["results"]) == Guard.objects.count()


def test_a_calendar_changes_nothing(circle, by, send):
    content = export_calendar(enterprise=circle, guards=guards_of(circle.pk), by=by, at=AT)

    read = send(content=content, name="gardes.ics")

    assert outcomes(read) == {PlanningOutcome.UNCHANGED}
    assert len(read.plan["results"]) == Guard.objects.count()
