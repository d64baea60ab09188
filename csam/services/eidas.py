"""Identification with an identity of another country; Belgium gives a BIS number to whom it doesn't know yet."""

from collections.abc import Iterator
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.messages import send_email, written
from bhod_portal.core.models import World
from csam.enums import Title
from csam.models import EidasIdentity, Person

# Added to the month of birth (domain.md 5.1).
SEX_KNOWN, SEX_UNKNOWN = 40, 20
CENTURY_2000 = 2000


@transaction.atomic
def identify(*, identity: EidasIdentity, at: datetime) -> Person:
    """Whom an eIDAS identity names; who has no NISS gets a BIS number, and an e-mail that says so.

    `at` is the world's time. Raises ValidationError `no_bis_number` when all of a birthday are given away.
    """
    if identity.person.niss:
        return identity.person
    # One number at a time per world: two persons born on one day must not find the same one free.
    World.objects.select_for_update(of=("self",), no_key=True).get(pk=identity.person.world_id)
    person = Person.objects.select_related("world").get(pk=identity.person_id)
    if person.niss:
        return person
    person.niss = _free_number(person, identity.born_on)
    person.save(update_fields=["niss"])
    audit.record("csam.bis_number.assigned", person, world=person.world, by=person, at=at)
    if person.email:
        context = {"person": person, "bis_number": format_niss(person.niss)}
        subject, body = written("csam/emails/bis_number_assigned", person.language, context)
        send_email(world=person.world, to=person.email, subject=subject, body=body, at=at, person=person)
    return person


def _free_number(person: Person, born_on: date) -> str:
    month = born_on.month + (SEX_KNOWN if person.title else SEX_UNKNOWN)
    birth = f"{born_on:%y}{month:02}{born_on:%d}"
    taken = Person.objects.filter(world=person.world_id, niss__startswith=birth).values_list(
        "niss", flat=True
    )
    given = {number[: len("YYMMDDSSS")] for number in taken}
    base = next((base for base in _bases(birth, person.title) if base not in given), None)
    if base is None:
        raise ValidationError(
            _("Il ne reste plus de numéro BIS pour cette date de naissance. Choisissez une autre personne."),
            code="no_bis_number",
        )
    checked = f"2{base}" if born_on.year >= CENTURY_2000 else base
    return f"{base}{97 - int(checked) % 97:02}"


def _bases(birth: str, title: str) -> Iterator[str]:
    """The order numbers of a birthday: odd ones are men's, even ones women's; of an unknown sex any will do."""
    first, step = {Title.MR: (1, 2), Title.MRS: (2, 2)}.get(Title(title), (1, 1)) if title else (1, 1)
    return (f"{birth}{order:03}" for order in range(first, 999, step))
