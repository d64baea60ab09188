"""A world with a quality of ten thousand members and one of a hundred, among many other persons.

`python -m benchmarks.users` fills an empty database of ours and prints `People` as JSON.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import django
from django.core.management import call_command

MANY, FEW, STRANGERS = 10_000, 100, 40_000
PIN = "1234"
BATCH = 5_000
LAST = (
    "Lambert",
    "Dupont",
    "Maréchal",
    "Van den Berg",
    "O'Neil",
    "Simon",
    "Wouters",
    "Claes",
    "Noël",
    "De Smet",
)
FIRST = (
    "Éloïse",
    "Marie",
    "Jean",
    "Luc",
    "Anne",
    "Sofie",
    "Tom",
    "Léa",
    "Paul",
    "Zoé",
    "Karim",
    "Inès",
    "Nora",
)


@dataclass(frozen=True, slots=True)
class People:
    """Who manages both qualities, by the name of his card, and what the qualities are called in addresses."""

    card: str
    many: int
    few: int


def make() -> People:
    """Fill the database: both qualities belong to one enterprise and have the same local manager."""
    from django.contrib.auth.hashers import make_password

    from access_mgmt.enums import QualityKind
    from access_mgmt.models import Quality
    from bhod_portal.core import clock
    from bhod_portal.core.models import World
    from csam.models import EidCard, Enterprise, Person

    now = clock.real_now()
    world = World.objects.create(code="demo", name="Mesures")
    Person.objects.bulk_create(islice(persons(world), STRANGERS), batch_size=BATCH)
    manager, *others = Person.objects.filter(world=world).order_by("sort_name", "pk")
    EidCard.objects.create(
        person=manager, pin=make_password(PIN), expires_on=now.date() + timedelta(days=365)
    )
    enterprise = Enterprise.objects.create(
        world=world,
        bce_number="0800000065",
        name="Cercle des mesures",
        search_name="cercle des mesures",
        onss_number="199009079",
        started_on=now.date(),
    )
    qualities = [
        Quality.objects.create(
            enterprise=enterprise,
            kind=kind,
            contact_email="a@exemple.invalid",
            activated_at=now,
            activated_by=manager,
        )
        for kind in (QualityKind.EHEALTH, QualityKind.EMPLOYER)
    ]
    # Strangers stand between the members, as in any list of names.
    for quality, size in zip(qualities, (MANY, FEW), strict=True):
        _add(quality, manager, others[:: STRANGERS // size][: size - 1])
    return People(str(manager.public_id), qualities[0].pk, qualities[1].pk)


def persons(world: Any) -> Iterator[Any]:
    """Persons of a world, each with a NISS, a name and a user name of his own, as many as asked for; not saved."""
    from csam.models import Person, sort_name

    number = 0
    while True:
        first, last = FIRST[number % len(FIRST)], f"{LAST[number % len(LAST)]} {number * 7919 % STRANGERS}"
        base = f"{number // 998 % 100:02}{number // 28 % 12 + 1:02}{number % 28 + 1:02}{number % 998 + 1:03}"
        yield Person(
            world=world,
            username=f"personne{number}",
            password="!",  # noqa: S106  (nobody logs in with it)
            niss=f"{base}{97 - int(base) % 97:02}",
            first_name=first,
            last_name=last,
            sort_name=sort_name(first, last),
            email=f"personne{number}@exemple.invalid",
        )
        number += 1


def _add(quality: Any, manager: Any, users: list[Any]) -> None:
    from access_mgmt.enums import MemberKind, MemberLink
    from access_mgmt.models import QualityMember
    from csam.enums import Language, Title

    QualityMember.objects.bulk_create(
        (
            QualityMember(
                quality=quality,
                person=person,
                kind=MemberKind.LOCAL_MANAGER if person == manager else MemberKind.USER,
                link=MemberLink.WORKER,
                title=Title.MR,
                language=Language.FRENCH,
                email=person.email,
                added_at=quality.activated_at,
                added_by=manager,
                secured_applications=["BHOD"] if person.pk % 2 else [],
            )
            for person in [manager, *users]
        ),
        batch_size=BATCH,
    )


def main() -> None:
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    people = make()
    with connection.cursor() as cursor:
        # As the server does by itself a moment later.
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps(asdict(people)))


if __name__ == "__main__":
    main()
