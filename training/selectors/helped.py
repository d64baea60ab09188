"""Whom the help desk asks about."""

from django.core.exceptions import ValidationError

from bhod_portal.core.identifiers import read_niss
from bhod_portal.core.models import World
from csam.models import Person
from csam.selectors import person_with_niss


def person_named(world: World, text: str) -> Person | None:
    """The person of a world with this NISS, in whatever writing, or with this user name."""
    try:
        return person_with_niss(world, read_niss(text))
    except ValidationError:
        return Person.objects.filter(world=world, username__iexact=text.strip()).exclude(username="").first()
