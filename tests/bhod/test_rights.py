"""Every service of BHOD asks by itself whether this person may: the views are not the only way in."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from access_mgmt.enums import Function
from bhod.permissions import Capability
from bhod.services.doctors import end_enrolment, enrol_doctor
from bhod.services.guards import cancel_guard, change_guard, register_guard
from bhod.services.rights import check_capability
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import EffectiveRoleFactory, RoleAssignmentFactory
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.csam.factories import PersonFactory
from tests.prosante_login.factories import CareProviderFactory

HOURS = {
    "starts_at": datetime(2026, 3, 12, 18, 0, tzinfo=UTC),
    "ends_at": datetime(2026, 3, 13, 7, 0, tzinfo=UTC),
}


@pytest.fixture
def unit():
    return GuardUnitFactory()


@pytest.fixture
def circle(unit):
    return unit.enterprise


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle)


@pytest.fixture(params=["register_guard", "change_guard", "cancel_guard", "enrol_doctor", "end_enrolment"])
def act(request, unit, circle, doctor):
    """Each service in turn, ready but for who does it, and when."""
    provider = doctor.provider
    calls = {
        "register_guard": (register_guard, {"unit": unit, "provider": provider, **HOURS}),
        "change_guard": (
            change_guard,
            {
                "guard": GuardFactory(unit=unit, provider=provider),
                "unit": unit,
                "provider": provider,
                **HOURS,
            },
        ),
        "cancel_guard": (cancel_guard, {"guard": GuardFactory(unit=unit), "reason": "échange"}),
        "enrol_doctor": (
            enrol_doctor,
            {
                "enterprise": circle,
                "provider": CareProviderFactory(person__world=circle.world),
                "period": Period(date(2026, 3, 1)),
                "supervisor": None,
            },
        ),
        "end_enrolment": (end_enrolment, {"doctor": doctor, "last_day": date(2026, 3, 31)}),
    }
    service, values = calls[request.param]
    return lambda by, at=AT: service(**values, by=by, at=at)


def refused(act, by, at=AT):
    with pytest.raises(PermissionDenied):
        act(by, at)
    return not AuditEntry.objects.filter(act__startswith="bhod.").exists()


@pytest.mark.parametrize("function", [Function.FILEMANAGER_CIRCLE, Function.GUARDPOST_CIRCLE])
def test_both_functions_of_the_circle_may(act, circle, function):
    act(manager_of(circle, function=function))
    assert AuditEntry.objects.filter(act__startswith="bhod.").exists()


def test_no_function_may_nothing(act, circle):
    assert refused(act, PersonFactory(world=circle.world))


def test_another_function_may_nothing(act, circle):
    assert refused(act, manager_of(circle, function=Function.FILEMANAGER_BCE))


def test_the_manager_of_another_circle_may_nothing(act):
    assert refused(act, manager_of(GuardUnitFactory().enterprise))


def test_a_stranger_of_another_world_may_nothing(act):
    assert refused(act, PersonFactory(stranger=True))


@pytest.mark.parametrize("dates", [{"ended": True}, {"to_come": True}])
def test_a_function_counts_only_on_its_days(act, circle, dates):
    assert refused(act, manager_of(circle, **dates))


def test_the_day_is_the_one_of_the_act(act, circle):
    manager = manager_of(circle, to_come=True)
    assert refused(act, manager)
    act(manager, at=datetime(2026, 9, 1, 9, tzinfo=UTC))


def test_what_has_not_propagated_yet_gives_nothing(act, circle):
    assignment = RoleAssignmentFactory(member__quality__enterprise=circle, pending=True)
    assert refused(act, assignment.member.person)


def test_what_was_withdrawn_gives_nothing(act, circle):
    assignment = RoleAssignmentFactory(member__quality__enterprise=circle, revoked=True)
    EffectiveRoleFactory(assignment=assignment, withdrawn=True)
    assert refused(act, assignment.member.person)


def test_it_costs_one_query(circle, django_assert_num_queries):
    manager = manager_of(circle)
    with django_assert_num_queries(1):
        check_capability(by=manager, enterprise_id=circle.pk, capability=Capability.MANAGE_GUARDS, at=AT)
