"""The people of the demo world that tests of the whole portal look through, by first name, and how they get in."""

from django.test import Client
from django.urls import reverse

from csam.enums import DigitalKey
from csam.models import Person
from prosante_login.enums import ProfileKind
from tests.csam.login import log_in
from training.demo.people import PEOPLE

DEMO = "demo"
NISS = {persona.slug.split("-")[0]: persona.niss for persona in PEOPLE if persona.niss}
VAL_DE_SENNE = "0999999031"
HAUTE_MEUSE = "0999999130"
LEIESTREEK = "0999999229"


def person(name: str) -> Person:
    return Person.objects.get(world__code=DEMO, niss=NISS[name])


def visit_as(client: Client, name: str, *, key: DigitalKey = DigitalKey.EID) -> Client:
    log_in(client, person(name), key=key)
    return client


def choose_profile(client: Client, enterprise_id: int | None) -> None:
    """Come to ProSanté as a citizen, in the name of an organisation or in one's own."""
    answer = client.post(
        reverse("prosante_login:profile_choose"),
        {"kind": ProfileKind.CITIZEN.value, "organisation": enterprise_id or ""},
    )
    assert answer.status_code == 302, answer.content.decode()
