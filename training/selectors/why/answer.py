"""The chain as a whole: the first link that does not hold is the answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from bhod_portal.core.identifiers import format_bce
from csam.models import Enterprise
from training.selectors.why import session_links
from training.selectors.why.chain import Link, LinkState, Maker, Mender, Screen
from training.selectors.why.facts import Facts
from training.selectors.why.links import OF_THE_CHAIN
from training.selectors.why.mandates import MandateFacts, mandate_links
from training.selectors.why.targets import Target


@dataclass(frozen=True, slots=True)
class Answer:
    """The links in their order; `sees_it`: the applications let the person in all the same, for now."""

    target: Target
    enterprise: Enterprise | None
    links: Sequence[Link]
    sees_it: bool = False

    @property
    def broken(self) -> Link | None:
        return next((link for link in self.links if link.is_broken), None)

    @property
    def hidden(self) -> Link | None:
        """The first link that the asker may not see, where nothing that he sees is broken."""
        return None if self.broken else next((link for link in self.links if not link.is_held), None)

    @property
    def is_whole(self) -> bool:
        return all(link.is_held for link in self.links)

    @property
    def step(self) -> str:
        """The step of `core.chain` where it breaks; the last one when it doesn't."""
        return broken.step if (broken := self.broken) else "bhod"


def answer(facts: Facts) -> Answer:
    """Judge every link of a chain that leads to an application."""
    links = [judge(facts) for judge in OF_THE_CHAIN]
    if session := facts.asker.session:
        links += [session_links.key(session), session_links.profile(session, facts.enterprise)]
    return Answer(facts.target, facts.enterprise, in_order(links), facts.sees_it)


def mandate_answer(facts: MandateFacts, target: Target) -> Answer:
    """Judge every link of the chain that leads to the file of a grantor."""
    links = mandate_links(facts)
    if session := facts.asker.session:
        links += [
            session_links.key(session),
            session_links.profile(session, facts.enterprise, as_mandatary=True),
        ]
    return Answer(target, facts.enterprise, in_order(links))


def unknown_enterprise(bce_number: str, target: Target) -> Answer:
    """The chain breaks where it begins: no enterprise of the world has this number."""
    make = Maker("known", _("Une organisation que la BCE connaît"), "bce")
    link = make.broken(
        _(
            "La BCE ne connaît aucune entreprise avec le numéro %(number)s : vérifiez-le, ou cherchez par le nom."
        )
        % {"number": format_bce(bce_number)},
        [Mender(_("vous-même"))],
        Screen(_("BCE Public Search"), reverse("csam:bce_search")),
    )
    return Answer(target, None, [link])


def in_order(links: Iterable[Link]) -> list[Link]:
    """Only the first link that does not hold is broken: those behind it are not reached."""
    found: list[Link] = []
    broken = False
    for link in links:
        found.append(replace(link, state=LinkState.NOT_REACHED) if broken and link.is_broken else link)
        broken = broken or link.is_broken
    return found
