"""Two tabs, two profiles: what was filled in under one is not done under the other unless its reader says so."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.enums import DigitalKey
from prosante_login.enums import ProfileKind
from prosante_login.http import SESSION_KEY
from prosante_login.profiles import ProfileChoice
from tests.csam.login import log_in
from tests.pages import text_of
from tests.personas import choose_profile

STAMP = re.compile('name="profile_stamp" value="([^"]*)"')
HIDDEN = re.compile('<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def tabs(client, demo):
    """Marc filled in a form for Haute-Meuse; in another tab he chose Pays des Lacs since."""
    log_in(client, demo.marc_dubois)
    choose_profile(client, demo.haute_meuse.pk)
    [stamp] = set(STAMP.findall(client.get(reverse("bhod:doctor_enrol")).content.decode()))
    choose_profile(client, demo.pays_des_lacs.pk)
    return client, stamp


def send(client, stamp, **data):
    filled = {"inami_number": "1-99904-13-005", "valid_from": "pas une date", "profile_stamp": stamp}
    return client.post(reverse("bhod:doctor_enrol"), filled | data)


def test_the_page_says_both_profiles_and_does_nothing(tabs):
    client, stamp = tabs

    response = send(client, stamp)

    assert response.status_code == 409
    shown = text_of(response)
    assert "Profil de la page Citoyen – CMG Haute-Meuse ASBL" in shown
    assert "Profil actif Citoyen – CMG Pays des Lacs ASBL" in shown
    assertContains(response, 'href="/bhod/"', status_code=409)


def test_one_click_takes_the_profile_up_again_and_sends_what_was_filled_in(tabs, demo):
    client, stamp = tabs
    page = send(client, stamp, note="<b>é & è</b>").content.decode()
    carried = {name: unescape(value) for name, value in HIDDEN.findall(page.split("<main", 1)[1])}
    assert carried["note"] == "<b>é & è</b>"

    response = client.post(reverse("bhod:doctor_enrol"), carried)

    # The form again, with what was filled in and what is wrong with it: of the circle of the first tab.
    assert response.status_code == 200
    assert response.context["circle"] == demo.haute_meuse
    assert response.context["form"]["inami_number"].value() == "1-99904-13-005"
    assert client.session[SESSION_KEY]["enterprise_id"] == demo.haute_meuse.pk


def test_a_profile_that_is_not_ones_own_any_more_is_not_taken_up(tabs, demo):
    client, stamp = tabs
    demo.marc_dubois.effective_roles.filter(enterprise=demo.haute_meuse).update(
        withdrawn_at=demo.world.frozen_at
    )

    assertNotContains(send(client, stamp), "profile_resume", status_code=409)
    response = send(client, stamp, profile_resume="1")

    assert response.status_code == 409
    assertContains(response, "un profil que vous n'avez pas, ou plus", status_code=409)
    assert client.session[SESSION_KEY]["enterprise_id"] == demo.pays_des_lacs.pk


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "x",
        "citoyen.-.99999999999999999.-.-",
        "citoyen.-.-.directeur.-",
        "citoyen.-.-.-.1",
        "prestataire.PHYSICIAN.-.-.-",
        "prestataire.-.-.-.-",
        "citoyen.-.-.-.-\n",
    ],
)
def test_a_tampered_stamp_opens_nothing(tabs, demo, stamp):
    client, _stamp = tabs

    response = send(client, stamp, profile_resume="1")

    assert response.status_code == 409
    assert client.session[SESSION_KEY]["enterprise_id"] == demo.pays_des_lacs.pk


def test_a_file_is_chosen_again(tabs):
    client, stamp = tabs

    response = send(client, stamp, file=SimpleUploadedFile("gardes.csv", b"a;b"))

    assertContains(response, "puis le fichier", status_code=409)
    assertNotContains(response, "profile_resume", status_code=409)


def test_under_the_same_profile_nothing_is_asked(tabs, demo):
    client, stamp = tabs
    choose_profile(client, demo.haute_meuse.pk)

    assert send(client, stamp).status_code == 200


@pytest.mark.parametrize(
    "choice",
    [
        ProfileChoice(ProfileKind.CITIZEN),
        ProfileChoice(ProfileKind.CITIZEN, 7),
        ProfileChoice(ProfileKind.CITIZEN, 7, mandate_id=3),
    ],
)
def test_a_stamp_names_its_choice(choice):
    assert ProfileChoice.of_stamp(choice.stamp) == choice


def test_the_header_says_the_profile_on_every_page(tabs):
    client, _stamp = tabs

    for page in ("prosante_login:help", "bhod:guard_month", "prosante_login:profile_choose"):
        response = client.get(reverse(page))
        assertContains(response, "<strong>CMG Pays des Lacs ASBL</strong>")
        assertContains(response, "Changer de profil")


def test_the_header_says_nothing_before_one_has_chosen(client, demo):
    log_in(client, demo.marc_dubois)

    assertNotContains(client.get(reverse("prosante_login:help")), "profile-line")


def test_without_a_profile_a_form_of_one_is_refused(tabs):
    client, stamp = tabs
    session = client.session
    del session[SESSION_KEY]
    session.save()

    response = send(client, stamp)

    assert "Profil actif aucun" in text_of(response)
    assertContains(response, "profile_resume", status_code=409)
    assert response.status_code == 409
    assertRedirects(client.get("/prosante/citoyen/"), "/prosante/profil/")


def test_a_visitor_is_told_nothing(client, demo):
    response = client.post(
        reverse("prosante_login:help"), {"profile_stamp": "citoyen.-.1.-.-", "profile_resume": "1"}
    )

    assert response.status_code == 409
    assert "Profil de la page un profil que vous n'avez pas, ou plus Profil actif aucun" in text_of(response)


def test_a_key_that_does_not_open_prosante_takes_no_file_up(client, demo):
    log_in(client, demo.nadia_benali, key=DigitalKey.PASSWORD)
    posted = {"profile_stamp": "prestataire.PHYSICIAN.-.-.-", "profile_resume": "1"}

    response = client.post(reverse("prosante_login:help"), posted)

    assert response.status_code == 409
    assert SESSION_KEY not in client.session


def test_a_file_of_ones_own_is_taken_up_again(client, demo):
    log_in(client, demo.nadia_benali)
    client.post("/prosante/profil/", {"kind": "prestataire.PHYSICIAN", "organisation": ""})
    stamp = client.get("/prosante/profil/").context["request"].profile.stamp
    choose_profile(client, demo.haute_meuse.pk)
    posted = {"profile_stamp": stamp}

    response = client.post(reverse("prosante_login:address_add"), posted)
    assert "Profil de la page Prestataire de soins professionnel – Médecin" in text_of(response)

    client.post(reverse("prosante_login:address_add"), posted | {"profile_resume": "1"})
    assert client.session[SESSION_KEY]["profession"] == "PHYSICIAN"
