"""What the database holds when the services are gone round."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F, ProtectedError

from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.csam.factories import PersonFactory, WorldFactory

START, END = datetime(2026, 3, 5, 18, 0, tzinfo=UTC), datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


class TestGuardUnit:
    def test_has_one_name_in_a_circle(self):
        unit = GuardUnitFactory(name="Ouest")
        GuardUnitFactory(name="Ouest")
        with pytest.raises(IntegrityError, match="guard_unit_name_once"):
            GuardUnitFactory(enterprise=unit.enterprise, name="Ouest")

    def test_shows_its_name(self):
        assert str(GuardUnitFactory(name="Ouest")) == "Ouest"


class TestCircleDoctor:
    @pytest.mark.parametrize(
        ("until", "start"),
        [
            pytest.param(None, date(2030, 1, 1), id="no end"),
            pytest.param(date(2026, 3, 10), date(2026, 3, 10), id="the last day is included"),
        ],
    )
    def test_is_once_on_a_list_on_any_day(self, until, start):
        doctor = CircleDoctorFactory(valid_until=until)
        with pytest.raises(IntegrityError, match="circle_doctor_no_overlap"):
            CircleDoctorFactory(enterprise=doctor.enterprise, provider=doctor.provider, valid_from=start)

    def test_comes_back_later_and_elsewhere(self):
        doctor = CircleDoctorFactory(ended=True)
        CircleDoctorFactory(
            enterprise=doctor.enterprise, provider=doctor.provider, valid_from=date(2026, 1, 1)
        )
        CircleDoctorFactory(provider=doctor.provider)
        assert CircleDoctor.objects.filter(provider=doctor.provider).covering(date(2026, 3, 1)).count() == 2

    def test_does_not_supervise_himself(self):
        doctor = CircleDoctorFactory()
        with pytest.raises(IntegrityError, match="circle_doctor_not_own_supervisor"):
            CircleDoctorFactory(provider=doctor.provider, supervisor=doctor.provider)

    def test_has_a_period_in_order(self):
        with pytest.raises(IntegrityError, match="circle_doctor_period_in_order"):
            CircleDoctorFactory(valid_until=date(2024, 12, 31))

    def test_shows_who_is_where(self):
        doctor = CircleDoctorFactory()
        assert str(doctor) == f"{doctor.provider_id} @ {doctor.enterprise_id}"


class TestGuard:
    @pytest.mark.parametrize("end", [START, START - timedelta(minutes=1)])
    def test_ends_after_its_start(self, end):
        # One minute long first: a range that is reversed is refused by the type of the column already.
        guard = GuardFactory(starts_at=START, ends_at=START + timedelta(minutes=1), cancelled=True)
        with pytest.raises(IntegrityError, match="guard_ends_after_start"):
            Guard.objects.filter(pk=guard.pk).update(ends_at=end)

    def test_does_not_overlap_another_of_its_doctor_in_any_circle(self):
        guard = GuardFactory()
        with pytest.raises(IntegrityError, match="guard_no_overlap_of_a_doctor"):
            GuardFactory(
                provider=guard.provider,
                starts_at=END - timedelta(minutes=1),
                ends_at=END + timedelta(hours=1),
            )

    def test_may_follow_another_and_take_the_hours_of_a_cancelled_one(self):
        guard = GuardFactory()
        GuardFactory(provider=guard.provider, starts_at=END, ends_at=END + timedelta(hours=1))
        cancelled = GuardFactory(cancelled=True)
        GuardFactory(provider=cancelled.provider)
        assert Guard.objects.standing().count() == 3

    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"state": GuardState.CANCELLED}, "guard_cancelled_says_when"),
            ({"cancelled_at": AT, "cancelled_by": F("registered_by")}, "guard_cancelled_says_when"),
            ({"cancelled_at": AT, "state": GuardState.CANCELLED}, "guard_cancelled_by_someone"),
        ],
    )
    def test_says_when_and_by_whom_it_was_cancelled(self, changes, constraint):
        guard = GuardFactory()
        with pytest.raises(IntegrityError, match=constraint):
            Guard.objects.filter(pk=guard.pk).update(**changes)

    def test_names_no_canceller_without_cancelling(self):
        guard = GuardFactory()
        with pytest.raises(IntegrityError, match="guard_cancelled_by_someone"):
            Guard.objects.filter(pk=guard.pk).update(cancelled_by=PersonFactory())

    def test_says_its_codes(self):
        guard = GuardFactory()
        again = GuardFactory.build(
            unit=guard.unit, provider=guard.provider, registered_by=guard.registered_by
        )
        with pytest.raises(ValidationError) as refusal:
            again.full_clean()
        assert refusal_codes(refusal.value) == {"guard_overlap"}

    def test_protects_its_doctor(self):
        with pytest.raises(ProtectedError):
            GuardFactory().provider.delete()

    def test_shows_who_and_when(self):
        guard = GuardFactory()
        assert str(guard) == f"{guard.provider_id} 2026-03-05 18:00"


class TestTariff:
    def test_is_one_on_any_day_of_a_world(self):
        TariffFactory()
        TariffFactory(world=WorldFactory(code="ailleurs"))
        with pytest.raises(IntegrityError, match="tariff_no_overlap"):
            TariffFactory(valid_from=date(2030, 1, 1))

    def test_has_a_period_in_order(self):
        with pytest.raises(IntegrityError, match="tariff_period_in_order"):
            TariffFactory(valid_until=date(2016, 12, 31))

    def test_is_positive(self):
        with pytest.raises(IntegrityError, match="tariff_positive"):
            TariffFactory(amount=Decimal("0.00"))

    def test_shows_its_amount(self):
        assert str(TariffFactory()) == "6.20 €"
