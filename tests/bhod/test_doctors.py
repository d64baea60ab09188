from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from bhod.models import CircleDoctor
from bhod.services import doctors as services
from bhod.services.doctors import end_enrolment, enrol_doctor
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.csam.factories import EnterpriseFactory, PersonFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, inami_number

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def circle():
    return EnterpriseFactory()


@pytest.fixture
def manager(circle):
    return manager_of(circle)


@pytest.fixture
def enrol(circle, manager):
    def act(provider, period=MARCH, supervisor=None, enterprise=circle):
        return enrol_doctor(
            enterprise=enterprise,
            provider=provider,
            period=period,
            supervisor=supervisor,
            by=manager if enterprise == circle else manager_of(enterprise),
            at=AT,
        )

    return act


@pytest.fixture
def end(manager):
    def act(doctor, last_day):
        return end_enrolment(doctor=doctor, last_day=last_day, by=manager, at=AT)

    return act


class TestEnrolDoctor:
    def test_puts_a_doctor_on_the_list(self, enrol, circle, manager):
        provider = CareProviderFactory()

        doctor = enrol(provider)

        assert (doctor.enterprise, doctor.provider, doctor.supervisor) == (circle, provider, None)
        assert (doctor.valid_from, doctor.valid_until) == (MARCH.start, MARCH.end)
        assert (doctor.enrolled_at, doctor.enrolled_by) == (AT, manager)

    def test_leaves_a_trail(self, enrol, manager):
        doctor = enrol(CareProviderFactory(), period=Period(date(2026, 3, 1)))

        [entry] = AuditEntry.objects.all()
        assert (entry.act, entry.subject) == ("bhod.doctor.enrolled", f"bhod.circledoctor:{doctor.pk}")
        assert (entry.done_by, entry.done_at, entry.details["valid_until"]) == (manager, AT, None)

    def test_takes_a_candidate_with_his_supervisor(self, enrol):
        supervisor = CareProviderFactory()
        doctor = enrol(CareProviderFactory(candidate=True), supervisor=supervisor)
        assert doctor.supervisor == supervisor

    @pytest.mark.parametrize(
        "unpaid", [{"nurse": True}, {"without_number": True}, {"inami_number": inami_number(190_001, "007")}]
    )
    def test_refuses_who_is_not_paid_for_guards(self, enrol, unpaid):
        with pytest.raises(ValidationError) as refusal:
            enrol(CareProviderFactory(**unpaid))
        assert refusal_codes(refusal.value) == {"not_eligible_code"}

    def test_refuses_a_candidate_without_supervisor(self, enrol):
        with pytest.raises(ValidationError) as refusal:
            enrol(CareProviderFactory(candidate=True))
        assert refusal_codes(refusal.value) == {"supervisor_required"}

    def test_refuses_a_supervisor_of_a_recognised_doctor(self, enrol):
        with pytest.raises(ValidationError) as refusal:
            enrol(CareProviderFactory(), supervisor=CareProviderFactory())
        assert refusal_codes(refusal.value) == {"supervisor_not_allowed"}

    @pytest.mark.parametrize("kind", ["candidate", "nurse"])
    def test_refuses_a_supervisor_who_is_no_recognised_doctor(self, enrol, kind):
        with pytest.raises(ValidationError) as refusal:
            enrol(CareProviderFactory(candidate=True), supervisor=CareProviderFactory(**{kind: True}))
        assert refusal_codes(refusal.value) == {"supervisor_not_eligible"}

    @pytest.mark.parametrize("who", ["provider", "supervisor"])
    def test_refuses_someone_of_another_world(self, enrol, who):
        elsewhere = PersonFactory(world=WorldFactory(code="ailleurs"))
        pair = {
            "provider": CareProviderFactory(candidate=True),
            "supervisor": CareProviderFactory(),
        }
        pair[who].person = elsewhere
        with pytest.raises(ValidationError) as refusal:
            enrol(**pair)
        assert refusal_codes(refusal.value) == {"another_world"}

    @pytest.mark.parametrize(
        "period",
        [
            pytest.param(Period(date(2026, 3, 31)), id="from the last day"),
            pytest.param(Period(date(2026, 1, 1), date(2026, 3, 1)), id="to the first day"),
            pytest.param(MARCH, id="the same"),
        ],
    )
    def test_refuses_a_doctor_twice_on_one_day(self, enrol, period):
        provider = enrol(CareProviderFactory()).provider
        with pytest.raises(ValidationError) as refusal:
            enrol(provider, period=period)
        assert refusal_codes(refusal.value) == {"already_enrolled"}

    def test_takes_him_again_from_the_day_after_and_in_another_circle(self, enrol):
        provider = enrol(CareProviderFactory()).provider
        enrol(provider, period=Period(date(2026, 4, 1)))
        enrol(provider, enterprise=EnterpriseFactory())
        assert provider.enrolments.count() == 3


class TestEndEnrolment:
    @pytest.fixture
    def doctor(self, circle):
        return CircleDoctorFactory(enterprise=circle)

    @pytest.fixture
    def unit(self, circle):
        return GuardUnitFactory(enterprise=circle)

    def test_sets_the_last_day(self, end, doctor):
        end(doctor, date(2026, 3, 31))
        doctor.refresh_from_db()
        assert doctor.valid_until == date(2026, 3, 31)

    def test_leaves_a_trail_once(self, end, doctor):
        end(doctor, date(2026, 3, 31))
        end(doctor, date(2026, 3, 31))

        [entry] = AuditEntry.objects.all()
        assert entry.act == "bhod.doctor.ended"
        assert entry.details == {"before": None, "last_day": "2026-03-31"}

    def test_may_move_an_end_that_is_still_to_come(self, end, circle):
        doctor = CircleDoctorFactory(enterprise=circle, valid_until=date(2026, 6, 30))
        end(doctor, date(2026, 4, 30))
        end(doctor, date(2026, 5, 31))
        assert AuditEntry.objects.latest("pk").details["before"] == "2026-04-30"

    def test_refuses_an_enrolment_that_is_over(self, end, circle):
        with pytest.raises(ValidationError) as refusal:
            end(CircleDoctorFactory(enterprise=circle, ended=True), date(2026, 3, 31))
        assert refusal_codes(refusal.value) == {"already_ended"}

    def test_refuses_a_last_day_before_the_first(self, end, doctor):
        with pytest.raises(ValidationError) as refusal:
            end(doctor, date(2024, 12, 31))
        assert refusal_codes(refusal.value) == {"period_out_of_order"}

    def test_refuses_to_reach_into_a_later_enrolment(self, end, circle):
        doctor = CircleDoctorFactory(enterprise=circle, valid_until=date(2026, 3, 31))
        CircleDoctorFactory(enterprise=circle, provider=doctor.provider, valid_from=date(2026, 4, 1))
        with pytest.raises(ValidationError) as refusal:
            end(doctor, date(2026, 4, 1))
        assert refusal_codes(refusal.value) == {"already_enrolled"}

    def test_refuses_while_guards_would_be_left_outside(self, end, doctor, unit):
        """The night that begins on the 5th runs into the 6th."""
        GuardFactory(unit=unit, provider=doctor.provider)
        with pytest.raises(ValidationError) as refusal:
            end(doctor, date(2026, 3, 5))
        assert refusal_codes(refusal.value) == {"guards_after_end"}
        end(doctor, date(2026, 3, 6))

    def test_forgets_guards_that_do_not_hang_on_it(self, end, doctor, unit):
        GuardFactory(unit=unit, provider=doctor.provider, cancelled=True)
        GuardFactory(provider=doctor.provider)
        GuardFactory(unit=unit)
        assert end(doctor, date(2026, 3, 1)).valid_until == date(2026, 3, 1)

    def test_forgets_guards_of_a_later_enrolment(self, end, circle, unit):
        doctor = CircleDoctorFactory(enterprise=circle, valid_until=date(2026, 3, 31))
        later = CircleDoctorFactory(enterprise=circle, provider=doctor.provider, valid_from=date(2026, 4, 1))
        GuardFactory(
            unit=unit,
            provider=later.provider,
            starts_at=datetime(2026, 4, 7, 17, tzinfo=UTC),
            ends_at=datetime(2026, 4, 8, 6, tzinfo=UTC),
        )
        assert end(doctor, date(2026, 3, 10)).valid_until == date(2026, 3, 10)


def test_who_became_a_pair_meanwhile_is_locked_with_all_others_in_one_order(monkeypatch):
    """Locked on top of the others, two acts could wait for each other."""
    candidate = CircleDoctorFactory(candidate=True)
    before, after = candidate.supervisor_id, CareProviderFactory()
    asked = []

    def lock(pks):
        asked.append(set(pks))
        if len(asked) == 1:
            # While we waited, somebody gave the candidate another supervisor.
            CircleDoctor.objects.filter(pk=candidate.pk).update(supervisor=after)

    monkeypatch.setattr(services, "lock_providers", lock)

    services.lock_together(candidate.enterprise_id, {candidate.provider_id})

    pair = {candidate.provider_id, before}
    assert asked == [pair, pair | {after.pk}]
