"""How the pages tell of mandates: their state, what they open in words, who signed what and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.shown import shown_day, shown_instant
from bhod_portal.core.ui import Row
from csam.models import Enterprise
from prosante_login import selectors
from prosante_login.enums import FilePart, MandateKind, MandateState
from prosante_login.models import Mandate
from prosante_login.profiles import OPENED_BY
from prosante_login.services.mandate_holders import Holder
from prosante_login.services.mandates import holder_of

CURRENT = (MandateState.TO_ACCEPT, MandateState.TO_COME, MandateState.ACTIVE)
_TONES = {
    MandateState.TO_ACCEPT: "warning",
    MandateState.ACTIVE: "success",
    MandateState.TO_COME: "info",
    MandateState.REFUSED: "danger",
}


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as lists show it."""

    mandate: Mandate
    state: MandateState
    tone: str
    ending: str
    holder: str

    @property
    def current(self) -> bool:
        return self.state in CURRENT


def row_of(mandate: Mandate, on: date) -> MandateRow:
    state = selectors.state_of(mandate, on)
    return MandateRow(
        mandate, state, _TONES.get(state, "neutral"), ending(mandate, on), str(holder_of(mandate))
    )


def rows_of(mandates: Iterable[Mandate], on: date) -> list[MandateRow]:
    return [row_of(mandate, on) for mandate in mandates]


def ending(mandate: Mandate, on: date) -> str:
    """A word about a mandate that ends soon; empty for others."""
    left = selectors.days_left(mandate, on)
    if left is None:
        return ""
    if left == 1:
        return _("Dernier jour aujourd'hui")
    return ngettext("Encore %(days)s jour", "Encore %(days)s jours", left) % {"days": left}


def words_of(part: FilePart) -> str:
    """A part of the file, and what one does there."""
    does = {
        FilePart.IDENTITY: _("voir l'identité, la profession et la qualification"),
        FilePart.ADDRESSES: _("voir les adresses, en ajouter, y mettre fin"),
        FilePart.FINANCES: _("voir et modifier les comptes et le bénéficiaire fiscal"),
        FilePart.GUARDS: _("voir les gardes, payées ou non"),
        FilePart.SOCIAL_STATUS: _("gérer le contrat du statut social"),
    }
    return f"{part.label} : {does[part]}" if part in does else str(part.label)


def opened_by(kind: MandateKind) -> list[str]:
    """What a kind of mandate opens, in the order of the file's menu."""
    return [words_of(part) for part in FilePart if part in OPENED_BY[kind]]


def kind_hints() -> dict[str, str]:
    """Under each kind in a form: the parts that it opens."""
    return {
        kind.value: _("Ouvre : %(parts)s.")
        % {"parts": ", ".join(str(part.label) for part in FilePart if part in OPENED_BY[kind])}
        for kind in MandateKind
    }


def holder_words(holder: Holder) -> str:
    """The holder, an enterprise with its number; a person by name only."""
    if isinstance(holder, Enterprise):
        return f"{holder.name} ({format_bce(holder.bce_number)})"
    return str(holder)


def days_words(start: date, end: date | None) -> str:
    """Both days included."""
    if end is None:
        return _("à partir du %(start)s, sans date de fin") % {"start": shown_day(start)}
    return _("du %(start)s au %(end)s, ces deux jours compris") % {
        "start": shown_day(start),
        "end": shown_day(end),
    }


def facts_of(mandate: Mandate) -> list[Row]:
    rows = [
        Row(_("Type de mandat"), mandate.get_kind_display()),
        Row(_("Mandant"), f"{mandate.provider} ({mandate.provider.get_profession_display()})"),
        Row(_("Mandataire"), holder_words(holder_of(mandate))),
        Row(_("Période"), days_words(mandate.valid_from, mandate.valid_until)),
    ]
    if mandate.transfers:
        rows.append(Row(_("Remplace le mandat de"), holder_words(holder_of(mandate.transfers))))
    return rows


def signatures_of(mandate: Mandate) -> list[Row]:
    """Every act on a mandate in its order, with its author and its instant."""
    acts = [
        (_("Signé par le mandant"), mandate.given_at, mandate.given_by),
        (_("Signé par le mandataire"), mandate.accepted_at, mandate.accepted_by),
        (_("Refusé par le mandataire"), mandate.refused_at, mandate.refused_by),
        (_("Arrêté"), mandate.stopped_at, mandate.stopped_by),
    ]
    done = [(words, at, by) for words, at, by in acts if at is not None]
    rows = [
        Row(words, _("%(by)s, le %(when)s") % {"by": by, "when": shown_instant(at)})
        for words, at, by in sorted(done, key=lambda act: act[1])
    ]
    if mandate.accepted_at is None and mandate.refused_at is None:
        rows.insert(1, Row(_("Signé par le mandataire"), _("pas encore")))
    return rows
