from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod.enums import BatchKind, GuardState
from bhod.models import CircleDoctor, Guard, GuardBatch
from bhod.selectors.doctors import stamp_of
from bhod.services.doctors import end_enrolment
from bhod.services.enrolments import (
    change_acquired_rights,
    change_last_day,
    change_supervisor,
    end_with_guards,
)
from bhod.services.guards import register_guard
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
    manager_of,
)
from tests.csam.factories import EnterpriseFactory, PersonFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, inami_number
from tests.threads import at_once

NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}
APRIL = date(2026, 4, 1)


@pytest.fixture
def circle():
    return EnterpriseFactory(registered=True)


@pytest.fixture
def unit(circle):
    return GuardUnitFactory(enterprise=circle)


@pytest.fixture
def manager(circle):
    return manager_of(circle)


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle)


@pytest.fixture
def candidate(circle):
    return CircleDoctorFactory(enterprise=circle, candidate=True)


def refused(act, **arguments):
    with pytest.raises(ValidationError) as refusal:
        act(at=AT, **arguments)
    return refusal_codes(refusal.value)


class TestChangeLastDay:
    @pytest.mark.parametrize("before", [date(2025, 6, 30), date(2026, 12, 31), None])
    @pytest.mark.parametrize("after", [date(2025, 12, 31), date(2026, 4, 30), None])
    def test_moves_it_earlier_and_later_and_opens_what_was_over(self, circle, manager, before, after):
        doctor = CircleDoctorFactory(enterprise=circle, valid_until=before)
        change_last_day(doctor=doctor, last_day=after, by=manager, at=AT, seen=stamp_of(doctor))
        doctor.refresh_from_db()
        assert doctor.valid_until == after

    def test_leaves_a_trail_once(self, doctor, manager):
        for _click in range(2):
            change_last_day(doctor=doctor, last_day=APRIL, by=manager, at=AT, seen="|" + "|0")
        [entry] = AuditEntry.objects.all()
        assert entry.act == "bhod.doctor.last_day_changed"
        assert entry.details == {"before": None, "last_day": "2026-04-01"}

    def test_refuses_a_last_day_before_the_first(self, doctor, manager):
        codes = refused(change_last_day, doctor=doctor, last_day=date(2024, 12, 31), by=manager)
        assert codes == {"period_out_of_order"}

    def test_refuses_while_guards_would_be_left_outside(self, doctor, unit, manager):
        GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
        assert refused(change_last_day, doctor=doctor, last_day=APRIL, by=manager) == {"guards_after_end"}
        change_last_day(doctor=doctor, last_day=date(2026, 4, 3), by=manager, at=AT)
        change_last_day(doctor=doctor, last_day=date(2026, 4, 4), by=manager, at=AT)

    @pytest.mark.parametrize("later", [None, date(2026, 6, 30)])
    def test_refuses_to_reach_into_a_later_enrolment(self, circle, manager, later):
        doctor = CircleDoctorFactory(enterprise=circle, ended=True)
        CircleDoctorFactory(enterprise=circle, provider=doctor.provider, valid_from=date(2026, 3, 1))
        assert refused(change_last_day, doctor=doctor, last_day=later, by=manager) == {"already_enrolled"}

    def test_refuses_who_saw_something_else(self, doctor, manager):
        seen = stamp_of(doctor)
        end_enrolment(doctor=doctor, last_day=APRIL, by=manager, at=AT)
        codes = refused(change_last_day, doctor=doctor, last_day=date(2026, 5, 1), by=manager, seen=seen)
        assert codes == {"changed_meanwhile"}

    def test_refuses_who_has_no_right(self, doctor):
        with pytest.raises(PermissionDenied):
            change_last_day(doctor=doctor, last_day=APRIL, by=PersonFactory(), at=AT)


class TestChangeSupervisor:
    @pytest.fixture
    def supervisor(self):
        return CareProviderFactory()

    def test_ends_one_enrolment_and_begins_another(self, candidate, supervisor, manager):
        first, before = candidate.supervisor, candidate.supervisor_id
        DoctorUnitFactory(doctor=candidate)

        later = change_supervisor(
            doctor=candidate,
            supervisor=supervisor,
            from_day=APRIL,
            by=manager,
            at=AT,
            seen=stamp_of(candidate),
        )

        candidate.refresh_from_db()
        assert (candidate.supervisor, candidate.valid_until) == (first, date(2026, 3, 31))
        assert (later.supervisor, later.valid_from, later.valid_until) == (supervisor, APRIL, None)
        assert later.allowed_units.count() == 1
        entry = AuditEntry.objects.get(act="bhod.doctor.supervisor_changed")
        assert (entry.details["before"], entry.details["supervisor"]) == (before, supervisor.pk)
        assert AuditEntry.objects.filter(act="bhod.doctor.enrolled").count() == 1

    def test_keeps_the_guards_within(self, candidate, supervisor, manager, unit):
        """The night from 31 March to 1 April hangs on both, and may still be changed."""
        guard = GuardFactory(
            unit=unit,
            provider=candidate.provider,
            starts_at=datetime(2026, 3, 31, 17, tzinfo=UTC),
            ends_at=datetime(2026, 4, 1, 6, tzinfo=UTC),
        )
        change_supervisor(doctor=candidate, supervisor=supervisor, from_day=APRIL, by=manager, at=AT)
        guard.delete()
        register_guard(
            unit=unit,
            provider=candidate.provider,
            starts_at=guard.starts_at,
            ends_at=guard.ends_at,
            by=manager,
            at=AT,
        )

    def test_a_second_click_changes_nothing(self, candidate, supervisor, manager):
        seen = stamp_of(candidate)
        made = [
            change_supervisor(
                doctor=candidate, supervisor=supervisor, from_day=APRIL, by=manager, at=AT, seen=seen
            )
            for _click in range(2)
        ]
        assert made[0] == made[1]
        assert CircleDoctor.objects.count() == 2

    def test_does_nothing_for_the_supervisor_that_he_has(self, candidate, manager):
        same = change_supervisor(
            doctor=candidate, supervisor=candidate.supervisor, from_day=APRIL, by=manager, at=AT
        )
        assert same == candidate
        assert not AuditEntry.objects.exists()

    def test_replaces_him_from_the_first_day_on(self, candidate, supervisor, manager):
        day = candidate.valid_from
        same = change_supervisor(doctor=candidate, supervisor=supervisor, from_day=day, by=manager, at=AT)
        assert (same.pk, same.supervisor) == (candidate.pk, supervisor)
        assert CircleDoctor.objects.count() == 1

    @pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 7, 1)])
    def test_refuses_a_day_outside_the_enrolment(self, circle, supervisor, manager, day):
        candidate = CircleDoctorFactory(enterprise=circle, candidate=True, valid_until=date(2026, 6, 30))
        codes = refused(change_supervisor, doctor=candidate, supervisor=supervisor, from_day=day, by=manager)
        assert codes == {"outside_enrolment"}

    def test_refuses_one_who_is_on_guard_at_the_same_hours(self, circle, supervisor, manager, unit):
        candidate = CircleDoctorFactory(enterprise=circle, candidate=True, valid_until=date(2026, 6, 30))
        GuardFactory(unit=unit, provider=candidate.provider, **NIGHT)
        GuardFactory(provider=supervisor, **NIGHT)
        act = {"doctor": candidate, "supervisor": supervisor, "by": manager}
        assert refused(change_supervisor, from_day=APRIL, **act) == {"candidate_and_supervisor"}
        # From the day after the night on, nothing stands against it.
        change_supervisor(from_day=date(2026, 4, 4), at=AT, **act)

    @pytest.mark.parametrize(
        ("who", "code"),
        [({"candidate": True}, "supervisor_not_eligible"), ({"nurse": True}, "supervisor_not_eligible")],
    )
    def test_refuses_who_may_not_supervise(self, candidate, manager, who, code):
        codes = refused(
            change_supervisor,
            doctor=candidate,
            supervisor=CareProviderFactory(**who),
            from_day=APRIL,
            by=manager,
        )
        assert codes == {code}

    def test_refuses_a_supervisor_of_a_recognised_doctor(self, doctor, supervisor, manager):
        codes = refused(change_supervisor, doctor=doctor, supervisor=supervisor, from_day=APRIL, by=manager)
        assert codes == {"supervisor_not_allowed"}

    def test_refuses_someone_of_another_world(self, candidate, manager):
        stranger = CareProviderFactory(person__world=WorldFactory(code="ailleurs"))
        codes = refused(change_supervisor, doctor=candidate, supervisor=stranger, from_day=APRIL, by=manager)
        assert codes == {"another_world"}

    def test_refuses_who_saw_something_else(self, candidate, supervisor, manager):
        codes = refused(
            change_supervisor,
            doctor=candidate,
            supervisor=supervisor,
            from_day=APRIL,
            by=manager,
            seen="2026-01-01||0",
        )
        assert codes == {"changed_meanwhile"}


class TestChangeAcquiredRights:
    @pytest.fixture
    def general(self, circle):
        provider = CareProviderFactory(inami_number=inami_number(170_900, "001"))
        return CircleDoctorFactory(enterprise=circle, provider=provider)

    def test_says_that_inami_recognised_them(self, general, manager):
        for _click in range(2):
            change_acquired_rights(doctor=general, acquired_rights=True, by=manager, at=AT, seen="||0")
        general.refresh_from_db()
        assert general.acquired_rights
        assert AuditEntry.objects.get().details == {"acquired_rights": True}

    def test_refuses_to_take_from_a_code_what_it_needs(self, general, manager):
        general.acquired_rights = True
        general.save()
        act = {"doctor": general, "acquired_rights": False, "by": manager}
        assert refused(change_acquired_rights, **act) == {"acquired_rights_required"}

    def test_refuses_them_where_the_code_needs_none(self, doctor, manager):
        act = {"doctor": doctor, "acquired_rights": True, "by": manager}
        assert refused(change_acquired_rights, **act) == {"acquired_rights_not_needed"}

    def test_refuses_who_saw_something_else(self, general, manager):
        act = {"doctor": general, "acquired_rights": True, "by": manager, "seen": "2026-01-01||0"}
        assert refused(change_acquired_rights, **act) == {"changed_meanwhile"}


class TestEndWithGuards:
    @pytest.fixture
    def night(self, doctor, unit):
        return GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)

    @pytest.fixture
    def end(self, doctor, manager):
        def act(seen, last_day=date(2026, 3, 31), reason="départ"):
            return end_with_guards(
                doctor=doctor, last_day=last_day, reason=reason, seen=seen, by=manager, at=AT
            )

        return act

    def test_cancels_what_lies_after_and_ends(self, end, doctor, night, unit):
        kept = GuardFactory(unit=unit, provider=doctor.provider)

        done = end({night.pk: 1})

        night.refresh_from_db()
        kept.refresh_from_db()
        doctor.refresh_from_db()
        assert (night.state, night.cancel_reason) == (GuardState.CANCELLED, "départ")
        assert kept.state == GuardState.REGISTERED
        assert doctor.valid_until == date(2026, 3, 31)
        [batch] = GuardBatch.objects.all()
        assert (batch.kind, done.batch) == (BatchKind.CANCEL, batch)
        assert [message.person for message in Message.objects.all()] == [doctor.provider.person]

    def test_a_second_click_does_it_once(self, end, night):
        end({night.pk: 1})
        assert end({night.pk: 1}) is None
        assert GuardBatch.objects.count() == 1

    def test_ends_where_no_guard_is_left(self, end, doctor):
        assert end({}) is None
        doctor.refresh_from_db()
        assert doctor.valid_until == date(2026, 3, 31)

    def test_refuses_without_a_reason(self, end, night):
        with pytest.raises(ValidationError) as refusal:
            end({night.pk: 1}, reason=" ")
        assert refusal_codes(refusal.value) == {"reason_required"}

    def test_refuses_guards_that_are_over(self, end, doctor, unit):
        over = GuardFactory(unit=unit, provider=doctor.provider)
        with pytest.raises(ValidationError) as refusal:
            end({over.pk: 1}, last_day=date(2026, 3, 1))
        assert refusal_codes(refusal.value) == {"guards_performed"}

    @pytest.mark.parametrize("version", [2, None])
    def test_refuses_guards_that_were_not_shown(self, end, doctor, night, version):
        with pytest.raises(ValidationError) as refusal:
            end({night.pk: version} if version else {})
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}
        doctor.refresh_from_db()
        assert doctor.valid_until is None

    def test_cancels_nothing_of_an_enrolment_that_is_over(self, circle, unit, manager):
        """All of it or nothing: the guard that was found stands after the refusal."""
        doctor = CircleDoctorFactory(enterprise=circle, ended=True)
        guard = GuardFactory(
            unit=unit,
            provider=doctor.provider,
            starts_at=datetime(2025, 12, 31, 18, tzinfo=UTC),
            ends_at=datetime(2026, 4, 2, 7, tzinfo=UTC),
        )
        codes = refused(
            end_with_guards,
            doctor=doctor,
            last_day=date(2026, 3, 31),
            reason="départ",
            seen={guard.pk: 1},
            by=manager,
        )
        assert codes == {"already_ended"}
        guard.refresh_from_db()
        assert guard.state == GuardState.REGISTERED


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_guard_and_an_end_never_contradict_each_other(self, doctor, unit, manager):
        def act(number):
            if number % 2:
                end_enrolment(
                    doctor=CircleDoctor.objects.get(pk=doctor.pk),
                    last_day=date(2026, 3, 31),
                    by=manager,
                    at=AT,
                )
            else:
                register_guard(unit=unit, provider=doctor.provider, by=manager, at=AT, **NIGHT)

        outcomes = at_once(act, times=2)

        doctor.refresh_from_db()
        stands = Guard.objects.standing().exists()
        assert stands != (doctor.valid_until is not None), outcomes
        assert sorted(outcomes) in (["done", "guards_after_end"], ["done", "not_enrolled"])

    def test_two_managers_change_the_last_day(self, doctor, manager):
        seen = stamp_of(doctor)
        days = [date(2026, 4, 30), date(2026, 5, 31)]

        outcomes = at_once(
            lambda number: change_last_day(
                doctor=CircleDoctor.objects.get(pk=doctor.pk),
                last_day=days[number],
                by=manager,
                at=AT,
                seen=seen,
            ),
            times=2,
        )

        assert sorted(outcomes) == ["changed_meanwhile", "done"]
        assert AuditEntry.objects.count() == 1

    def test_a_supervisor_changes_once_by_many_clicks(self, candidate, manager):
        supervisor = CareProviderFactory()
        seen = stamp_of(candidate)
        outcomes = at_once(
            lambda _number: change_supervisor(
                doctor=CircleDoctor.objects.get(pk=candidate.pk),
                supervisor=supervisor,
                from_day=APRIL,
                by=manager,
                at=AT,
                seen=seen,
            )
        )
        assert outcomes == ["done"] * 4
        assert CircleDoctor.objects.filter(provider=candidate.provider).count() == 2
