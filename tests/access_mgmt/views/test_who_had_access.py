"""« Qui avait accès ? »: the answer at an instant, and the rows that prove it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from access_mgmt import selectors
from access_mgmt.enums import AccessReason, Function
from access_mgmt.models import QualityMember, RoleAssignment
from access_mgmt.services import blocking, propagation, role_assignments
from access_mgmt.services.member_endings import end_members
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import (
    AT,
    EffectiveRoleFactory,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
# AT is 10 March 2026, 10:00 in Brussels.
ASKED = {"jour": "10-03-2026", "heure": "10:00"}
HOUR = timedelta(hours=1)


def url(quality):
    return reverse("access_mgmt:who_had_access", args=[quality.pk])


def about(client, member, **asked):
    return client.get(url(member.quality), ASKED | {"qui": str(member.person.public_id)} | asked)


def answer(response):
    """Yes or no, and the sentence."""
    ((held, sentence),) = response.context["sentences"]
    return held, sentence


def reasons(response):
    return [row.reason for row in response.context["page_obj"]]


@pytest.fixture
def immediate(manager):
    world = manager.person.world
    world.mode = PropagationMode.IMMEDIATE
    world.save()
    return world


def give(member, manager, at, start=date(2026, 3, 1), end=None):
    assignment = role_assignments.assign_role(
        member=QualityMember.objects.get(pk=member.pk),
        function=Function.FILEMANAGER_CIRCLE,
        period=Period(start, end),
        by=manager.person,
        at=at,
    )
    propagation.apply_due_changes(real_now=at)
    return assignment


class TestTheAnswer:
    def test_is_yes_when_the_applications_granted_it(self, client, member):
        role = EffectiveRoleFactory(assignment__member=member)

        response = about(client, member)

        held, sentence = answer(response)
        assert held
        assert str(member.person) in sentence
        assert "10/03/2026 10:00:00" in sentence
        assert reasons(response) == [AccessReason.HELD]
        assert shows(response, str(role.assignment.requested_by))

    def test_is_no_before_it_has_propagated(self, client, member):
        EffectiveRoleFactory(assignment__member=member, applied_at=AT + timedelta(seconds=1))

        response = about(client, member)

        assert answer(response)[0] is False
        assert "les applications l'ont vue le 10/03/2026 10:00:01" in answer(response)[1]
        assert reasons(response) == [AccessReason.NOT_YET_SEEN]

    def test_is_no_while_it_waits(self, client, member):
        RoleChangeFactory(grants__member=member)

        response = about(client, member)

        assert "elle n'est pas encore arrivée aux applications" in answer(response)[1]
        assert shows(response, "en attente")

    def test_is_no_outside_its_dates(self, client, member):
        EffectiveRoleFactory(assignment__member=member, assignment__ended=True, applied_at=AT - 2 * HOUR)

        response = about(client, member)

        assert reasons(response) == [AccessReason.OUTSIDE_DATES]
        assert "elle vaut du 01/01/2026 au 28/02/2026" in answer(response)[1]

    def test_is_no_before_it_begins(self, client, member):
        EffectiveRoleFactory(assignment__member=member, assignment__to_come=True)

        assert "elle ne commençait que le 01/09/2026" in answer(about(client, member))[1]

    def test_is_no_before_it_was_asked(self, client, member):
        EffectiveRoleFactory(assignment__member=member)

        response = about(client, member, jour="9-3-2026")

        assert reasons(response) == [AccessReason.ASKED_LATER]
        assert "elle n'a été demandée que le 10/03/2026" in answer(response)[1]

    def test_is_no_of_what_was_never_asked(self, client, member):
        assert "aucune fonction n'a jamais été demandée" in answer(about(client, member))[1]
        one = about(client, member, fonction=Function.OA_ADMIN.value)
        assert "OA_ADMIN n'a jamais été demandée" in answer(one)[1]

    def test_is_no_after_it_was_taken_away(self, client, manager, member, immediate):
        given = give(member, manager, AT - 3 * HOUR)
        role_assignments.revoke_role(assignment=given, by=manager.person, at=AT - HOUR)
        propagation.apply_due_changes(real_now=AT - HOUR)

        response = about(client, member)

        assert reasons(response) == [AccessReason.WITHDRAWN]
        assert f"{manager.person} l'avait retirée" in answer(response)[1]
        assert "10/03/2026 09:00:00" in answer(response)[1]
        assert answer(about(client, member, heure="08:59"))[0] is True
        assert answer(about(client, member, heure="09:00"))[0] is False

    def test_is_no_after_other_dates_took_its_place(self, client, manager, member, immediate):
        given = give(member, manager, AT - 3 * HOUR)
        role_assignments.change_period(
            assignment=given, period=Period(date(2026, 9, 1)), by=manager.person, at=AT - HOUR
        )
        propagation.apply_due_changes(real_now=AT - HOUR)

        response = about(client, member)

        assert answer(response)[0] is False
        assert reasons(response) == [AccessReason.WITHDRAWN, AccessReason.OUTSIDE_DATES]
        assert shows(response, "(dates changées)")

    def test_says_that_the_person_was_blocked(self, client, manager, member, immediate):
        give(member, manager, AT - 3 * HOUR)
        blocking.block_member(member=member, by=manager.person, at=AT - HOUR)
        propagation.apply_due_changes(real_now=AT - HOUR)

        response = about(client, member)

        assert f"{manager.person} avait bloqué cette personne" in answer(response)[1]
        assert shows(response, "(personne bloquée)")

    def test_remembers_who_left(self, client, manager, member, immediate):
        give(member, manager, AT - 3 * HOUR)
        end_members(members=[QualityMember.objects.get(pk=member.pk)], by=manager.person, at=AT - HOUR)
        propagation.apply_due_changes(real_now=AT - HOUR)

        assert answer(about(client, member, heure="8:30"))[0] is True
        gone = about(client, member)
        assert "avec la place de cette personne" in answer(gone)[1]
        assert shows(gone, "(avec sa place)")

    def test_of_several_functions_is_one_sentence_each(self, client, member):
        EffectiveRoleFactory(assignment__member=member)
        RoleChangeFactory(grants__member=member, grants__administrative=True)

        assert [held for held, _sentence in about(client, member).context["sentences"]] == [True, False]
        only = about(client, member, fonction=Function.GUARDPOST_CIRCLE.value)
        assert answer(only)[0] is False

    def test_prefers_what_happened_last(self, client, manager, member):
        """Taken away years ago, given anew, and run out last month: the dates are why."""
        long_ago = RoleAssignmentFactory(member=member, revoked=True, valid_from=date(2020, 1, 1))
        EffectiveRoleFactory(
            assignment=long_ago, applied_at=AT - timedelta(days=900), withdrawn_at=AT - timedelta(days=700)
        )
        EffectiveRoleFactory(
            assignment__member=member, assignment__ended=True, applied_at=AT - timedelta(days=60)
        )

        assert "hors de ses dates" in answer(about(client, member))[1]

    def test_says_not_yet_rather_than_over(self, client, member):
        EffectiveRoleFactory(
            assignment__member=member, assignment__ended=True, applied_at=AT - timedelta(days=60)
        )
        RoleChangeFactory(grants__member=member)
        RoleAssignmentFactory(member=member, to_come=True, revoked=True)

        assert "pas encore arrivée" in answer(about(client, member))[1]

    def test_is_drawn_with_the_instant(self, client, member):
        EffectiveRoleFactory(assignment__member=member, withdrawn=True)
        EffectiveRoleFactory(
            assignment__member=member, assignment__administrative=True, assignment__to_come=True
        )

        timeline = about(client, member).context["timeline"]

        first, second = timeline.bars
        assert first.open[0] <= timeline.asked_x <= sum(first.open)
        assert second.seen
        assert second.open is None

    def test_is_proved_by_pages_however_many_rows(
        self, client, manager, member, django_assert_max_num_queries
    ):
        year = timedelta(days=365)
        for place in range(30):
            EffectiveRoleFactory(
                assignment__member=member,
                assignment__valid_from=date(2026, 3, 1) - place * year,
                assignment__valid_until=date(2026, 3, 20) - place * year,
            )

        with django_assert_max_num_queries(16):
            response = about(client, member)
        rows = selectors.access_rows(member.person, member.quality, at=AT)

        assert len(response.context["page_obj"]) == 25
        assert len(about(client, member, page=2).context["page_obj"]) == 5
        # The oldest was asked first, and the answer rests on a row of one page as of another.
        assert answer(response)[0] is True
        assert [row.reason for row in rows].count(AccessReason.HELD) == 1
        assert rows[-1].assignment.valid_from.year == 1997


class TestEveryone:
    def test_who_had_a_function(self, client, manager, member):
        role = EffectiveRoleFactory(assignment__member=member)
        EffectiveRoleFactory(
            assignment__member__quality=manager.quality, assignment__function=Function.OA_ADMIN
        )
        EffectiveRoleFactory(assignment__member__quality=manager.quality, withdrawn_at=AT)
        EffectiveRoleFactory(assignment__member__quality=manager.quality, assignment__to_come=True)
        EffectiveRoleFactory()

        response = client.get(url(manager.quality), ASKED | {"fonction": Function.FILEMANAGER_CIRCLE.value})

        assert list(response.context["page_obj"]) == [role]
        assert shows(response, str(member.person))
        assert len(client.get(url(manager.quality), ASKED).context["page_obj"]) == 2

    def test_says_when_it_was_nobody(self, client, manager):
        assert shows(client.get(url(manager.quality), ASKED), "Personne n'avait cette fonction")

    def test_costs_the_same_however_many(self, client, manager, django_assert_max_num_queries):
        for _ in range(30):
            EffectiveRoleFactory(assignment__member__quality=manager.quality)

        with django_assert_max_num_queries(11):
            response = client.get(url(manager.quality), ASKED)

        assert len(response.context["page_obj"]) == 25
        turned = client.get(url(manager.quality), ASKED | {"page": 2})
        assert len(turned.context["page_obj"]) == 5


class TestASubdivisionManager:
    @pytest.fixture
    def led(self, client, manager):
        led = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        log_in(client, led.person)
        return led

    def held_by(self, quality, **member):
        return EffectiveRoleFactory(assignment__member=QualityMemberFactory(quality=quality, **member))

    def test_sees_those_of_his_branch_who_left_included(self, client, led):
        below = SubdivisionFactory(below=led.subdivision)
        own = self.held_by(led.quality, subdivision=below)
        gone = self.held_by(led.quality, subdivision=led.subdivision, ended=True)
        self.held_by(led.quality)

        found = client.get(url(led.quality), ASKED).context["page_obj"]

        assert {role.person for role in found} == {own.person, gone.person}

    def test_knows_nobody_else(self, client, led):
        other = self.held_by(led.quality, subdivision=SubdivisionFactory(quality=led.quality))

        assert about(client, other.assignment.member).status_code == 404
        response = client.post(url(led.quality), ASKED | {"personne": other.person.username})
        assert errors(response) == {"personne": ["not_found"]}

    def test_sees_what_a_person_had_before_he_came_to_the_branch(self, client, led):
        role = self.held_by(led.quality, ended=True)
        now = QualityMemberFactory(quality=led.quality, person=role.person, subdivision=led.subdivision)

        assert answer(about(client, now))[0] is True

    def test_no_longer_sees_who_went_to_another_branch(self, client, led):
        role = self.held_by(led.quality, subdivision=led.subdivision, ended=True)
        now = QualityMemberFactory(
            quality=led.quality, person=role.person, subdivision=SubdivisionFactory(quality=led.quality)
        )

        assert about(client, now).status_code == 404


def test_an_earlier_activation_of_the_quality_counts(client, manager):
    earlier = QualityFactory(enterprise=manager.quality.enterprise, over=True)
    role = EffectiveRoleFactory(assignment__member=QualityMemberFactory(quality=earlier, ended=True))

    response = client.get(url(manager.quality), ASKED | {"qui": str(role.person.public_id)})

    assert answer(response)[0] is True
    assert not RoleAssignment.objects.filter(member__quality=manager.quality).exists()


def test_is_found_from_the_pages_of_the_quality_and_of_the_entity(client, manager):
    for page in ("role_overview", "quality_detail"):
        assertContains(
            client.get(reverse(f"access_mgmt:{page}", args=[manager.quality.pk])), url(manager.quality)
        )
    gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
    log_in(client, gap.person)
    entity = reverse("access_mgmt:quality_list", args=[gap.enterprise.bce_number])

    assertContains(client.get(entity), url(manager.quality))
    assert client.get(url(manager.quality)).status_code == 200
