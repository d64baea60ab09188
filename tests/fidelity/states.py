"""Who looks at a page and after what, for the labels of the register: each function answers with a page's HTML."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from access_mgmt.enums import MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember
from tests.personas import DEMO, HAUTE_MEUSE, LEIESTREEK, NISS, VAL_DE_SENNE, choose_profile, visit_as

STATES: list[Callable[[Client], str]] = []


def state(function):
    STATES.append(function)
    return function


def shown(response) -> str:
    assert response.status_code == 200, f"{response.request['PATH_INFO']}: {response.status_code}"
    return response.content.decode()


def page(client: Client, name: str, *args, **query) -> str:
    return shown(client.get(reverse(name, args=args), query, follow=True))


def sent(client: Client, name: str, *args, **data):
    """A form that is sent and accepted; an answer that shows the form again is a fault of the script."""
    response = client.post(reverse(name, args=args), data, follow=True)
    assert response.redirect_chain, response.context["form"].errors
    return response


def anybody(client: Client, name: str) -> str:
    """A page named as in the register: the URL's name, and its arguments if any."""
    return page(client, *name.split())


def quality(bce_number: str, kind: QualityKind = QualityKind.EHEALTH) -> Quality:
    return Quality.objects.active().get(
        enterprise__world__code=DEMO, enterprise__bce_number=bce_number, kind=kind
    )


def member(name: str) -> QualityMember:
    return QualityMember.objects.active().get(quality=quality(HAUTE_MEUSE), person__niss=NISS[name])


# CSAM


@state
def identification_for_prosante(client):
    return page(client, "csam:identification", next=reverse("prosante_login:profile_choose"))


@state
def identification_for_access_management(client):
    return page(client, "csam:identification", next=reverse("access_mgmt:home"))


@state
def claire_registers(client):
    return page(visit_as(client, "claire"), "csam:enterprise_register")


@state
def claire_designates(client):
    visit_as(client, "claire")
    return shown(sent(client, "csam:enterprise_register", enterprise_number=VAL_DE_SENNE))


@state
def claire_checks(client):
    claire_designates(client)
    contact = {"own_email": "claire.lambert@exemple.invalid", "own_phone": "+32 470 00 00 01"}
    return shown(sent(client, "csam:gap_designate", VAL_DE_SENNE, who="self", **contact))


@state
def claire_is_done(client):
    claire_checks(client)
    return shown(sent(client, "csam:gap_designate_check", VAL_DE_SENNE, confirmed="on"))


# Gestion des accès


@state
def luc_home(client):
    return page(visit_as(client, "luc"), "access_mgmt:home", entite=HAUTE_MEUSE)


@state
def claire_qualities(client):
    claire_is_done(client)
    return page(client, "access_mgmt:quality_list", VAL_DE_SENNE)


@state
def jan_qualities(client):
    return page(visit_as(client, "jan"), "access_mgmt:quality_list", LEIESTREEK)


@state
def claire_activates(client):
    claire_is_done(client)
    address = reverse("access_mgmt:quality_list", args=[VAL_DE_SENNE])
    return shown(client.get(address, {"qualite": QualityKind.EHEALTH.value}, follow=True))


@state
def claire_names_account(client):
    claire_activates(client)
    step = ("access_mgmt:quality_activate", VAL_DE_SENNE, QualityKind.EHEALTH.value)
    return shown(sent(client, *step, contact_email="contact@valdesenne.invalid", manager="moi"))


@state
def claire_checks_activation(client):
    claire_names_account(client)
    step = ("access_mgmt:quality_activate_account", VAL_DE_SENNE, QualityKind.EHEALTH.value)
    account = {
        "username": "lambertclaire",
        "password": "Simulateur-2026!",
        "email": "claire@valdesenne.invalid",
    }
    return shown(sent(client, *step, **account))


@state
def julie_quality(client):
    return page(visit_as(client, "julie"), "access_mgmt:quality_detail", quality(HAUTE_MEUSE).pk)


@state
def sofie_members(client):
    return page(visit_as(client, "sofie"), "access_mgmt:member_list", quality(HAUTE_MEUSE).pk)


@state
def luc_members_of_employer(client):
    employer = quality(HAUTE_MEUSE, QualityKind.EMPLOYER)
    return page(visit_as(client, "luc"), "access_mgmt:member_list", employer.pk)


@state
def sofie_adds_user(client):
    visit_as(client, "sofie")
    who = {"kind": MemberKind.USER.value, "niss": NISS["thomas"]}
    return shown(sent(client, "access_mgmt:member_identify", quality(HAUTE_MEUSE).pk, **who))


@state
def sofie_overview(client):
    return page(visit_as(client, "sofie"), "access_mgmt:role_overview", quality(HAUTE_MEUSE).pk)


@state
def sofie_roles(client):
    return page(visit_as(client, "sofie"), "access_mgmt:role_list", member("nadia").pk)


@state
def sofie_emails(client):
    return page(visit_as(client, "sofie"), "access_mgmt:role_email", member("nadia").pk)


# ProSanté


@state
def nadia_chooses_profile(client):
    return page(visit_as(client, "nadia"), "prosante_login:profile_choose")


@state
def elise_chooses_profile(client):
    return page(visit_as(client, "elise"), "prosante_login:profile_choose")


@state
def ana_chooses_profile(client):
    return page(visit_as(client, "ana"), "prosante_login:profile_choose")


@state
def maria_chooses_profile(client):
    return page(visit_as(client, "maria"), "prosante_login:profile_choose")


@state
def lena_selects(client):
    choose_profile(visit_as(client, "lena"), None)
    return page(client, "prosante_login:profile_select")


@state
def yves_chooses_profile(client):
    return page(visit_as(client, "yves"), "prosante_login:profile_choose")


@state
def michel_searches(client):
    choose_profile(visit_as(client, "michel"), None)
    return page(client, "prosante_login:grantor_search")
