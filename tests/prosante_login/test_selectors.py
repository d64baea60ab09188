from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from access_mgmt.enums import Function
from access_mgmt.services import role_assignments
from bhod_portal.core import clock
from prosante_login import http, selectors
from prosante_login.enums import ProfileKind
from prosante_login.profiles import ActiveProfile, ProfileChoice
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory, WorldFactory

CITIZEN = ProfileKind.CITIZEN


@pytest.fixture
def world():
    return WorldFactory(frozen_at=AT)


@pytest.fixture
def manager(world):
    """A person whose function as manager of a circle is effective."""
    return RoleAssignmentFactory(member__quality__enterprise__world=world, effective=True)


def request_of(user, *, world=None, session=None):
    request = RequestFactory().get("/")
    request.user = user
    request.world = world or user.world
    request.session = {} if session is None else session
    return request


def chosen(person, enterprise_id, **kwargs):
    request = request_of(person, **kwargs)
    http.remember(request, ProfileChoice(CITIZEN, enterprise_id))
    return request


class TestActiveProfile:
    def test_reads_the_functions_from_what_applications_see(self, manager):
        member = manager.member

        profile = selectors.active_profile(chosen(member.person, member.quality.enterprise_id))

        assert profile == ActiveProfile(
            ProfileChoice(CITIZEN, member.quality.enterprise_id), frozenset({Function.FILEMANAGER_CIRCLE})
        )

    def test_a_function_that_ended_leaves_an_empty_set(self, manager):
        member = manager.member
        member.person.effective_roles.update(withdrawn_at=AT + timedelta(minutes=1), applied_at=AT)

        profile = selectors.active_profile(chosen(member.person, member.quality.enterprise_id))

        assert profile.functions == frozenset()

    def test_a_function_of_tomorrow_grants_nothing_today(self, world):
        role = RoleAssignmentFactory(
            member__quality__enterprise__world=world, valid_from=date(2026, 3, 11), effective=True
        )
        request = chosen(role.member.person, role.member.quality.enterprise_id)

        assert selectors.active_profile(request).functions == frozenset()

        clock.advance(request.world, by=timedelta(days=1))
        assert selectors.active_profile(request).functions == {Function.FILEMANAGER_CIRCLE}

    def test_citizen_without_an_organisation_has_no_function(self, manager):
        profile = selectors.active_profile(chosen(manager.member.person, None))

        assert profile == ActiveProfile(ProfileChoice(CITIZEN))

    def test_nothing_chosen(self, world):
        assert selectors.active_profile(request_of(PersonFactory(world=world))) is None

    def test_a_visitor_has_none(self, manager):
        left_behind = chosen(manager.member.person, manager.member.quality.enterprise_id).session

        request = request_of(AnonymousUser(), world=manager.member.person.world, session=left_behind)
        assert selectors.active_profile(request) is None

    def test_what_someone_else_chose_does_not_count(self, manager):
        left_behind = chosen(manager.member.person, manager.member.quality.enterprise_id).session

        request = request_of(PersonFactory(world=manager.member.person.world), session=left_behind)
        assert selectors.active_profile(request) is None

    def test_an_enterprise_of_another_world_does_not_count(self, manager):
        elsewhere = EnterpriseFactory(world__code="ailleurs")

        assert selectors.active_profile(chosen(manager.member.person, elsewhere.pk)) is None

    def test_costs_one_query(self, manager, django_assert_num_queries):
        request = chosen(manager.member.person, manager.member.quality.enterprise_id)

        with django_assert_num_queries(1):
            selectors.active_profile(request)


class TestOrganisationsOf:
    def test_only_those_with_an_effective_function_of_inami(self, world):
        person = PersonFactory(world=world)

        def give(name, **traits):
            RoleAssignmentFactory(
                member=QualityMemberFactory(
                    person=person, quality__enterprise__name=name, quality__enterprise__world=world
                ),
                **traits,
            )

        give("Zone B", effective=True, function=Function.FILEMANAGER_BCE)
        give("Zone A", effective=True)
        give("Attend", pending=True)
        give("Passé", ended=True, effective=True)
        give("À venir", to_come=True, effective=True)
        give("Autre", effective=True, function=Function.OA_ADMIN)

        found = selectors.organisations_of(person, on=clock.day_of(AT))

        assert [enterprise.name for enterprise in found] == ["Zone A", "Zone B"]


class TestAwaitsAChange:
    def test_until_it_reaches_the_applications(self, demo):
        member = demo.ines_fontaine.memberships.get()
        assert not selectors.awaits_a_change(demo.ines_fontaine)

        role_assignments.assign_role(
            member=member,
            function=Function.GUARDPOST_CIRCLE,
            period=role_assignments.Period(demo.today),
            by=demo.sofie_janssens,
            at=clock.now(demo.world),
        )

        assert selectors.awaits_a_change(demo.ines_fontaine)
        assert not selectors.awaits_a_change(demo.nadia_benali)

    def test_a_deletion_on_its_way_counts_as_well(self, demo):
        [assignment] = demo.nadia_benali.memberships.get().assignments.all()

        role_assignments.revoke_role(assignment=assignment, by=demo.sofie_janssens, at=clock.now(demo.world))

        assert selectors.awaits_a_change(demo.nadia_benali)
