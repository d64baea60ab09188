"""« Why do I not see this grantor? »: the chain from a mandate to the file that it opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from access_mgmt.selectors.chain_state import InCharge, in_charge_of_entity
from bhod_portal.core import clock
from bhod_portal.core.names import elided
from bhod_portal.core.shown import shown_day
from csam.enums import ManagerKind
from csam.models import Enterprise, LegalFunction, Person
from csam.security import PROSANTE
from csam.selectors import gap_link, legal_functions_of
from prosante_login.enums import MandateState
from prosante_login.models import Mandate
from prosante_login.selectors import may_use_mandates_of, received_mandates, state_of
from training.selectors.why.chain import Link, Maker, Mender, Screen, moment
from training.selectors.why.facts import Asker, covers
from training.selectors.why.links import bce_link

# How near to opening a file a mandate is.
_WORTH = {
    MandateState.ACTIVE: 4,
    MandateState.TO_COME: 3,
    MandateState.TO_ACCEPT: 2,
    MandateState.LAPSED: 1,
    MandateState.EXPIRED: 1,
    MandateState.REFUSED: 0,
    MandateState.STOPPED: 0,
}


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """What was read of the mandates of a person, or of an enterprise for which he may act or not."""

    person: Person
    enterprise: Enterprise | None
    asker: Asker
    at: datetime
    may_act: bool
    mandates: Sequence[Mandate]
    representatives: Sequence[LegalFunction] = ()
    gap: Sequence[InCharge] = ()

    @property
    def on(self) -> date:
        return clock.day_of(self.at)


def _hides_mandates(asker: Asker) -> bool:
    """Who gave what to whom is ProSanté's to tell: not to a session whose key doesn't open ProSanté."""
    return asker.session is not None and asker.session.level < PROSANTE.lowest_level


def read_mandates(
    person: Person, enterprise: Enterprise | None, *, asker: Asker, at: datetime
) -> MandateFacts:
    """Those of the enterprise, else the person's own; nothing of an enterprise for which he does not act.

    None either for a key that is too weak for ProSanté.
    """
    on = clock.day_of(at)
    hidden = _hides_mandates(asker)
    if enterprise is None:
        received = [] if hidden else list(received_mandates(person=person))
        return MandateFacts(person, None, asker, at, True, received)
    may_act = may_use_mandates_of(person, enterprise, on=on)
    link = gap_link(enterprise, on)
    in_office = in_charge_of_entity(enterprise, on=on)
    return MandateFacts(
        person,
        enterprise,
        asker,
        at,
        may_act,
        list(received_mandates(enterprise=enterprise)) if may_act and not hidden else [],
        [each for each in legal_functions_of(enterprise, on) if covers(each, on)],
        [each for each in in_office if link and each.person == link.gap.person],
    )


def mandate_links(facts: MandateFacts) -> list[Link]:
    """The links as far as the mandate; key and profile are those of the other chain."""
    first = (
        [bce_link(facts.enterprise, facts.representatives, facts.on), _acts(facts)]
        if facts.enterprise
        else []
    )
    return [*first, _given(facts), _accepted(facts), _current(facts)]


def _acts(facts: MandateFacts) -> Link:
    """Legal function, GAP, or delegated by them."""
    make = Maker("acts", _("Le droit d'agir avec les mandats de l'organisation"), "gap")
    if facts.may_act:
        return make.held(_("Par une fonction légale, comme GAP, ou par délégation."))
    named = [Mender(_("représentant légal"), str(each.person)) for each in facts.representatives]
    gap = str(ManagerKind.MAIN.label)
    gaps = [
        Mender(gap, str(each.person), each.email) if facts.asker.knows_names else Mender(gap)
        for each in facts.gap
    ]
    return make.broken(
        _("Ni fonction légale, ni place de GAP, ni délégation reçue de l'un d'eux."),
        [*gaps, *named],
        _screen(_("Mandataires de l'organisation"), ""),
    )


def _given(facts: MandateFacts) -> Link:
    make = Maker("given", _("Un mandat donné, ni refusé ni arrêté"), "profile")
    if not facts.may_act:
        return make.waiting(_("Seul qui agit pour l'organisation voit ses mandats."))
    if _hides_mandates(facts.asker):
        return make.waiting(_("À voir avec une clé numérique assez forte pour ProSanté."))
    best = _best(facts)
    if best is None:
        return make.broken(
            _("Aucun dispensateur de soins n'a donné de mandat."),
            [_grantor(None)],
            _screen(_("Mandats"), ""),
        )
    words = {"name": best.provider, "kind": best.get_kind_display()}
    if best.refused_at:
        sentence = _("Le mandat « %(kind)s » de %(name)s a été refusé le %(when)s.") % (
            words | {"when": moment(best.refused_at)}
        )
    elif best.stopped_at:
        sentence = _("Le mandat « %(kind)s » de %(name)s a été arrêté le %(when)s.") % (
            words | {"when": moment(best.stopped_at)}
        )
    else:
        return make.held(elided(_("« %(kind)s », de %(name)s.") % words, best.provider))
    return make.broken(elided(sentence, best.provider), [_grantor(best)], _screen(_("Mandats"), ""))


def _accepted(facts: MandateFacts) -> Link:
    make = Maker("accepted", _("La signature du mandataire"), "profile")
    best = _standing(facts)
    if best is None:
        return make.waiting(_("À voir quand un mandat sera donné."))
    if best.accepted_at:
        return make.held(_("Signé des deux côtés le %(when)s.") % {"when": moment(best.accepted_at)})
    if best.valid_until and best.valid_until < facts.on:
        sentence = _("Le mandat de %(name)s s'est terminé le %(day)s sans avoir été signé.") % {
            "name": best.provider,
            "day": shown_day(best.valid_until),
        }
        return make.broken(
            elided(sentence, best.provider),
            [_grantor(best)],
            _screen(_("Mandats"), ""),
        )
    oneself = facts.asker.person == facts.person
    who = _("vous-même") if oneself else _("cette personne")
    sentence = _("Le mandat de %(name)s attend encore la signature du mandataire.") % {"name": best.provider}
    return make.broken(
        elided(sentence, best.provider),
        [Mender(who)],
        _screen(_("Mandats reçus"), "prosante_login:received_mandates" if oneself else ""),
    )


def _current(facts: MandateFacts) -> Link:
    make = Maker("current", _("Un jour compris dans ses dates"), "profile")
    best = _standing(facts)
    if best is None or not best.accepted_at:
        return make.waiting(_("À voir quand le mandat sera signé des deux côtés."))
    words = {"name": best.provider, "start": shown_day(best.valid_from), "end": shown_day(best.valid_until)}
    if not best.provider.person.is_active:
        sentence = _("%(name)s est arrêté(e) au registre : le mandat a pris fin avec qui l'a donné.") % words
        return make.broken(sentence, [], _screen(_("Mandats"), ""))
    if facts.on < best.valid_from:
        sentence = _("Le mandat de %(name)s ne commence que le %(start)s.") % words
    elif best.valid_until and best.valid_until < facts.on:
        sentence = _("Le mandat de %(name)s a expiré : son dernier jour était le %(end)s.") % words
    else:
        return make.held(
            _("Du %(start)s au %(end)s inclus.") % words
            if best.valid_until
            else _("Depuis le %(start)s, sans fin.") % words
        )
    return make.broken(elided(sentence, best.provider), [_grantor(best)], _screen(_("Mandats"), ""))


def _best(facts: MandateFacts) -> Mandate | None:
    """The one that opens most, the youngest of several."""
    return max(facts.mandates, key=lambda each: (_WORTH[state_of(each, facts.on)], each.pk), default=None)


def _standing(facts: MandateFacts) -> Mandate | None:
    best = _best(facts)
    return None if best is None or best.refused_at or best.stopped_at else best


def _grantor(mandate: Mandate | None) -> Mender:
    role = _("le dispensateur de soins, qui donne un mandat dans son propre dossier")
    return Mender(role, str(mandate.provider) if mandate else "")


def _screen(name: str, url_name: str) -> Screen:
    return Screen(name, reverse(url_name) if url_name else "")
