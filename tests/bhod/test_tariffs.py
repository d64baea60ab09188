"""What a change of the tariffs does: to which days, to guards in payments never, and with two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Event

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from bhod.enums import PayState, RunState
from bhod.models import Guard, GuardCheck, PaymentLine, PaymentRun, Tariff
from bhod.selectors.payments import pay_of_guards
from bhod.selectors.tariff_changes import TariffValues, effect_of, price_changes
from bhod.services import ledger, payment_runs, tariffs, validation
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, manager_of
from tests.bhod.payment_factories import GuardCheckFactory, TariffFactory
from tests.bhod.payments import drafted
from tests.threads import at_once, until_someone_waits

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
DEARER, DEAREST = Decimal("7.15"), Decimal("7.20")
PATIENCE = 20


def values(start, end=None, amount="6.20"):
    return TariffValues(
        date.fromisoformat(start), end and date.fromisoformat(end), Decimal(amount), "Source", False
    )


def shown(changes):
    return [(f"{each.period.start}", f"{each.period.end or ''}", each.before, each.after) for each in changes]


class TestDaysThatChange:
    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ([], [], []),
            ([values("2026-01-01")], [values("2026-01-01")], []),
            ([], [values("2026-01-01", amount="7.15")], [("2026-01-01", "", None, DEARER)]),
            ([values("2026-01-01", amount="7.15")], [], [("2026-01-01", "", DEARER, None)]),
            (
                [values("2026-01-01", "2026-01-31", "7.15")],
                [values("2026-01-01", "2026-02-28", "7.15")],
                [("2026-02-01", "2026-02-28", None, DEARER)],
            ),
            (
                # Cut in two at the same price: no day changes.
                [values("2026-01-01", amount="7.15")],
                [values("2026-01-01", "2026-03-31", "7.15"), values("2026-04-01", amount="7.15")],
                [],
            ),
            (
                # Of two neighbours that become the same as each other, each changes alike.
                [values("2026-01-01", "2026-03-31", "7.15"), values("2026-04-01", amount="7.15")],
                [values("2026-01-01", amount="7.20")],
                [("2026-01-01", "", DEARER, DEAREST)],
            ),
            (
                [values("2026-01-01", amount="7.15")],
                [values("2026-01-01", "2026-03-31", "7.15"), values("2026-06-01", amount="7.20")],
                [("2026-04-01", "2026-05-31", DEARER, None), ("2026-06-01", "", DEARER, DEAREST)],
            ),
        ],
    )
    def test_are_those_of_which_the_price_does(self, before, after, expected):
        assert shown(price_changes(before, after)) == expected

    def test_values_are_read_as_they_are_kept(self):
        for each in (values("2026-01-01"), values("2026-01-01", "2026-01-31")):
            assert TariffValues.read(each.kept) == each
        assert values("2026-01-01", "2026-01-31").period == Period(date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture
def guard():
    """A confirmed night of 13 hours, on Thursday 5 March 2026."""
    guard = GuardFactory(confirmed=True)
    CircleDoctorFactory(enterprise=guard.unit.enterprise, provider=guard.provider)
    TariffFactory(world=guard.unit.enterprise.world)
    return guard


def changed(amount=DEARER):
    tariff = Tariff.objects.select_related("world").get()
    wanted = TariffValues(tariff.valid_from, None, amount, "Arrêté royal", False)
    return {"tariff": tariff, "values": wanted, "seen": tariffs.plan_to_change(tariff, wanted).stamp}


def pay_of(guard):
    return pay_of_guards([guard], at=MAY)[guard.pk]


@pytest.mark.django_db
class TestGuards:
    def test_in_no_payment_are_priced_anew_by_the_next_round(self, guard, world, agent):
        validation.validate(world=world, at=MAY)
        assert pay_of(guard).due == Decimal("80.60")

        tariffs.change_tariff(**changed(), by=agent, at=MAY)

        assert pay_of(guard).state == PayState.IN_CHECK
        validation.validate(world=world, at=MAY)
        assert pay_of(guard).due == Decimal("92.95")
        assert pay_of(guard).check.hourly == DEARER

    def test_in_a_draft_keep_their_price(self, guard, world, agent):
        before = changed()
        drafted(world, by=agent, at=MAY)

        with pytest.raises(ValidationError) as refusal:
            tariffs.change_tariff(**before, by=agent, at=MAY)

        assert refusal_codes(refusal.value) == {"tariff_paid"}
        assert PaymentLine.objects.get().amount == Decimal("80.60")
        payment_runs.discard_run(run=PaymentRun.objects.get(), by=agent, at=MAY)
        assert tariffs.change_tariff(**changed(), by=agent, at=MAY) is not None

    def test_found_at_a_former_price_are_not_paid(self, world, agent, guard):
        # As by a round that had read the tariffs before they changed.
        validation.validate(world=world, at=MAY)
        Tariff.objects.update(amount=DEARER)
        run = payment_runs.open_run(world=world, by=agent, at=MAY)
        payment_runs.work_on(run, at=MAY)
        assert not run.lines.exists()

        validation.validate(world=world, at=MAY)
        payment_runs.recalculate_run(run=PaymentRun.objects.get(), by=agent, at=MAY)
        payment_runs.work_on(run, at=MAY)

        assert [line.amount for line in run.lines.all()] == [Decimal("92.95")]

    def test_of_no_changed_day_are_left_alone(self, guard, world, agent):
        validation.validate(world=world, at=MAY)
        later = values("2026-06-01", amount="7.15")
        seen = tariffs.plan_to_add(world, later).stamp

        plan = tariffs.add_tariff(world=world, values=later, seen=seen, by=agent, at=MAY)

        assert (plan.effect.validated, plan.effect.waiting) == (0, 0)
        assert pay_of(guard).state == PayState.VALIDATED
        assert effect_of(world, []).validated == 0

    @pytest.mark.parametrize(
        ("start", "end", "refused"),
        [
            ("2016-06-01", "2016-12-31", False),
            ("2016-06-01", "2017-01-01", True),
            ("2016-06-01", None, True),
            ("2017-01-01", None, True),
            ("2017-01-02", None, False),
            ("2018-01-01", "2018-12-31", False),
        ],
    )
    def test_a_new_tariff_ends_the_one_that_began_before_it(self, world, start, end, refused):
        codes = set()
        try:
            tariffs.plan_to_add(world, values(start, end, "7.15"))
        except ValidationError as refusal:
            codes = refusal_codes(refusal)

        assert codes == ({"tariff_overlap"} if refused else set())

    def test_days_after_a_new_tariff_wait_for_another(self, world):
        Tariff.objects.update(valid_until=date(2018, 12, 31))

        plan = tariffs.plan_to_add(world, values("2018-01-01", "2018-06-30", "7.15"))

        assert shown(plan.effect.changes) == [
            ("2018-01-01", "2018-06-30", Decimal("6.20"), DEARER),
            ("2018-07-01", "2018-12-31", Decimal("6.20"), None),
        ]


@pytest.mark.django_db
class TestWhoMay:
    def test_agents_only(self, guard, world):
        manager = manager_of(guard.unit.enterprise)
        tariff = Tariff.objects.get()

        with pytest.raises(PermissionDenied):
            tariffs.add_tariff(world=world, values=values("2030-01-01"), seen="", by=manager, at=MAY)
        with pytest.raises(PermissionDenied):
            tariffs.change_tariff(tariff=tariff, values=values("2030-01-01"), seen="", by=manager, at=MAY)
        with pytest.raises(PermissionDenied):
            tariffs.remove_tariff(tariff=tariff, seen="", by=manager, at=MAY)

    def test_what_is_gone_is_not_changed(self, world, agent):
        asked = changed()
        Tariff.objects.all().delete()

        assert tariffs.change_tariff(**asked, by=agent, at=MAY) is None
        assert tariffs.remove_tariff(tariff=asked["tariff"], seen="", by=agent, at=MAY) is None


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_agents_add_the_same_tariff_once(self, world, agent):
        later = values("2026-06-01", amount="7.15")
        seen = tariffs.plan_to_add(world, later).stamp

        done = at_once(lambda _: tariffs.add_tariff(world=world, values=later, seen=seen, by=agent, at=MAY))

        assert done == ["done"] * 4
        assert sorted(Tariff.objects.values_list("amount", flat=True)) == [Decimal("6.20"), DEARER]

    def test_a_change_waits_for_a_run_that_is_being_calculated(self, guard, world, agent):
        validation.validate(world=world, at=MAY)
        asked = changed()
        run = payment_runs.open_run(world=world, by=agent, at=MAY)
        changing = Event()

        def change():
            changing.set()
            try:
                tariffs.change_tariff(**asked, by=agent, at=MAY)
            except ValidationError as refusal:
                return refusal_codes(refusal)
            else:
                return set()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as other:
            with transaction.atomic():
                ledger.write_lines(run, at=MAY)
                refused = other.submit(change)
                assert changing.wait(PATIENCE)
                until_someone_waits()
            assert refused.result(PATIENCE) == {"tariff_paid"}
        assert GuardCheck.objects.get().superseded_at is None
        assert PaymentRun.objects.get().state == RunState.REQUESTED

    def test_a_change_meets_whoever_writes_the_same_guards(self, guard, world, agent):
        """A round, or a circle, that holds guards and writes what is found of them: neither has to give way."""
        GuardFactory(unit=guard.unit, provider=guard.provider, weekend=True, confirmed=True)
        validation.validate(world=world, at=MAY)
        first, second = GuardCheck.objects.order_by("pk")
        asked = changed()

        def change():
            try:
                tariffs.change_tariff(**asked, by=agent, at=MAY)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as other:
            with transaction.atomic():
                list(Guard.objects.select_for_update(no_key=True).order_by("pk"))
                GuardCheck.objects.filter(pk=second.pk).update(superseded_at=MAY)
                done = other.submit(change)
                until_someone_waits()
                GuardCheck.objects.filter(pk=first.pk).update(superseded_at=MAY)
                GuardCheckFactory(guard=first.guard, tariff=first.tariff)
            done.result(PATIENCE)
        assert not GuardCheck.objects.standing().exists()
