"""« Fonctions exercées »: the functions of a person, edit, delete."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.enums import ChangeKind, Function
from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.services import role_assignments
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from csam.services.sessions import SEEN_AT
from tests.access_mgmt.factories import (
    AT,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
)
from tests.csam.login import log_in
from tests.pages import errors, shows

NOTICE = (
    "Attention, si vous créez, supprimez ou modifiez un profil, votre adaptation sera active dans un délai maximal "
    "de 20 minutes."
)
FORM = {"function": Function.GUARDPOST_CIRCLE.value, "valid_from": "16-9-2026", "valid_until": "23/12/2026"}

pytestmark = pytest.mark.usefixtures("stopped_clock")


def url(member):
    return reverse("access_mgmt:role_list", args=[member.pk])


def edit_url(assignment):
    return reverse("access_mgmt:role_edit", args=[assignment.pk])


def delete_url(assignment):
    return reverse("access_mgmt:role_delete", args=[assignment.pk])


def rows(response, name="rows"):
    return [(row.assignment, row.state, row.note, row.editable) for row in response.context[name]]


def looks_again(response):
    """With its script."""
    return 'hx-trigger="every 30s"' in response.content.decode()


def is_loaded_anew(response):
    """Without script."""
    return '<noscript><meta http-equiv="refresh" content="30"></noscript>' in response.content.decode()


class TestRoleList:
    def test_offers_no_function_to_somebody_blocked(self, client, member):
        blocked = QualityMemberFactory(quality=member.quality, blocked=True)

        response = client.get(url(blocked))

        assert shows(response, "Cette personne est bloquée")
        assert not shows(response, "Ajouter une fonction")
        assertContains(response, reverse("access_mgmt:member_unblock", args=[blocked.pk]))
        assert errors(client.post(url(blocked), FORM)) == {"__all__": ["member_blocked"]}

    def test_warns_of_the_delay_and_of_the_responsibility(self, client, member):
        response = client.get(url(member))

        assert shows(response, NOTICE)
        assert shows(response, "Il n'y a pas de contrôle externe sur l'attribution des rôles.")
        assert shows(response, "Ce rôle est destiné au responsable du cercle, qui est également médecin.")
        assert shows(response, "Cette personne n'a pas encore de fonction")
        assert shows(response, f"Utilisateur: {member.person}")

    def test_shows_the_state_of_each_row(self, client, member):
        active = RoleAssignmentFactory(member=member, valid_until=date(2026, 3, 10))
        future = RoleAssignmentFactory(member=member, to_come=True)
        expired = RoleAssignmentFactory(member=member, ended=True)
        waiting = RoleAssignmentFactory(member=member, administrative=True, pending=True)
        withdrawn = RoleChangeFactory(revoking=True, applied=True, withdraws__member=member).withdraws

        response = client.get(url(member))

        assert rows(response) == [
            (future, "à venir", "", True),
            (waiting, "en attente", "Attribution dans 12 minutes.", True),
            (active, "active", "", True),
            (expired, "expirée", "", True),
        ]
        assert rows(response, "history") == [(withdrawn, "retirée", "", False)]
        assert shows(response, "Fonctions retirées")

    def test_says_what_is_on_its_way(self, client, member):
        leaving = RoleChangeFactory(revoking=True, withdraws__member=member).withdraws
        replaced = RoleAssignmentFactory(member=member, administrative=True, revoked=True)
        successor = RoleAssignmentFactory(member=member, administrative=True, to_come=True)
        RoleChangeFactory(
            kind=ChangeKind.EDITED, withdraws=replaced, grants=successor, due_at=AT + timedelta(seconds=40)
        )

        response = client.get(url(member))

        assert rows(response) == [
            (
                successor,
                "en attente",
                "Modification dans 1 minute ; d'ici là, les anciennes dates comptent.",
                True,
            ),
            (replaced, "en attente", "Remplacée dans 1 minute ; d'ici là, ces dates-ci comptent.", False),
            (
                leaving,
                "en attente",
                "Suppression dans 12 minutes ; d'ici là, rien ne change pour les applications.",
                False,
            ),
        ]

    def test_says_that_an_overdue_change_comes_any_moment(self, client, member):
        RoleAssignmentFactory(member=member, pending=True)

        with time_machine.travel(AT + timedelta(minutes=12), tick=False):
            log_in(client, member.quality.members.get(kind="gl").person)
            assert shows(client.get(url(member)), "Attribution d'un instant à l'autre.")

    def test_says_that_nothing_moves_in_a_stuck_world(self, client, member):
        world = member.person.world
        world.mode = PropagationMode.STUCK
        world.save()
        RoleAssignmentFactory(member=member, pending=True)

        response = client.get(url(member))

        assert shows(response, "La propagation est arrêtée dans ce monde du simulateur.")
        assert not looks_again(response)
        assert not is_loaded_anew(response)

    def test_looks_again_by_itself_while_a_change_is_on_its_way(self, client, member):
        assert not looks_again(client.get(url(member)))
        RoleAssignmentFactory(member=member, pending=True)

        response = client.get(url(member), {"page": "1"})

        assert looks_again(response)
        assert f'hx-get="{url(member)}?page=1"' in response.content.decode()
        assert shows(response, "toutes les 30 secondes, sans toucher à ce que vous écrivez")
        assert 'name="valid_from"' in response.content.decode()

    def test_is_loaded_anew_without_script_and_hides_the_form_then(self, client, member):
        RoleAssignmentFactory(member=member, pending=True)

        response = client.get(url(member))

        assert is_loaded_anew(response)
        assert "Refresh" not in response
        assert shows(response, "Cette page s'actualise d'elle-même toutes les 30 secondes")
        assertContains(response, 'class="panel with-script" id="ajouter"')
        assertContains(response, f'href="{url(member)}?pause=1#ajouter"')

    def test_stands_still_without_script_while_one_types(self, client, member):
        RoleAssignmentFactory(member=member, pending=True)

        paused, refused = client.get(url(member), {"pause": "1"}), client.post(url(member), {})

        for response in (paused, refused):
            assert not is_loaded_anew(response)
            assert shows(response, "Actualiser sans cesse")
            assertContains(response, 'class="panel" id="ajouter"')
        assert not looks_again(paused)
        assert looks_again(refused)

    def test_says_aloud_that_everything_has_arrived_to_who_was_waiting(self, client, member):
        assert client.get(url(member)).context["announcement"] == ""
        assert "Plus aucun" in client.get(url(member), headers={"HX-Request": "true"}).context["announcement"]
        RoleAssignmentFactory(member=member, pending=True)

        assert client.get(url(member)).context["announcement"] == "Un changement est en route."

    def test_keeps_what_is_to_be_said_once_for_somebody_who_opens_it(self, client, member):
        client.post(url(member), FORM)

        client.get(url(member), headers={"HX-Request": "true"})

        assert shows(client.get(url(member)), "a été ajoutée")

    def test_looking_by_itself_keeps_no_session_alive(self, client, member):
        RoleAssignmentFactory(member=member, pending=True)
        with time_machine.travel(AT + timedelta(minutes=5), tick=False):
            client.get(url(member))
            assert SEEN_AT not in client.session
            client.get(reverse("access_mgmt:home"))
            assert SEEN_AT in client.session

    def test_offers_the_functions_of_the_quality(self, client, member):
        functions = client.get(url(member)).context["form"].fields["function"].choices
        assert [value for value, label in functions] == ["", *Function.values]

    def test_offers_no_circle_function_under_another_quality(self, client):
        manager = QualityMemberFactory(local_manager=True, quality=QualityFactory(health_care=True))
        log_in(client, manager.person)

        response = client.get(url(manager))

        values = {value for value, label in response.context["form"].fields["function"].choices}
        assert Function.FILEMANAGER_CIRCLE not in values
        assert Function.OA_ADMIN in values
        assert shows(response, "ne se donnent que sous la qualité « eHealth Soins de Santé »")
        assert errors(client.post(url(manager), FORM)) == {"function": ["invalid_choice"]}

    def test_adds_a_function(self, client, manager, member):
        response = client.post(url(member), FORM, follow=True)

        assert response.redirect_chain[0][0] == url(member)
        assert shows(response, "dans un délai maximal de 20 minutes")
        assignment = RoleAssignment.objects.get()
        assert (assignment.function, assignment.valid_from, assignment.valid_until) == (
            Function.GUARDPOST_CIRCLE,
            date(2026, 9, 16),
            date(2026, 12, 23),
        )
        assert (assignment.requested_by, assignment.requested_at) == (manager.person, AT)

    def test_needs_no_end(self, client, member):
        client.post(url(member), FORM | {"valid_until": ""})

        assert RoleAssignment.objects.get().valid_until is None

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ({"valid_from": "31-02-2026"}, {"valid_from": ["invalid"]}),
            ({"valid_from": ""}, {"valid_from": ["required"]}),
            ({"valid_from": "1-1-1899"}, {"valid_from": ["out_of_range"]}),
            ({"valid_from": "16-9-26"}, {"valid_from": ["invalid"]}),
            ({"valid_until": "15-9-2026"}, {"valid_until": ["period_out_of_order"]}),
            ({"valid_until": "1/1/2200"}, {"valid_until": ["out_of_range"]}),
            ({"function": ""}, {"function": ["required"]}),
            ({"function": "AUTRE"}, {"function": ["invalid_choice"]}),
        ],
    )
    def test_refuses_beside_the_field(self, client, member, typed, expected):
        response = client.post(url(member), FORM | typed)

        assert errors(response) == expected
        assert not RoleAssignment.objects.exists()

    def test_explains_an_overlap(self, client, member):
        client.post(url(member), FORM)

        response = client.post(url(member), FORM | {"valid_from": "17-9-2026"})

        assert errors(response) == {"function": ["role_overlap"]}
        assert 'value="17-9-2026"' in response.content.decode()
        assert RoleAssignment.objects.count() == 1

    @pytest.mark.parametrize("end", ["23-12-2026", ""], ids=["until", "open"])
    def test_a_second_click_sees_what_the_first_one_did(self, client, member, end):
        client.post(url(member), FORM | {"valid_until": end})

        response = client.post(url(member), FORM | {"valid_until": end}, follow=True)

        assertContains(response, "est attribuée pour ces dates")
        assert RoleAssignment.objects.count() == 1

    def test_costs_the_same_however_many_functions(self, client, member, django_assert_max_num_queries):
        for year in range(2000, 2030):
            RoleAssignmentFactory(
                member=member, valid_from=date(year, 1, 1), valid_until=date(year, 12, 31), pending=True
            )

        with django_assert_max_num_queries(14):
            response = client.get(url(member))

        assert shows(response, "Page 1")
        assert len(response.context["rows"]) == 25
        assert len(client.get(url(member), {"page": 2}).context["rows"]) == 5


class TestRoleEdit:
    @pytest.fixture
    def assignment(self, member):
        return RoleAssignmentFactory(member=member)

    def test_shows_the_dates(self, client, assignment):
        response = client.get(edit_url(assignment))

        assert 'value="01-03-2026"' in response.content.decode()
        assert shows(response, NOTICE)

    def test_replaces_the_function_in_one_change(self, client, assignment):
        response = client.post(edit_url(assignment), {"valid_from": "1-3-2026", "valid_until": "30-6-2026"})

        assertRedirects(response, url(assignment.member))
        change = RoleChange.objects.get()
        assert (change.kind, change.withdraws) == (ChangeKind.EDITED, assignment)
        assert change.grants.valid_until == date(2026, 6, 30)

    def test_says_when_nothing_changed(self, client, assignment):
        response = client.post(
            edit_url(assignment), {"valid_from": "1-3-2026", "valid_until": ""}, follow=True
        )

        assert shows(response, "rien n'a changé")
        assert not RoleChange.objects.exists()

    def test_explains_an_overlap(self, client, assignment):
        RoleAssignmentFactory(member=assignment.member, ended=True)

        response = client.post(edit_url(assignment), {"valid_from": "1-2-2026", "valid_until": ""})

        assert errors(response) == {"valid_from": ["role_overlap"]}

    @pytest.mark.parametrize("address", [edit_url, delete_url])
    def test_a_function_that_is_gone_leads_to_the_list(self, client, member, address):
        gone = RoleAssignmentFactory(member=member, revoked=True)

        response = client.get(address(gone), follow=True)

        assert response.redirect_chain[0][0] == url(member)
        assert shows(response, "déjà été modifiée ou supprimée")

    def test_says_who_was_faster(self, client, assignment, manager):
        role_assignments.change_period(
            assignment=assignment, period=Period(date(2026, 4, 1)), by=manager.person, at=AT
        )

        response = client.get(edit_url(assignment), follow=True)

        assert shows(
            response, f"{manager.person} en a changé les dates le 10/03/2026 10:00 (01/04/2026 – sans fin)"
        )


class TestRoleDelete:
    @pytest.fixture
    def assignment(self, member):
        return RoleAssignmentFactory(member=member, valid_until=date(2026, 12, 31))

    def test_asks_first(self, client, assignment):
        response = client.get(delete_url(assignment))

        assert shows(response, assignment.function)
        assert shows(response, "31/12/2026")
        assert shows(response, NOTICE)
        assert not RoleChange.objects.exists()

    def test_a_function_without_end_says_so(self, client, member):
        oa_admin = RoleAssignmentFactory(member=member, function=Function.OA_ADMIN)

        response = client.get(delete_url(oa_admin))

        assert shows(response, "sans fin")
        assert not shows(response, "perd avec cette fonction l'accès à BHOD")

    def test_takes_the_function_away_once(self, client, manager, assignment):
        assertRedirects(client.post(delete_url(assignment)), url(assignment.member))
        assertRedirects(client.post(delete_url(assignment)), url(assignment.member))

        change = RoleChange.objects.get()
        assert (change.kind, change.withdraws, change.requested_by) == (
            ChangeKind.REVOKED,
            assignment,
            manager.person,
        )


def test_a_change_stays_visible_until_it_is_applied(client, manager, member):
    assignment = role_assignments.assign_role(
        member=member, function=Function.OA_ADMIN, period=Period(date(2026, 3, 1)), by=manager.person, at=AT
    )

    [(shown, state, note, _)] = rows(client.get(url(member)))

    assert (shown, state) == (assignment, "en attente")
    assert note.startswith("Attribution dans")
