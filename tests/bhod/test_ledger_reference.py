"""Twenty guards whose money was worked out by hand, against what three payments make of them, to the cent.

Minutes and sums are of pen and paper: nothing here asks the code that counts windows or rounds.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bhod.enums import CheckOutcome, GuardAct, GuardState, SettlementOutcome
from bhod.models import GuardCheck, Settlement
from bhod.services import ledger_checks
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import carried, closed_run, inami_agent
from tests.prosante_login.factories import ProviderAccountFactory

BRUSSELS = ZoneInfo("Europe/Brussels")
MARCH, MAY, JULY = (datetime(2027, month, 4, 9, tzinfo=UTC) for month in (3, 5, 7))

# 6,20 € an hour until the end of 2026, 6,35 € from 2027. Who, from, to (clock in Brussels), paid minutes, euros.
BY_HAND = [
    ("Ana", "2026-03-07 08:00", "2026-03-09 08:00", 48 * 60, "297.60"),  # a weekend
    ("Ana", "2026-03-03 19:00", "2026-03-04 08:00", 13 * 60, "80.60"),  # a weeknight: 13 h × 6,20 €
    ("Ana", "2026-03-28 20:00", "2026-03-29 08:00", 11 * 60, "68.20"),  # the night of March has an hour less
    (
        "Ana",
        "2026-10-24 08:00",
        "2026-10-26 08:00",
        48 * 60,
        "297.60",
    ),  # that of October is not paid for one more
    (
        "Ana",
        "2026-11-10 19:00",
        "2026-11-11 20:00",
        25 * 60,
        "155.00",
    ),  # a night, then 12 hours of 11 November
    ("Ana", "2026-12-31 19:00", "2027-01-01 08:00", 13 * 60, "80.60"),  # the tariff of the day it begins
    ("Ana", "2027-01-01 08:00", "2027-01-02 08:00", 24 * 60, "152.40"),  # New Year: 24 h × 6,35 €
    ("Ana", "2027-01-05 19:00", "2027-01-05 20:01", 61, "6.46"),  # 6,4558
    ("Ana", "2027-01-06 19:00", "2027-01-06 19:06", 6, "0.64"),  # 0,635: half a cent, up
    ("Ana", "2027-01-07 19:00", "2027-01-08 07:30", 750, "79.38"),  # 79,375: half a cent, up
    ("Bob", "2026-04-30 19:00", "2026-05-02 08:00", 37 * 60, "229.40"),  # a night and 1 May, a Friday
    ("Bob", "2026-04-04 08:00", "2026-04-06 08:00", 48 * 60, "297.60"),  # the weekend of Easter
    ("Bob", "2026-04-06 08:00", "2026-04-07 08:00", 24 * 60, "148.80"),  # Easter Monday
    (
        "Bob",
        "2026-03-09 02:00",
        "2026-03-09 20:00",
        7 * 60,
        "43.40",
    ),  # 6 h of the weekend, 1 h of the evening
    ("Bob", "2026-05-05 23:17", "2026-05-06 06:40", 443, "45.78"),  # 45,7767
    ("Cem", "2026-07-21 06:00", "2026-07-22 20:00", 27 * 60, "167.40"),  # 2 h, the 24 h of 21 July, 1 h
    ("Cem", "2026-10-25 01:59", "2026-10-25 03:01", 62, "6.41"),  # lasts 2 h 02: one hour comes twice; 6,4067
    (
        "Cem",
        "2026-12-25 08:00",
        "2026-12-27 08:00",
        48 * 60,
        "297.60",
    ),  # Christmas, a Friday, and the Saturday
    ("Cem", "2027-01-09 08:00", "2027-01-09 20:20", 740, "78.32"),  # 78,3167
    ("Cem", "2027-02-28 23:59", "2027-03-01 00:01", 2, "0.21"),  # over midnight, on the last day paid; 0,2117
]
TOTALS = {"Ana": Decimal("1218.48"), "Bob": Decimal("764.98"), "Cem": Decimal("549.94")}


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


class Circle:
    """Three doctors of one circle; Bob has named no account."""

    def __init__(self):
        self.unit = GuardUnitFactory()
        self.world = self.unit.enterprise.world
        self.agent = inami_agent(self.world)
        self.manager = manager_of(self.unit.enterprise)
        self.doctors = {
            name: CircleDoctorFactory(enterprise=self.unit.enterprise).provider for name in TOTALS
        }
        for name in ("Ana", "Cem"):
            ProviderAccountFactory(provider=self.doctors[name])
        TariffFactory(world=self.world, valid_until=date(2026, 12, 31))
        TariffFactory(world=self.world, valid_from=date(2027, 1, 1), amount=Decimal("6.35"))
        self.guards = {start: self.guard(name, start, end) for name, start, end, _minutes, _euros in BY_HAND}

    def guard(self, name, start, end):
        return GuardFactory(
            unit=self.unit,
            provider=self.doctors[name],
            starts_at=local(start),
            ends_at=local(end),
            confirmed=True,
            confirmed_at=local(end),
        )

    def pay(self, at):
        run = closed_run(self.world, by=self.agent, at=at)
        assert ledger_checks.check_ledger(world=self.world, at=at).faults == []
        return run

    def settled(self, run, name):
        """What was owed before, what was earned, what is paid, what stays owed, and how."""
        return Settlement.objects.values_list("opening", "earned", "paid", "closing", "outcome").get(
            run=run, provider=self.doctors[name]
        )


def euros(*texts):
    return tuple(Decimal(text) for text in texts)


@pytest.fixture
def circle():
    return Circle()


def test_twenty_guards_are_paid_as_by_hand(circle):
    later = circle.guard("Ana", "2027-03-01 19:00", "2027-03-02 08:00")

    run = circle.pay(MARCH)

    lines = {line.guard_check.guard_id: line for line in run.lines.select_related("guard_check")}
    paid = {
        start: (
            lines[guard.pk].guard_check.weekend
            + lines[guard.pk].guard_check.holiday
            + lines[guard.pk].guard_check.weeknight,
            lines[guard.pk].amount,
        )
        for start, guard in circle.guards.items()
    }
    assert paid == {start: (minutes, Decimal(text)) for _who, start, _end, minutes, text in BY_HAND}
    assert later.pk not in lines
    assert GuardCheck.objects.get(guard=later).outcome == CheckOutcome.VALIDATED


def test_the_sheet_of_paper_agrees_with_itself():
    """In whole cents, half a cent up, without a decimal."""
    cents = {"2026": 620, "2027": 635}
    for _who, start, _end, minutes, text in BY_HAND:
        assert (minutes * cents[start[:4]] * 2 + 60) // 120 == int(text.replace(".", ""))
    for name, total in TOTALS.items():
        assert sum(Decimal(text) for who, *_rest, text in BY_HAND if who == name) == total


def test_three_payments_with_corrections_are_settled_as_by_hand(circle):
    first = circle.pay(MARCH)
    assert circle.settled(first, "Ana") == (*euros("0", "1218.48", "1218.48", "0"), SettlementOutcome.SENT)
    assert circle.settled(first, "Bob") == (
        *euros("0", "764.98", "0", "764.98"),
        SettlementOutcome.NO_ACCOUNT,
    )
    assert circle.settled(first, "Cem") == (*euros("0", "549.94", "549.94", "0"), SettlementOutcome.SENT)

    # New Year's Eve of Ana was an hour shorter: -80,60 + 74,40, and a night of March: + 82,55. 21 July of Cem wasn't.
    eve = circle.guards["2026-12-31 19:00"]
    carried(
        eve, circle.manager, MARCH, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=local("2027-01-01 07:00")
    )  # fmt: skip
    carried(eve, circle.manager, MARCH, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
    cancelled = circle.guards["2026-07-21 06:00"]
    carried(cancelled, circle.manager, MARCH, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    circle.guard("Ana", "2027-03-01 19:00", "2027-03-02 08:00")
    ProviderAccountFactory(provider=circle.doctors["Bob"])
    second = circle.pay(MAY)
    assert sorted(line.amount for line in second.lines.all()) == sorted(
        euros("-80.60", "74.40", "82.55", "-167.40")
    )
    assert circle.settled(second, "Ana") == (*euros("0", "76.35", "76.35", "0"), SettlementOutcome.SENT)
    assert circle.settled(second, "Bob") == (*euros("764.98", "0", "764.98", "0"), SettlementOutcome.SENT)
    assert circle.settled(second, "Cem") == (*euros("0", "-167.40", "0", "-167.40"), SettlementOutcome.OFFSET)

    # Cem works off his debt: 13 h × 6,35 € = 82,55 €.
    circle.guard("Cem", "2027-06-01 19:00", "2027-06-02 08:00")
    third = circle.pay(JULY)
    assert circle.settled(third, "Cem") == (
        *euros("-167.40", "82.55", "0", "-84.85"),
        SettlementOutcome.OFFSET,
    )
    assert set(third.settlements.values_list("provider", flat=True)) == {circle.doctors["Cem"].pk}
