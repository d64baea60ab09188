from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from access_mgmt.enums import Function
from access_mgmt.models import RoleAssignment
from access_mgmt.services import blocking
from bhod.apps import BhodConfig
from prosante_login.applications import application_for
from tests.access_mgmt.factories import EffectiveRoleFactory, QualityMemberFactory, RoleAssignmentFactory
from tests.bhod.factories import AT
from tests.bhod.views.conftest import choose
from tests.csam.factories import EnterpriseFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import text_of

HOME = reverse("bhod:home")
PAGES = [
    reverse(f"bhod:{name}")
    for name in (
        "home", "guard_month", "guard_list", "guard_create", "doctor_list", "doctor_enrol", "finance_overview",
    )
]  # fmt: skip


@pytest.mark.parametrize("who", ["manager", "administrative"])
def test_leads_to_the_guards(client, request, who):
    request.getfixturevalue(who)
    assert client.get(HOME, follow=True).redirect_chain == [(reverse("bhod:guard_month"), 302)]


@pytest.mark.parametrize(
    ("who", "role"), [("manager", "Manager"), ("administrative", "Utilisateur administratif")]
)
def test_says_for_whom_and_as_what_one_works(client, request, circle, who, role):
    request.getfixturevalue(who)
    assert f"), rôle « {role} »" in text_of(client.get(HOME, follow=True))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("chosen", [True, False])
def test_sends_who_has_chosen_no_organisation_to_the_chooser(client, circle, page, chosen):
    person = PersonFactory(world=circle.world)
    log_in(client, person)
    if chosen:
        choose(client, person, None)

    response = client.get(page, follow=True)

    onward = urlencode({"next": page})
    assert response.redirect_chain == [(f"{reverse('prosante_login:profile_choose')}?{onward}", 302)]
    assert "Choisissez d'abord pour quel cercle" in text_of(response)


@pytest.mark.parametrize("page", PAGES)
def test_explains_which_role_is_missing(client, enter, page):
    enter(Function.FILEMANAGER_BCE)

    response = client.get(page)

    assert response.status_code == 403
    text = text_of(response)
    assert "aucun des deux rôles" in text
    assert "gère les gardes et la liste des médecins inscrits." in text
    assert Function.GUARDPOST_CIRCLE in text
    assert "gestionnaire local" in text


def test_refuses_at_the_click_after_the_last_day(client, enter, world):
    enter(Function.FILEMANAGER_CIRCLE, valid_until=date(2026, 3, 10))
    assert client.get(HOME).status_code == 302
    # Midnight in Brussels.
    world.frozen_at = AT + timedelta(hours=14)
    world.save()

    response = client.get(HOME)

    assert response.status_code == 403
    assert "a pris fin : son dernier jour était le 10/03/2026" in text_of(response)


def test_refuses_at_the_click_after_the_withdrawal(client, enter):
    person = enter(Function.GUARDPOST_CIRCLE)
    assert client.get(HOME).status_code == 302
    person.effective_roles.update(withdrawn_at=AT + timedelta(minutes=12))

    response = client.get(HOME)

    assert response.status_code == 403
    assert (
        "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE vous a été retiré : il n'agit plus depuis le 10/03/2026 à 10:12"
        in text_of(response)
    )


def test_names_who_took_it_away_in_every_open_session(client, enter, world):
    person = enter(Function.GUARDPOST_CIRCLE)
    elsewhere = Client()
    log_in(elsewhere, person)
    choose(elsewhere, person, person.effective_roles.get().enterprise)
    assert {each.get(HOME).status_code for each in (client, elsewhere)} == {302}
    manager = PersonFactory(world=world)
    RoleAssignment.objects.filter(member__person=person).update(revoked_at=AT, revoked_by=manager)
    person.effective_roles.update(withdrawn_at=AT)

    for each in (client, elsewhere):
        assert f"Retrait demandé par {manager}." in text_of(each.get(HOME))


def test_says_that_one_was_blocked(client, enter, world):
    person = enter(Function.GUARDPOST_CIRCLE)
    manager = QualityMemberFactory(quality=person.memberships.get().quality, local_manager=True).person
    blocking.block_member(member=person.memberships.get(), by=manager, at=AT)
    person.effective_roles.update(withdrawn_at=AT)

    assert f"{manager} vous a bloqué(e) dans votre organisation" in text_of(client.get(HOME))


def test_says_when_a_role_begins(client, enter):
    enter(Function.FILEMANAGER_CIRCLE, valid_from=date(2026, 9, 1))
    assert "ne commence que le 01/09/2026" in text_of(client.get(HOME))


def test_names_the_loss_that_came_last(client, enter):
    person = enter(Function.FILEMANAGER_CIRCLE, valid_from=date(2026, 1, 1), valid_until=date(2026, 2, 28))
    older = person.effective_roles.get()
    EffectiveRoleFactory(
        assignment=RoleAssignmentFactory(member=older.assignment.member, administrative=True),
        applied_at=AT - timedelta(days=60),
        withdrawn_at=AT - timedelta(days=30),
    )
    assert "son dernier jour était le 28/02/2026" in text_of(client.get(HOME))


def test_one_role_of_two_is_enough(client, enter):
    person = enter(Function.GUARDPOST_CIRCLE)
    withdrawn = RoleAssignmentFactory(member=person.memberships.get())
    EffectiveRoleFactory(assignment=withdrawn, withdrawn=True)
    assert client.get(reverse("bhod:guard_month")).status_code == 200
    assert client.get(reverse("bhod:finance_overview")).status_code == 403


def test_a_circle_of_another_world_is_no_choice(client, enter):
    person = enter(Function.FILEMANAGER_CIRCLE)
    choose(client, person, EnterpriseFactory(world=WorldFactory(code="ailleurs")))
    assert client.get(HOME).headers["Location"].startswith(reverse("prosante_login:profile_choose"))


class TestTheChooser:
    @pytest.mark.parametrize(
        ("functions", "opens"),
        [
            ({Function.FILEMANAGER_CIRCLE}, True),
            ({Function.GUARDPOST_CIRCLE, Function.OA_ADMIN}, True),
            ({Function.FILEMANAGER_BCE}, False),
            (set(), False),
        ],
    )
    def test_knows_what_opens_bhod(self, functions, opens):
        application = application_for(frozenset(str(function) for function in functions))
        assert (application is not None and application.url_name == "bhod:home") is opens

    def test_shows_its_name(self):
        application = application_for(frozenset({Function.GUARDPOST_CIRCLE.value}))
        assert str(application.name) == "Honoraires de disponibilité (INAMI)"
        assert BhodConfig.verbose_name == "BHOD"
