"""The demo world in a test: `demo.sofie_janssens`, `demo.haute_meuse`, `demo.person("Sofie Janssens")`."""

from datetime import date, datetime

import pytest

from bhod_portal.core import clock
from bhod_portal.core.models import World
from csam.models import Enterprise, Person
from tests.csam.factories import AT
from training.demo.enterprises import COMPANIES
from training.demo.people import PEOPLE
from training.services.demo import load_demo_world


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


@pytest.fixture
def demo() -> Demo:
    """The demo world made on 10 March 2026 at 10:00 in Brussels, its clock stopped there."""
    return make_demo()


def make_demo(*, code: str = "demo", name: str = "Monde de démonstration", at: datetime = AT) -> Demo:
    """A world with the demo data, made at `at` and stopped there; `core.clock.advance` moves it on."""
    world = load_demo_world(real_now=at, code=code, name=name)
    World.objects.filter(pk=world.pk).update(frozen_at=at)
    world.refresh_from_db()
    return Demo(world)
