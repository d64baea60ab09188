"""The people of the demo world that tests of the whole portal look through, and how they get in."""

from django.test import Client

from csam.enums import DigitalKey
from csam.models import Person
from tests.csam.login import log_in

DEMO = "demo"
NISS = {
    "claire": "71031499696",
    "helene": "82021198434",
    "tom": "88110299101",
    "luc": "65062199375",
    "bruno": "73082998327",
    "sarah": "85103097874",
    "paul": "69011798162",
    "sofie": "90010999847",
    "julie": "94120398216",
    "nadia": "79093099422",
    "marc": "84041799593",
    "olivier": "91042497946",
    "jan": "68120599774",
    "yves": "95082398585",
    "thomas": "70050697163",
}
VAL_DE_SENNE = "0999999031"
HAUTE_MEUSE = "0999999130"
LEIESTREEK = "0999999229"
SAMBRE = "0999999427"


def person(name: str, *, world: str = DEMO) -> Person:
    """Someone of a world by his first name, as the demo world writes it."""
    return Person.objects.get(world__code=world, niss=NISS[name])


def visit_as(client: Client, name: str, *, key: DigitalKey = DigitalKey.EID) -> Client:
    log_in(client, person(name), key=key)
    return client
