"""« Codes d'accès » follow the places of their person: nobody logs in with a password only to find all doors shut."""

from collections.abc import Collection
from datetime import datetime

from access_mgmt import selectors
from access_mgmt.models import QualityMember
from csam.models import Person
from csam.services import codes


def block_unneeded_codes(*, person: Person, by: Person, at: datetime) -> bool:
    """Block the codes of who has just been blocked, unless another place of his needs them; says whether it did.

    Inside the caller's transaction: two qualities that block one person at once wait for each other here.
    """
    person = _under_lock(person)
    return not selectors.needs_codes(person) and codes.block_codes(person=person, by=by, at=at)


def lift_code_blocks(*, members: Collection[QualityMember], by: Person, at: datetime) -> None:
    """Unblock the codes of those persons who need them again, or whom nothing keeps from them any more.

    To be called once a member has been unblocked, added or ended. Codes are blocked together with a member only: who
    is removed while he is blocked, and has no other such place, keeps no block that nobody could lift; who is removed
    where he was not blocked does not lose them for being blocked elsewhere.
    """
    blocked = Person.objects.filter(
        pk__in=[member.person_id for member in members], codes_blocked_at__isnull=False
    )
    for person in blocked.select_for_update(of=("self",), no_key=True).order_by("pk"):
        if selectors.needs_codes(person) or not selectors.is_blocked_somewhere(person):
            codes.unblock_codes(person=person, by=by, at=at)


def _under_lock(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
