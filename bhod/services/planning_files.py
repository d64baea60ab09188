"""Files of a planning, CSV or XLSX: their lines as they stand, and which heading is which column of ours.

What a line means is read by `planning_lines`; a calendar becomes the same lines in `planning_calendars`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core.file_lines import LINE, PROBLEM
from bhod_portal.core.languages import in_each_language
from bhod_portal.core.tables import Line, Table, find_columns, read_table, words

# The columns of the template (domain.md 1.8), and those that other plannings have; the first name is ours.
COLUMNS: Mapping[str, Sequence[str]] = {
    "circle": (
        *("cercle_bce", "cercle", "BCE", "numéro BCE", "numéro d'entreprise"),
        *("kring", "KBO", "KBO-nummer", "ondernemingsnummer"),
        *("Kreis", "ZDU", "Unternehmensnummer"),
        *("circle", "CBE", "enterprise number"),
    ),
    "zone": ("zone", "zone de garde", "wachtzone", "Bereitschaftszone", "guard zone"),
    "unit": (
        *("unite", "unité de garde", "unité"),
        *("onderdeel", "wachtdienstonderdeel", "Einheit", "Bereitschaftseinheit", "unit", "guard unit"),
    ),
    "inami": (
        *("inami", "numéro INAMI", "n° INAMI"),
        *("RIZIV", "RIZIV-nummer", "LIKIV", "LIKIV-Nummer", "NIHII", "NIHII number"),
    ),
    "doctor": (
        *("medecin", "médecin", "nom du médecin"),
        *("arts", "naam van de arts", "Arzt", "Name des Arztes", "doctor", "name of the doctor"),
    ),
    "start": (
        *("debut", "début", "date de début"),
        *("begin", "begindatum", "Beginn", "Anfangsdatum", "start", "start date"),
    ),
    "start_time": ("heure_debut", "heure de début", "beginuur", "Anfangszeit", "start time"),
    "end": ("fin", "date de fin", "einde", "einddatum", "Ende", "Enddatum", "end", "end date"),
    "end_time": ("heure_fin", "heure de fin", "einduur", "Endzeit", "end time"),
    "type": ("type", "catégorie", "categorie", "Art", "Kategorie", "category"),
    "state": ("etat", "état", "statut", "staat", "toestand", "status", "Stand", "state"),
    "reference": ("reference", "référence", "referentie", "Referenz", "UID"),
}
LABELS: Mapping[str, Promise] = {
    "circle": gettext_lazy("Numéro d'entreprise du cercle"),
    "zone": gettext_lazy("Zone"),
    "unit": gettext_lazy("Unité"),
    "inami": gettext_lazy("Numéro INAMI du médecin"),
    "doctor": gettext_lazy("Nom du médecin"),
    "start": gettext_lazy("Début : jour, ou jour et heure"),
    "start_time": gettext_lazy("Heure de début"),
    "end": gettext_lazy("Fin : jour, heure, ou les deux"),
    "end_time": gettext_lazy("Heure de fin"),
    "type": gettext_lazy("Type de période"),
    "state": gettext_lazy("État : « annulée » retire la garde"),
    "reference": gettext_lazy("Référence de la garde"),
}
TEMPLATE = ("circle", "zone", "unit", "inami", "start", "end", "type")
# What the list of refused lines says of each besides: no column of a planning.
REMARKS = (LINE, PROBLEM)
_SAMPLE, _SAMPLES = 40, 3


@dataclass(frozen=True, slots=True)
class PlanningFile:
    """A file as it was read. `lines` are packed for the database: number, cells, places of formulas and merged cells."""

    headings: Sequence[str]
    lines: Sequence[Sequence[Any]]
    remarks: Sequence[str]


def _remark(heading: str) -> str | Promise | None:
    """Which of the two columns of remarks a heading names, in whatever language the lines went out."""
    named = (each for each in REMARKS if words(heading) in map(words, in_each_language(each)))
    return next(named, None)


def read_planning_file(*, content: bytes, size: int) -> PlanningFile:
    """The lines of a table. Raises what `core.tables.read_table` does, or `no_lines`."""
    table = read_table(content=content, size=size)
    headings = list(table.lines[0].cells)
    if [_remark(name) for name in headings[-2:]] == list(REMARKS):
        # Refused lines that were mended: the columns are those of the file that they came from.
        headings = headings[:-2]
    lines = [
        [each.number, list(each.cells), sorted(each.formulas), sorted(each.merged)]
        for each in table.lines[1:]
    ]
    if not lines:
        raise ValidationError(
            _("Ce fichier n'a que des intitulés : ajoutez une ligne par garde."), code="no_lines"
        )
    return PlanningFile(headings, lines, _remarks(table))


def guessed_columns(headings: Sequence[str]) -> dict[str, int]:
    """Column of ours → its place, for headings whose words are known; the first of two that bear the same name."""
    return dict(find_columns(Line(1, tuple(headings)), COLUMNS, mandatory=()).places)


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """What a guard can't do without, in words; its unit may be chosen for the whole file."""
    missing = []
    if "inami" not in columns and "doctor" not in columns:
        missing.append(_("le médecin : son numéro INAMI ou son nom"))
    if "start" not in columns:
        missing.append(_("le début"))
    if "end" not in columns and "end_time" not in columns:
        missing.append(_("la fin"))
    return missing


def samples_of(lines: Sequence[Sequence[Any]], place: int) -> list[str]:
    """The first three values in a column, each once."""
    found: dict[str, None] = {}
    for _number, cells, _formulas, _merged in lines:
        if place < len(cells) and cells[place]:
            found[cells[place][:_SAMPLE]] = None
        if len(found) == _SAMPLES:
            break
    return list(found)


def _remarks(table: Table) -> list[str]:
    remarks = []
    if table.encoding == "windows-1252":
        remarks.append(
            _(
                "Le fichier n'est pas en UTF-8 ; il a été lu comme Windows-1252 : vérifiez les lettres accentuées."
            )
        )
    if table.other_sheets:
        remarks.append(
            _("Seule la feuille « %(sheet)s » a été lue ; sans effet : %(others)s.")
            % {"sheet": table.sheet, "others": ", ".join(table.other_sheets)}
        )
    return remarks
