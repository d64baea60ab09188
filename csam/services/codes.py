"""« Codes d'accès »: user name and password, blocked for a person as a whole; every other key of his goes on opening."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core.audit import record
from csam.models import Person


@transaction.atomic
def block_codes(*, person: Person, by: Person, at: datetime) -> bool:
    """Let user name and password open nothing; says whether they did before.

    From the next request on, sessions that rest on them end too (`csam.middleware.BlockedCodesMiddleware`).
    """
    blocked = Person.objects.filter(pk=person.pk, codes_blocked_at=None)
    if not blocked.update(codes_blocked_at=at, codes_blocked_by=by):
        return False
    record("csam.codes.blocked", person, world=person.world, by=by, at=at)
    return True


@transaction.atomic
def unblock_codes(*, person: Person, by: Person, at: datetime) -> bool:
    """Let user name and password open again what they opened; says whether they were blocked."""
    blocked = Person.objects.filter(pk=person.pk, codes_blocked_at__isnull=False)
    if not blocked.update(codes_blocked_at=None, codes_blocked_by=None):
        return False
    record("csam.codes.unblocked", person, world=person.world, by=by, at=at)
    return True


def check_not_blocked(*, person: Person) -> None:
    """Refuse codes that are blocked (ValidationError `codes_blocked`).

    To be asked only of who has given the right password: others must not learn of it.
    """
    if person.codes_blocked_at is not None:
        raise ValidationError(
            _(
                "Vos codes d'accès (nom d'utilisateur et mot de passe) sont bloqués par %(who)s. Adressez-vous à cette "
                "personne ou à un autre gestionnaire de votre entreprise pour les débloquer. Votre eID ou itsme, eux, "
                "vous identifient toujours."
            )
            % {"who": person.codes_blocked_by},
            code="codes_blocked",
        )
