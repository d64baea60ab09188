"""The demo world in a test: `demo.sofie_janssens`, `demo.haute_meuse`, `demo.person("Sofie Janssens")`.

Tests of the whole portal look through its people by first name: `visit_as(client, "sofie")`.
"""

from datetime import date, datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bhod_portal.core import clock
from bhod_portal.core.models import World
from csam.enums import DigitalKey
from csam.models import Enterprise, Person
from prosante_login.enums import ProfileKind
from tests.csam.factories import AT
from tests.csam.login import log_in
from tests.kept_rows import KeptRows, forget_all_rows
from training.demo.enterprises import COMPANIES
from training.demo.people import PEOPLE
from training.services.demo import load_demo_world

DEMO = "demo"
NISS = {persona.slug.split("-")[0]: persona.niss for persona in PEOPLE if persona.niss}
VAL_DE_SENNE = "0999999031"
HAUTE_MEUSE = "0999999130"
LEIESTREEK = "0999999229"


class Demo:
    """The people and enterprises of a world that has the demo data, each read once, by slug or by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        niss = {persona.niss: persona.slug for persona in PEOPLE if persona.niss}
        bce = {company.bce_number: company.slug for company in COMPANIES}
        self._rows = {
            niss[person.niss]: person
            for person in Person.objects.filter(world=world, niss__in=niss).select_related("world")
        } | {
            bce[each.bce_number]: each
            for each in Enterprise.objects.filter(world=world).select_related("world")
        }

    def __getattr__(self, name: str) -> Person | Enterprise:
        try:
            return self._rows[name.replace("_", "-")]
        except KeyError:
            raise AttributeError(f"nobody of the demo world is called {name}") from None

    def person(self, name: str) -> Person:
        """Someone by his full name, accents included; the only way to those without a NISS."""
        return next(
            person for person in Person.objects.filter(world=self.world) if person.get_full_name() == name
        )

    @property
    def today(self) -> date:
        return clock.today(self.world)


@pytest.fixture(scope="session")
def kept_demo(django_db_setup, django_db_blocker) -> KeptRows:
    """What `make_demo` writes, made once and apart from every test: no test's changes are in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_demo()
        rows = KeptRows.take()
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def demo(kept_demo, db) -> Demo:
    """The demo world made on 10 March 2026 at 10:00 in Brussels, its clock stopped there."""
    return put_back_demo(kept_demo)


@pytest.fixture(scope="module")
def demo_world(kept_demo, django_db_blocker):
    """The same for all tests of a module; what each writes is rolled back."""
    with django_db_blocker.unblock():
        world = put_back_demo(kept_demo).world
    yield world
    with django_db_blocker.unblock():
        forget_all_rows()


def put_back_demo(kept: KeptRows) -> Demo:
    """The kept rows; where a test made the world beforehand, they are made anew in that one."""
    if World.objects.filter(code=DEMO).exists():
        return make_demo()
    kept.put_back()
    return Demo(World.objects.get(code=DEMO))


def make_demo(*, code: str = "demo", name: str = "Monde de démonstration", at: datetime = AT) -> Demo:
    """A world with the demo data, made at `at` and stopped there; `core.clock.advance` moves it on."""
    world = load_demo_world(real_now=at, code=code, name=name)
    World.objects.filter(pk=world.pk).update(frozen_at=at)
    world.refresh_from_db()
    return Demo(world)


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
