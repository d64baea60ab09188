"""Two managers at work on one function: the second learns what the first did, and keeps what he typed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from access_mgmt.enums import ChangeKind
from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.services import role_assignments
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import AT, QualityMemberFactory, RoleAssignmentFactory
from tests.csam.login import log_in
from tests.pages import shows
from tests.threads import at_once

LATER = {"valid_from": "1-4-2026", "valid_until": "30/6/2026"}

pytestmark = pytest.mark.usefixtures("stopped_clock")


def edit_url(assignment):
    return reverse("access_mgmt:role_edit", args=[assignment.pk])


def delete_url(assignment):
    return reverse("access_mgmt:role_delete", args=[assignment.pk])


def list_url(member):
    return reverse("access_mgmt:role_list", args=[member.pk])


def standing():
    return [(each.valid_from, each.valid_until) for each in RoleAssignment.objects.standing()]


@pytest.fixture
def assignment(member):
    return RoleAssignmentFactory(member=member)


@pytest.fixture
def colleague(manager):
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


@pytest.fixture
def other(colleague):
    """The browser of the colleague, five minutes later."""
    client = Client()
    log_in(client, colleague.person)
    return client


class TestEdit:
    def test_tells_what_changed_and_keeps_what_was_typed(self, client, manager, other, assignment):
        client.post(edit_url(assignment), {"valid_from": "1-3-2026", "valid_until": "31-12-2026"})

        with time_machine.travel(AT + timedelta(minutes=5), tick=False):
            response = other.post(edit_url(assignment), LATER)

        assert shows(response, f"{manager.person} a modifié cette fonction le 10/03/2026 à 10:00")
        assert shows(response, "Les dates que vous aviez sous les yeux : 01/03/2026 – sans fin")
        assert shows(response, "Les dates d'à présent : 01/03/2026 – 31/12/2026")
        page = response.content.decode()
        assert 'value="1-4-2026"' in page
        assert 'value="30/6/2026"' in page
        assert standing() == [(date(2026, 3, 1), date(2026, 12, 31))]

        successor = RoleAssignment.objects.standing().get()
        assert f'action="{edit_url(successor)}"' in page
        other.post(edit_url(successor), LATER)
        assert standing() == [(date(2026, 4, 1), date(2026, 6, 30))]

    def test_tells_the_last_of_several_changes(self, client, other, assignment):
        client.post(edit_url(assignment), {"valid_from": "2-3-2026"})
        client.post(edit_url(RoleAssignment.objects.standing().get()), {"valid_from": "3-3-2026"})

        assert shows(other.post(edit_url(assignment), LATER), "Les dates d'à présent : 03/03/2026 – sans fin")

    def test_a_deleted_function_may_be_given_again(self, client, manager, member, other, assignment):
        client.post(delete_url(assignment))

        response = other.post(edit_url(assignment), LATER)

        assert shows(response, f"{manager.person} a supprimé cette fonction le 10/03/2026 à 10:00")
        page = response.content.decode()
        assert f'action="{list_url(member)}"' in page
        assert f'name="function" value="{assignment.function}"' in page
        assert not standing()

        other.post(list_url(member), LATER | {"function": assignment.function})
        assert standing() == [(date(2026, 4, 1), date(2026, 6, 30))]

    def test_a_second_click_sees_what_the_first_one_did(self, client, manager, member, assignment):
        client.post(edit_url(assignment), LATER)

        response = client.post(edit_url(assignment), LATER, follow=True)

        assert response.redirect_chain[0][0] == list_url(member)
        assert shows(response, f"{manager.person} en a changé les dates")
        assert RoleChange.objects.count() == 1

    def test_what_is_wrong_with_the_dates_is_told_first(self, client, other, assignment):
        client.post(delete_url(assignment))

        response = other.post(edit_url(assignment), LATER | {"valid_from": "31-02-2026"})

        assert shows(response, "Cette date n'existe pas.")


class TestDelete:
    def test_of_what_was_edited_deletes_nothing(self, client, manager, member, other, assignment):
        client.post(edit_url(assignment), LATER)

        response = other.post(delete_url(assignment), follow=True)

        assert response.redirect_chain[0][0] == list_url(member)
        assert shows(response, f"{manager.person} en a changé les dates")
        assert standing() == [(date(2026, 4, 1), date(2026, 6, 30))]

    def test_of_what_was_deleted_says_by_whom(self, client, manager, other, assignment):
        client.post(delete_url(assignment))

        response = other.post(delete_url(assignment), follow=True)

        assert shows(response, f"{manager.person} l'a supprimée le 10/03/2026 10:00")
        assert RoleChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_one_changes_the_dates():
    manager = QualityMemberFactory(local_manager=True)
    assignment = RoleAssignmentFactory(member__quality=manager.quality)

    found = at_once(
        lambda number: role_assignments.change_period(
            assignment=assignment, period=Period(date(2026, 4, 1 + number)), by=manager.person, at=AT
        )
    )

    assert sorted(found) == ["assignment_over"] * 3 + ["done"]
    assert RoleChange.objects.get().kind == ChangeKind.EDITED
    assert len(standing()) == 1
