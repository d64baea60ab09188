import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from bhod.enums import GuardState
from bhod.models import Guard, GuardChange
from bhod.services.guards import cancel_guard, change_guard, register_guard
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.prosante_login.factories import CareProviderFactory, inami_number

# The night from Thursday 12 to Friday 13 March 2026, in UTC.
START, END = datetime(2026, 3, 12, 18, 0, tzinfo=UTC), datetime(2026, 3, 13, 7, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def doctor(unit):
    """A recognised doctor on the list of the circle since 2025."""
    return CircleDoctorFactory(enterprise=unit.enterprise)


@pytest.fixture
def candidate(unit):
    """A candidate of the same circle, with his supervisor."""
    return CircleDoctorFactory(enterprise=unit.enterprise, candidate=True)


@pytest.fixture
def register(unit, manager):
    home = unit.enterprise

    def act(provider, *, start=START, end=END, at=AT, unit=unit):
        by = manager if unit.enterprise == home else manager_of(unit.enterprise)
        return register_guard(unit=unit, provider=provider, starts_at=start, ends_at=end, by=by, at=at)

    return act


@pytest.fixture
def change(manager):
    def act(guard, **changes):
        values = {
            "unit": guard.unit,
            "provider": guard.provider,
            "starts_at": guard.starts_at,
            "ends_at": guard.ends_at,
        }
        return change_guard(guard=guard, **(values | changes), by=manager, at=changes.pop("at", AT))

    return act


def refused(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal_codes(refusal.value)


class TestRegisterGuard:
    def test_puts_an_enrolled_doctor_on_guard(self, register, doctor, unit, manager):
        guard = register(doctor.provider)

        assert (guard.unit, guard.provider, guard.state) == (unit, doctor.provider, GuardState.REGISTERED)
        assert (guard.starts_at, guard.ends_at) == (START, END)
        assert (guard.registered_at, guard.registered_by) == (AT, manager)

    def test_leaves_a_trail(self, register, doctor, unit, manager):
        guard = register(doctor.provider)

        [entry] = AuditEntry.objects.all()
        assert (entry.act, entry.subject) == ("bhod.guard.entered", f"bhod.guard:{guard.pk}")
        assert (entry.world, entry.done_by, entry.done_at) == (unit.enterprise.world, manager, AT)
        assert entry.details == {
            "version": 1,
            "state": "REGISTERED",
            "unit": unit.pk,
            "provider": doctor.provider.pk,
            "starts_at": "2026-03-12T18:00:00+00:00",
            "ends_at": "2026-03-13T07:00:00+00:00",
        }

    @pytest.mark.parametrize("end", [START, START - MINUTE, START - timedelta(days=400)])
    def test_refuses_an_end_that_does_not_follow_the_start(self, register, doctor, end):
        assert refused(register, doctor.provider, end=end) == {"guard_out_of_order"}

    @pytest.mark.parametrize(
        "second", [{"start": START + timedelta(seconds=1)}, {"end": END + timedelta(seconds=30)}]
    )
    def test_refuses_seconds(self, register, doctor, second):
        assert refused(register, doctor.provider, **second) == {"guard_not_on_minute"}

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            pytest.param(
                datetime(2026, 3, 7, 7, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC), id="a weekend"
            ),
            pytest.param(
                datetime(2026, 3, 28, 7, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC), id="of March"
            ),
            pytest.param(
                datetime(2025, 10, 25, 6, tzinfo=UTC), datetime(2025, 10, 27, 7, tzinfo=UTC), id="of October"
            ),
        ],
    )
    def test_takes_a_whole_weekend_and_not_a_minute_more(self, register, doctor, start, end):
        assert refused(register, doctor.provider, start=start, end=end + MINUTE) == {"guard_too_long"}
        register(doctor.provider, start=start, end=end)

    @pytest.mark.parametrize(
        ("end", "last_day"),
        [
            pytest.param(END, date(2027, 3, 13), id="a year"),
            pytest.param(datetime(2028, 2, 29, 7, tzinfo=UTC), date(2029, 2, 28), id="29 February"),
        ],
    )
    def test_takes_a_guard_for_one_year_after_it(self, register, doctor, end, last_day):
        start = end - 13 * HOUR
        # 23:30 of the last day in Brussels, then half an hour later.
        late = datetime(last_day.year, last_day.month, last_day.day, 22, 30, tzinfo=UTC)
        assert refused(register, doctor.provider, start=start, end=end, at=late + HOUR / 2) == {
            "guard_too_old"
        }
        register(doctor.provider, start=start, end=end, at=late)

    def test_refuses_a_guard_of_2001(self, register, doctor):
        start = datetime(2001, 3, 12, 18, tzinfo=UTC)
        assert refused(register, doctor.provider, start=start, end=start + 13 * HOUR) == {"guard_too_old"}

    @pytest.mark.parametrize(
        "unpaid", [{"nurse": True}, {"without_number": True}, {"inami_number": inami_number(190_001, "007")}]
    )
    def test_refuses_who_is_not_paid_for_guards(self, register, unit, unpaid):
        provider = CareProviderFactory(**unpaid)
        CircleDoctorFactory(enterprise=unit.enterprise, provider=provider)
        assert refused(register, provider) == {"not_eligible_code"}

    def test_takes_a_code_of_acquired_rights_from_who_has_them(self, register, unit):
        provider = CareProviderFactory(inami_number=inami_number(190_001, "001"))
        enrolment = CircleDoctorFactory(enterprise=unit.enterprise, provider=provider)
        assert refused(register, provider) == {"acquired_rights_required"}

        enrolment.acquired_rights = True
        enrolment.save()

        assert register(provider).provider == provider

    @pytest.mark.parametrize(
        "enrolment",
        [
            pytest.param({"ended": True}, id="before"),
            pytest.param({"to_come": True}, id="later"),
            pytest.param({"valid_until": date(2026, 3, 12)}, id="on the first of two days only"),
            pytest.param({"valid_from": date(2026, 3, 13)}, id="on the second of two days only"),
        ],
    )
    def test_refuses_a_doctor_who_is_not_enrolled_on_each_day(self, register, unit, enrolment):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise, **enrolment)
        assert refused(register, doctor.provider) == {"not_enrolled"}

    def test_refuses_a_doctor_of_another_circle(self, register):
        assert refused(register, CircleDoctorFactory().provider) == {"not_enrolled"}

    def test_takes_two_enrolments_that_follow_each_other(self, register, unit):
        first = CircleDoctorFactory(enterprise=unit.enterprise, valid_until=date(2026, 3, 12))
        CircleDoctorFactory(enterprise=unit.enterprise, provider=first.provider, valid_from=date(2026, 3, 13))
        register(first.provider)

    def test_counts_midnight_to_the_day_before(self, register, unit):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise, valid_until=date(2026, 3, 12))
        register(doctor.provider, end=datetime(2026, 3, 12, 23, 0, tzinfo=UTC))

    def test_refuses_a_candidate_without_supervisor(self, register, unit):
        provider = CareProviderFactory(candidate=True)
        CircleDoctorFactory(enterprise=unit.enterprise, provider=provider)
        assert refused(register, provider) == {"supervisor_required"}

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            pytest.param(START, END, id="the same hours"),
            pytest.param(END - MINUTE, END + HOUR, id="a minute at its end"),
            pytest.param(START - HOUR, START + MINUTE, id="a minute at its start"),
            pytest.param(START + HOUR, END - HOUR, id="within"),
        ],
    )
    def test_refuses_hours_that_a_doctor_has_already(self, register, doctor, start, end):
        register(doctor.provider)
        assert refused(register, doctor.provider, start=start, end=end) == {"guard_overlap"}

    def test_refuses_hours_that_he_has_in_another_circle(self, register, doctor):
        other = CircleDoctorFactory(provider=doctor.provider)
        register(doctor.provider, unit=GuardUnitFactory(enterprise=other.enterprise, name="Secret"))
        with pytest.raises(ValidationError) as refusal:
            register(doctor.provider)
        assert refusal_codes(refusal.value) == {"guard_overlap_elsewhere"}
        assert "Secret" not in str(refusal.value)

    def test_takes_the_hours_before_and_after_and_those_of_a_cancelled_guard(self, register, doctor):
        GuardFactory(provider=doctor.provider, starts_at=START, ends_at=END, cancelled=True)
        register(doctor.provider)
        register(doctor.provider, start=END, end=END + HOUR)
        register(doctor.provider, start=START - HOUR, end=START)

    def test_refuses_candidate_and_supervisor_at_the_same_hours(self, register, candidate):
        CircleDoctorFactory(enterprise=candidate.enterprise, provider=candidate.supervisor)
        register(candidate.provider)
        both = {"start": START + HOUR, "end": END + HOUR}
        assert refused(register, candidate.supervisor, **both) == {"candidate_and_supervisor"}

    def test_refuses_supervisor_and_candidate_at_the_same_hours(self, register, candidate):
        CircleDoctorFactory(enterprise=candidate.enterprise, provider=candidate.supervisor)
        register(candidate.supervisor)
        assert refused(register, candidate.provider) == {"candidate_and_supervisor"}

    def test_refuses_both_in_two_circles_as_well(self, register, candidate):
        other = CircleDoctorFactory(provider=candidate.supervisor)
        register(candidate.provider)
        elsewhere = GuardUnitFactory(enterprise=other.enterprise)
        with pytest.raises(ValidationError) as refusal:
            register(candidate.supervisor, unit=elsewhere)
        assert refusal_codes(refusal.value) == {"candidate_and_supervisor"}
        # Nor are the hours of the other circle told.
        assert not re.search(r"\d", str(refusal.value.messages))

    def test_minds_a_candidate_only_where_he_is_supervised(self, register, candidate):
        """In the other circle someone else supervises him."""
        CircleDoctorFactory(enterprise=candidate.enterprise, provider=candidate.supervisor)
        elsewhere = CircleDoctorFactory(provider=candidate.provider, supervisor=CareProviderFactory())
        register(candidate.provider, unit=GuardUnitFactory(enterprise=elsewhere.enterprise))
        register(candidate.supervisor)

    def test_lets_candidate_and_supervisor_follow_each_other(self, register, candidate):
        CircleDoctorFactory(enterprise=candidate.enterprise, provider=candidate.supervisor)
        register(candidate.provider)
        register(candidate.supervisor, start=END, end=END + HOUR)

    def test_minds_two_doctors_who_are_no_pair_as_little(self, register, unit, doctor):
        register(doctor.provider)
        register(CircleDoctorFactory(enterprise=unit.enterprise).provider)


class TestChangeGuard:
    @pytest.fixture
    def guard(self, register, doctor):
        return register(doctor.provider)

    def test_gives_it_other_hours_doctor_and_unit(self, change, guard, unit):
        other = CircleDoctorFactory(enterprise=unit.enterprise)
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")

        change(guard, unit=east, provider=other.provider, starts_at=START + HOUR, ends_at=END - HOUR)

        guard.refresh_from_db()
        assert (guard.unit, guard.provider) == (east, other.provider)
        assert (guard.starts_at, guard.ends_at) == (START + HOUR, END - HOUR)

    def test_leaves_a_trail_of_before_and_after(self, change, guard):
        change(guard, ends_at=END - HOUR)

        entry = AuditEntry.objects.get(act="bhod.guard.changed")
        assert entry.details["ends_at"] == "2026-03-13T06:00:00+00:00"
        change_ = GuardChange.objects.get(guard=guard, number=2)
        assert (change_.before_starts_at, change_.before_ends_at) == (START, END)

    def test_does_not_stand_in_its_own_way(self, change, guard):
        change(guard, starts_at=START + HOUR, ends_at=END + HOUR)

    def test_refuses_what_registering_refuses(self, change, guard, register, doctor):
        register(doctor.provider, start=END, end=END + HOUR)
        assert refused(change, guard, ends_at=END + MINUTE) == {"guard_overlap"}
        assert refused(change, guard, ends_at=START) == {"guard_out_of_order"}

    def test_refuses_a_unit_of_another_circle(self, change, guard):
        assert refused(change, guard, unit=GuardUnitFactory()) == {"unit_of_another_circle"}

    def test_refuses_a_cancelled_guard(self, change, guard, manager):
        cancel_guard(guard=guard, reason="échange", by=manager, at=AT)
        assert refused(change, guard) == {"already_cancelled"}

    def test_refuses_a_guard_that_is_too_old_to_be_told(self, change, unit, doctor):
        old = GuardFactory(
            unit=unit,
            provider=doctor.provider,
            starts_at=datetime(2025, 3, 3, 18, tzinfo=UTC),
            ends_at=datetime(2025, 3, 4, 7, tzinfo=UTC),
        )
        assert refused(change, old, starts_at=START, ends_at=END) == {"guard_too_old"}


class TestCancelGuard:
    @pytest.fixture
    def guard(self, register, doctor):
        return register(doctor.provider)

    def test_keeps_it_with_its_reason(self, guard, manager):
        cancel_guard(guard=guard, reason="  échange avec un confrère ", by=manager, at=AT)

        guard.refresh_from_db()
        assert (guard.state, guard.cancel_reason) == (GuardState.CANCELLED, "échange avec un confrère")
        assert (guard.cancelled_at, guard.cancelled_by) == (AT, manager)
        assert AuditEntry.objects.filter(act="bhod.guard.cancelled", done_by=manager).count() == 1

    def test_happens_once(self, guard, manager):
        cancel_guard(guard=guard, reason="échange", by=manager, at=AT)
        assert refused(cancel_guard, guard=guard, reason="encore", by=manager, at=AT) == {"already_cancelled"}
        guard.refresh_from_db()
        assert guard.cancel_reason == "échange"

    def test_needs_a_reason(self, guard, manager):
        assert refused(cancel_guard, guard=guard, reason=" ", by=manager, at=AT) == {"reason_required"}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two persons register at the same moment: one wins, the other is told, and nobody meets a database error."""

    def race(self, *acts):
        outcomes, barrier = [], Barrier(len(acts))

        def run(act):
            try:
                barrier.wait(timeout=10)
                act()
                outcomes.append("done")
            except ValidationError as refusal:
                outcomes.append(",".join(sorted(refusal_codes(refusal))))
            finally:
                connection.close()

        threads = [Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return sorted(outcomes)

    def test_overlapping_guards_of_one_doctor(self, register, doctor):
        outcomes = self.race(
            lambda: register(doctor.provider),
            lambda: register(doctor.provider, start=START + HOUR, end=END + HOUR),
        )
        assert outcomes == ["done", "guard_overlap"]
        assert Guard.objects.count() == 1

    def test_guards_of_a_candidate_and_his_supervisor(self, register, candidate):
        CircleDoctorFactory(enterprise=candidate.enterprise, provider=candidate.supervisor)
        outcomes = self.race(lambda: register(candidate.provider), lambda: register(candidate.supervisor))
        assert outcomes == ["candidate_and_supervisor", "done"]
        assert Guard.objects.count() == 1
