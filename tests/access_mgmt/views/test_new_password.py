"""« Nouveau mot de passe »: asked for by a manager, chosen by the person, seen by nobody else."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import Message
from csam.models import Person
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import PASSWORD, PersonFactory
from tests.pages import shows


def url(member):
    return reverse("access_mgmt:member_new_password", args=[member.pk])


@pytest.fixture
def member(manager):
    return QualityMemberFactory(quality=manager.quality, person=PersonFactory(with_codes=True))


def test_shows_what_it_means_and_asks_for_no_password(client, manager, member):
    page = client.get(url(member))

    assert shows(page, "Son mot de passe actuel ne sert plus")
    assert shows(page, "3 jours")
    assertNotContains(page, 'type="password"')
    assert Person.objects.get(pk=member.person_id).check_password(PASSWORD)


def test_says_beforehand_when_no_link_can_go_out(client, manager, member):
    Person.objects.filter(pk=member.person_id).update(email="")
    QualityMemberFactory(person=member.person)

    assert shows(client.get(url(member)), "aucun lien ne peut lui être envoyé")


def test_a_second_click_on_the_same_page_does_it_once(client, manager, member):
    mark = client.get(url(member)).context["mark"]

    first = client.post(url(member), {"etat": mark})
    second = client.post(url(member), {"etat": mark}, follow=True)

    assertRedirects(first, reverse("access_mgmt:member_edit", args=[member.pk]))
    assert shows(second, "vient d'être remplacé")
    assert Message.objects.count() == 1


def test_ones_own_is_changed_elsewhere(client, manager):
    assertRedirects(
        client.get(url(manager)), reverse("account_change_password"), fetch_redirect_response=False
    )


def test_a_refusal_takes_the_place_of_the_button(client, manager):
    blocked = QualityMemberFactory(quality=manager.quality, blocked=True)

    assertNotContains(client.get(url(blocked)), "Son mot de passe actuel")
    assertContains(client.post(url(blocked), {"etat": "x"}, follow=True), "débloquez-la d&#x27;abord")
    assert not Message.objects.exists()
