"""Someone always manages: asked before a member is removed, blocked or made less than a manager (design 4).

Who changes members holds the quality under lock (`select_for_update` on its row) while he asks and acts, so that two
managers don't end each other's management at once.
"""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum, auto

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import MANAGING_KINDS, MemberKind
from access_mgmt.models import Quality, QualityMember
from csam.models import Person


class Act(StrEnum):
    REMOVE = auto()
    BLOCK = auto()
    # Whatever leaves a manager less than what he is.
    DEMOTE = auto()


def refusal_for(*, member: QualityMember, act: Act, by: Person, on: date) -> ValidationError | None:
    """Why this active member can't be removed, blocked or demoted by that manager today; None when he can.

    Codes: `oneself`, `local_manager`, `last_manager`. Reads `person` and `quality.enterprise`, to be selected along.
    """
    return refusals_for(quality=member.quality, members=[member], act=act, by=by, on=on).get(member.pk)


def refusals_for(
    *, quality: Quality, members: Collection[QualityMember], act: Act, by: Person, on: date
) -> dict[int, ValidationError]:
    """Those of these active members of a quality, changed at once, who can't be, by their keys; codes as above."""
    refusals = {}
    local_managers = [member for member in members if member.kind == MemberKind.LOCAL_MANAGER]
    entity_only = bool(local_managers) and not selectors.administers(by, quality.enterprise, on=on)
    for member in members:
        if member.person_id == by.pk:
            refusals[member.pk] = _oneself(member, act, by, on)
        elif entity_only and member.kind == MemberKind.LOCAL_MANAGER:
            refusals[member.pk] = _local_manager(quality, act, on)
    leaving = [member for member in members if _acts(member)]
    # Who can't be changed himself stays, and manages.
    stays = any(member.pk in refusals for member in leaving)
    if leaving and not stays:
        others = selectors.managers_of(quality).exclude(pk__in=[member.pk for member in leaving])
        if not others.exists():
            refusals |= {member.pk: _last_manager(act) for member in leaving}
    return refusals


def names(persons: Iterable[Person]) -> str:
    """Persons as a sentence names them."""
    return ", ".join(map(str, persons))


def _acts(member: QualityMember) -> bool:
    return member.kind in MANAGING_KINDS and member.blocked_at is None


def _oneself(member: QualityMember, act: Act, by: Person, on: date) -> ValidationError:
    reason = {
        Act.REMOVE: _("On ne se supprime pas soi-même."),
        Act.BLOCK: _("On ne se bloque pas soi-même."),
        Act.DEMOTE: _("On ne se retire pas soi-même son rôle de gestionnaire."),
    }[act]
    helpers = names(selectors.who_can_help(member.quality, on=on, but=by))
    way_out = _("Demandez-le à %(who)s.") % {"who": helpers} if helpers else ""
    if member.kind in MANAGING_KINDS:
        succession = _("Si vous partez, nommez un remplaçant.")
        return ValidationError(" ".join(filter(None, [reason, succession, way_out])), code="oneself")
    nobody = _("Le Gestionnaire d'Accès Principal de l'entité, à désigner dans CSAM, le peut.")
    return ValidationError(f"{reason} {way_out or nobody}", code="oneself")


def _local_manager(quality: Quality, act: Act, on: date) -> ValidationError:
    reason = {
        Act.REMOVE: _("Seuls les responsables de l'entité peuvent supprimer son Gestionnaire Local."),
        Act.BLOCK: _("Seuls les responsables de l'entité peuvent bloquer son Gestionnaire Local."),
        Act.DEMOTE: _("Seuls les responsables de l'entité peuvent remplacer son Gestionnaire Local."),
    }[act]
    helpers = names(selectors.administrators_of(quality.enterprise, on=on))
    way_out = (
        _("Demandez-le à %(who)s.") % {"who": helpers}
        if helpers
        else _("Elle n'en a pas en fonction : un Gestionnaire d'Accès Principal se désigne dans CSAM.")
    )
    return ValidationError(f"{reason} {way_out}", code="local_manager")


def _last_manager(act: Act) -> ValidationError:
    reason = {
        Act.REMOVE: _("La qualité n'aurait plus de gestionnaire."),
        Act.BLOCK: _("La qualité n'aurait plus de gestionnaire qui peut agir."),
        Act.DEMOTE: _("La qualité n'aurait plus de gestionnaire."),
    }[act]
    way_out = _(
        "Désignez d'abord un autre Gestionnaire Local, ou ajoutez un Co-Gestionnaire Local ; sinon, gardez-en un."
    )
    return ValidationError(f"{reason} {way_out}", code="last_manager")
