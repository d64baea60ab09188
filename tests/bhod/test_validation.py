"""INAMI's check of confirmed guards: what it validates, what it refuses with which reasons, and when it looks again."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from bhod.enums import CheckOutcome, GuardAct, GuardState, PayState
from bhod.models import CircleDoctor, Guard, GuardCheck, ValidationRound
from bhod.rules.problems import Problem
from bhod.selectors.payments import pay_of_guards
from bhod.services import validation
from bhod_portal.core import clock
from prosante_login.models import CareProvider
from tests.bhod.factories import (
    CircleDoctorFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
)
from tests.bhod.payment_factories import TariffFactory, ValidationRoundFactory
from tests.bhod.payments import carried, closed, closed_run, drafted
from tests.csam.factories import WorldFactory
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory, inami_number
from tests.threads import at_once

BRUSSELS = ZoneInfo("Europe/Brussels")
MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
# After every guard of these tests.
NOVEMBER = datetime(2026, 11, 4, 9, tzinfo=UTC)


@pytest.fixture
def world(unit):
    TariffFactory(world=unit.enterprise.world)
    return unit.enterprise.world


@pytest.fixture
def guard(unit, doctor, world):
    """The confirmed night from Thursday 5 to Friday 6 March 2026: 13 hours."""
    return GuardFactory(unit=unit, provider=doctor, confirmed=True)


def found(guard):
    """What stands of it."""
    return GuardCheck.objects.standing().get(guard=guard)


def codes(guard):
    return [each["code"] for each in found(guard).problems]


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


class TestHours:
    """Minutes are those of the clock in Brussels; the tariff is that of the day on which the guard begins."""

    @pytest.mark.parametrize(
        ("starts", "ends", "minutes", "euros"),
        [
            pytest.param("2026-03-05 19:00", "2026-03-06 08:00", (0, 0, 780), "80.60", id="a night over midnight"),
            pytest.param("2026-03-28 20:00", "2026-03-29 08:00", (660, 0, 0), "68.20", id="March: an hour less"),
            pytest.param("2026-10-24 20:00", "2026-10-25 08:00", (720, 0, 0), "74.40", id="October: no hour more"),
            pytest.param("2026-10-25 01:30", "2026-10-25 03:30", (120, 0, 0), "12.40", id="the hour that comes twice"),
            pytest.param("2026-04-30 19:00", "2026-05-02 08:00", (0, 1440, 780), "229.40", id="the eve and 1 May"),
            pytest.param("2026-03-05 18:00", "2026-03-06 09:00", (0, 0, 780), "80.60", id="what lies outside"),
            pytest.param("2026-03-05 23:59", "2026-03-06 00:01", (0, 0, 2), "0.21", id="two minutes"),
        ],
    )  # fmt: skip
    def test_are_counted(self, unit, doctor, world, starts, ends, minutes, euros):
        guard = GuardFactory(
            unit=unit, provider=doctor, starts_at=local(starts), ends_at=local(ends), confirmed=True, confirmed_at=local(ends)
        )  # fmt: skip

        validation.validate(world=world, at=NOVEMBER)

        check = found(guard)
        assert (check.weekend, check.holiday, check.weeknight) == minutes
        assert (check.outcome, check.hourly, check.amount) == (
            CheckOutcome.VALIDATED,
            Decimal("6.20"),
            Decimal(euros),
        )
        assert check.first_day == local(starts).astimezone(BRUSSELS).date()

    def test_a_guard_none_of_which_is_paid_is_refused(self, unit, doctor, world):
        day = local("2026-03-05 08:00")
        guard = GuardFactory(
            unit=unit, provider=doctor, starts_at=day, ends_at=day + timedelta(hours=11), confirmed=True
        )
        validation.validate(world=world, at=MAY)
        assert codes(guard) == ["outside_windows"]
        assert "hors du week-end" in Problem(**found(guard).problems[0]).text


def without_enrolment(guard):
    CircleDoctor.objects.filter(provider=guard.provider).delete()


def enrolled_too_late(guard):
    CircleDoctor.objects.filter(provider=guard.provider).update(valid_from=date(2026, 3, 6))


def with_another_code(guard):
    CareProvider.objects.filter(pk=guard.provider_id).update(inami_number=inami_number(170_099, "009"))


def without_acquired_rights(guard):
    CareProvider.objects.filter(pk=guard.provider_id).update(inami_number=inami_number(170_098, "001"))


def candidate_alone(guard):
    CareProvider.objects.filter(pk=guard.provider_id).update(inami_number=inami_number(170_097, "005"))


def unit_closed(guard):
    guard.unit.closed_from = date(2026, 3, 6)
    guard.unit.save()


def elsewhere_only(guard):
    enrolment = CircleDoctor.objects.get(provider=guard.provider)
    DoctorUnitFactory(doctor=enrolment, unit=GuardUnitFactory(enterprise=guard.unit.enterprise))


def beside_his_supervisor(guard):
    supervisor = CareProviderFactory(person__world=guard.unit.enterprise.world)
    CircleDoctorFactory(enterprise=guard.unit.enterprise, provider=supervisor)
    CircleDoctor.objects.filter(provider=guard.provider).update(supervisor=supervisor)
    GuardFactory(unit=guard.unit, provider=supervisor)


class TestRules:
    @pytest.mark.parametrize(
        ("broken", "code"),
        [
            (without_enrolment, "not_enrolled"),
            (enrolled_too_late, "not_enrolled"),
            (with_another_code, "not_eligible_code"),
            (without_acquired_rights, "acquired_rights_required"),
            (candidate_alone, "supervisor_required"),
            (unit_closed, "unit_closed"),
            (elsewhere_only, "unit_not_allowed"),
            (beside_his_supervisor, "candidate_and_supervisor"),
        ],
    )
    def test_what_is_no_longer_right_is_refused_with_its_reason(self, guard, world, broken, code):
        broken(guard)

        validation.validate(world=world, at=MAY)

        check = found(guard)
        assert (check.outcome, check.amount, check.tariff) == (CheckOutcome.REFUSED, None, None)
        [problem] = check.problems
        assert problem["code"] == code
        assert Problem(**problem).text
        assert pay_of_guards([guard], at=MAY)[guard.pk].state == PayState.REFUSED

    def test_every_reason_is_told(self, guard, world):
        without_enrolment(guard)
        with_another_code(guard)
        validation.validate(world=world, at=MAY)
        assert set(codes(guard)) == {"not_eligible_code", "not_enrolled"}

    def test_its_age_is_not_asked(self, guard, world):
        """It was communicated in time; how long INAMI takes is not the circle's fault."""
        validation.validate(world=world, at=MAY + timedelta(days=800))
        assert found(guard).outcome == CheckOutcome.VALIDATED

    @pytest.mark.parametrize("state", [GuardState.DRAFT, GuardState.REGISTERED, GuardState.CANCELLED])
    def test_only_confirmed_guards_are_checked(self, guard, world, state):
        Guard.objects.filter(pk=guard.pk).delete()
        made = {GuardState.DRAFT: {"draft": True}, GuardState.CANCELLED: {"cancelled": True}}.get(state, {})
        GuardFactory(unit=guard.unit, provider=guard.provider, **made)
        validation.validate(world=world, at=MAY)
        assert not GuardCheck.objects.exists()


class TestAgain:
    """A guard is judged until it is in a payment."""

    def test_what_was_refused_and_is_mended_is_validated(self, guard, world):
        enrolled_too_late(guard)
        validation.validate(world=world, at=MAY)
        CircleDoctor.objects.update(valid_from=date(2026, 1, 1))

        validation.validate(world=world, at=MAY + timedelta(days=1))

        assert [(each.outcome, each.superseded_at) for each in GuardCheck.objects.order_by("pk")] == [
            (CheckOutcome.REFUSED, MAY + timedelta(days=1)),
            (CheckOutcome.VALIDATED, None),
        ]

    def test_what_was_validated_may_be_refused_later(self, guard, world):
        validation.validate(world=world, at=MAY)
        enrolled_too_late(guard)
        validation.validate(world=world, at=MAY)
        assert codes(guard) == ["not_enrolled"]

    def test_what_is_found_as_before_is_left_as_it_is(self, guard, world):
        validation.validate(world=world, at=MAY)
        validation.validate(world=world, at=MAY + timedelta(days=1))
        assert GuardCheck.objects.get().checked_at == MAY

    def test_what_is_in_a_payment_is_judged_no_more(self, guard, world, agent):
        ProviderAccountFactory(provider=guard.provider)
        run = drafted(world, by=agent, at=MAY)
        enrolled_too_late(guard)
        validation.validate(world=world, at=MAY)
        assert found(guard).outcome == CheckOutcome.VALIDATED
        closed(run, by=agent, at=MAY)
        validation.validate(world=world, at=NOVEMBER)
        assert found(guard).outcome == CheckOutcome.VALIDATED

    def test_what_the_circle_changes_is_judged_anew_once_it_is_confirmed(self, guard, world, manager):
        validation.validate(world=world, at=MAY)
        hour_less = guard.ends_at - timedelta(hours=1)
        carried(guard, manager, MAY, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=hour_less)
        assert not GuardCheck.objects.standing().exists()
        validation.validate(world=world, at=MAY)
        assert not GuardCheck.objects.standing().exists()

        carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
        validation.validate(world=world, at=MAY)

        assert (found(guard).version, found(guard).amount) == (3, Decimal("74.40"))

    def test_a_paid_guard_that_changes_is_judged_anew(self, guard, world, agent, manager):
        ProviderAccountFactory(provider=guard.provider)
        closed_run(world, by=agent, at=MAY)
        carried(guard, manager, MAY, act=GuardAct.REOPENED, state=GuardState.REGISTERED)
        carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
        enrolled_too_late(guard)

        validation.validate(world=world, at=MAY)
        assert codes(guard) == ["not_enrolled"]
        assert pay_of_guards([guard], at=MAY)[guard.pk].state == PayState.TO_CORRECT


class TestTariffs:
    def test_a_day_without_tariff_waits(self, unit, guard, world):
        world.tariffs.update(valid_until=date(2026, 3, 4))
        validation.validate(world=world, at=MAY)
        assert (found(guard).outcome, found(guard).weeknight) == (CheckOutcome.WAITING, 780)

        TariffFactory(world=world, valid_from=date(2026, 3, 5), amount=Decimal("7.00"))
        validation.validate(world=world, at=MAY)

        assert (found(guard).outcome, found(guard).amount) == (CheckOutcome.VALIDATED, Decimal("91.00"))

    def test_the_first_day_decides(self, guard, world):
        """A night over midnight, and a new tariff from midnight."""
        world.tariffs.update(valid_until=date(2026, 3, 5))
        TariffFactory(world=world, valid_from=date(2026, 3, 6), amount=Decimal("7.00"))
        validation.validate(world=world, at=MAY)
        assert found(guard).hourly == Decimal("6.20")

    def test_half_a_cent_is_rounded_up(self, unit, doctor, world):
        world.tariffs.update(amount=Decimal("6.35"))
        starts_at = local("2026-03-05 19:00")
        guard = GuardFactory(
            unit=unit, provider=doctor, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=6), confirmed=True
        )  # fmt: skip
        validation.validate(world=world, at=MAY)
        assert found(guard).amount == Decimal("0.64")


class TestRounds:
    def test_each_night_of_a_world_asks_one(self, guard, world):
        assert [validation.open_nights(real_now=MAY) for _ in range(2)] == [1, 0]
        validation.work_on_rounds(real_now=MAY)
        assert validation.open_nights(real_now=MAY + timedelta(days=1)) == 1
        assert [each.night_of for each in ValidationRound.objects.order_by("pk")] == [
            date(2026, 5, 4),
            date(2026, 5, 5),
        ]

    def test_the_night_is_that_of_the_worlds_clock(self, guard, world):
        clock.advance(world, by=timedelta(days=31))
        validation.open_nights(real_now=MAY)
        assert ValidationRound.objects.get().night_of == date(2026, 6, 4)

    def test_worlds_without_guards_have_no_nights(self, guard):
        WorldFactory(code="vide")
        assert validation.open_nights(real_now=MAY) == 1

    def test_tells_what_it_found(self, guard, unit, world, colleague):
        refused = GuardFactory(unit=unit, provider=colleague, confirmed=True)
        CircleDoctor.objects.filter(provider=colleague).delete()
        ValidationRoundFactory(world=world)
        assert validation.work_on_rounds(real_now=MAY) == 1
        done = ValidationRound.objects.get()
        assert (done.validated, done.refused, done.waiting) == (1, 1, 0)
        assert done.finished_at == clock.at(world, MAY)
        assert found(refused).outcome == CheckOutcome.REFUSED

    def test_an_agent_who_asks_twice_asks_once(self, guard, world, agent, manager):
        asked = [validation.ask_round(world=world, by=agent, at=MAY) for _ in range(2)]
        assert asked[0] == asked[1]
        with pytest.raises(PermissionDenied):
            validation.ask_round(world=world, by=manager, at=MAY)

    def test_one_that_another_worker_does_is_passed_over(self, guard, world, monkeypatch):
        @contextmanager
        def taken(what, key):
            yield False

        ValidationRoundFactory(world=world)
        monkeypatch.setattr(validation, "only_one", taken)
        assert validation.work_on_rounds(real_now=MAY) == 0
        assert ValidationRound.objects.get().finished_at is None

    def test_a_circle_that_cannot_be_checked_holds_up_no_other(self, guard, world, caplog):
        """A guard of a year, which no service writes, has more minutes than what was found of it can hold."""
        other = GuardFactory(unit__enterprise__world=world, confirmed=True)
        CircleDoctorFactory(enterprise=other.unit.enterprise, provider=other.provider)
        year = {"starts_at": local("2024-01-01 08:00"), "ends_at": local("2025-01-01 08:00")}
        GuardFactory(unit=guard.unit, confirmed=True, **year)
        ValidationRoundFactory(world=world)

        assert validation.work_on_rounds(real_now=MAY) == 1

        assert found(other).outcome == CheckOutcome.VALIDATED
        assert not guard.checks.exists()
        assert ValidationRound.objects.get().finished_at
        assert f"guards of circle {guard.unit.enterprise_id} are not checked: DataError" in caplog.text

    @pytest.mark.parametrize("guards", [3, 9])
    def test_takes_as_many_queries_whatever_the_number(self, unit, world, guards, max_reads):
        for _ in range(guards):
            enrolled = CircleDoctorFactory(enterprise=unit.enterprise)
            GuardFactory(unit=unit, provider=enrolled.provider, confirmed=True)
        with max_reads(10):
            validation.validate(world=world, at=MAY)
        assert GuardCheck.objects.count() == guards


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_find_each_guard_once(guard, world):
    ValidationRoundFactory(world=world)

    assert at_once(lambda _number: validation.work_on_rounds(real_now=MAY), times=3) == ["done"] * 3
    assert at_once(lambda _number: validation.validate(world=world, at=MAY), times=3) == ["done"] * 3

    assert GuardCheck.objects.get().outcome == CheckOutcome.VALIDATED
    assert ValidationRound.objects.get().validated == 1
