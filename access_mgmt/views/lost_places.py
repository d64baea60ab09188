"""What someone is told in whose open session a page closed: since when, by whom, and who can help."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality
from access_mgmt.selectors import LostPlace
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_instant
from csam.models import Enterprise, Person

# The arguments of addresses that lead to a quality: a page about the quality itself, then those about what is in it.
_PAGE_OF_QUALITY = "quality_pk"
_TO_QUALITY = {
    _PAGE_OF_QUALITY: "pk",
    "member_pk": "members__pk",
    "assignment_pk": "members__assignments__pk",
    "responsibility_pk": "members__responsibles__pk",
    "subdivision_pk": "subdivisions__pk",
    "channel_pk": "sender_number__channels__pk",
}


def why_not_found(person: Person, address: Mapping[str, int], *, at: datetime) -> str:
    """Why a page of a quality is not there any more for who had a place in it until lately; empty for everyone else.

    About what is in the quality only who managed there is told, and he is told nothing of that.
    """
    for argument, path in _TO_QUALITY.items():
        if argument in address:
            quality = selectors.quality_at(**{path: address[argument]})
            blocked = selectors.blocked_manager(person, quality) if quality else None
            if quality and blocked and blocked.blocked_by:
                return why_blocked(
                    person, quality, blocked.blocked_by, blocked.blocked_at, on=clock.day_of(at)
                )
            lost = selectors.lost_place(person, quality, at=at) if quality else None
            told = lost is not None and (lost.managed or argument == _PAGE_OF_QUALITY)
            return sentence_of(lost, person, at=at) if lost and told else ""
    return ""


def why_no_longer_manager(person: Person, quality: Quality, *, at: datetime) -> str:
    """Why someone who has to do with a quality may no longer manage it; empty when he did not until lately."""
    lost = selectors.lost_place(person, quality, at=at)
    return sentence_of(lost, person, at=at) if lost and lost.managed else ""


def why_no_longer_here(
    person: Person, enterprise: Enterprise, *, at: datetime, known_still: bool = False
) -> str:
    """Why someone is no longer anything in an entity; empty when he was not until lately.

    Who is known there still is told when it was the management of the entity that he lost.
    """
    lost = selectors.lost_entity(person, enterprise, at=at)
    told = lost is not None and (lost.quality is None or not known_still)
    return sentence_of(lost, person, at=at) if lost and told else ""


def why_blocked(person: Person, quality: Quality, by: Person, since: datetime | None, *, on: date) -> str:
    """What someone is told who keeps his place and may do nothing there."""
    helpers = ", ".join(map(str, selectors.who_can_help(quality, on=on, but=person)))
    return _(
        "Vous êtes bloqué(e) par %(by)s depuis le %(when)s pour la qualité « %(quality)s » de %(name)s : vous ne pouvez "
        "rien y faire. Adressez-vous à %(who)s."
    ) % {
        "by": by,
        "when": shown_instant(since) if since else "",
        "quality": quality,
        "name": quality.enterprise.name,
        "who": helpers or by,
    }


def sentence_of(lost: LostPlace, person: Person, *, at: datetime) -> str:
    """The sentence of the page."""
    on = clock.day_of(at)
    helpers = (
        selectors.who_can_help(lost.quality, on=on, but=person)
        if lost.quality and not lost.quality_over
        else selectors.administrators_of(lost.enterprise, on=on)
    )
    facts = {
        "role": lost.role,
        "quality": lost.quality,
        "name": lost.enterprise.name,
        "when": shown_instant(lost.lost_at),
        "by": _("vous-même") if lost.lost_by == person else lost.lost_by,
    }
    if lost.quality_over:
        sentence = _("La qualité « %(quality)s » de %(name)s est désactivée depuis le %(when)s (par %(by)s).")
    elif lost.quality is None:
        sentence = _("Vous n'êtes plus %(role)s de %(name)s depuis le %(when)s (par %(by)s).")
    elif lost.is_member:
        sentence = _(
            "Vous n'êtes plus %(role)s de la qualité « %(quality)s » de %(name)s depuis le %(when)s (par %(by)s) : vous y "
            "êtes utilisateur."
        )
    else:
        sentence = _(
            "Vous n'êtes plus %(role)s de la qualité « %(quality)s » de %(name)s depuis le %(when)s (par %(by)s)."
        )
    who = ", ".join(str(helper) for helper in helpers if helper != person)
    way_out = _("Adressez-vous à %(who)s.") % {"who": who} if who else ""
    return f"{sentence % facts} {way_out}".strip()
