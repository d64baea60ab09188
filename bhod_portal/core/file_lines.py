"""Imports of files line by line: what each line says, what becomes of it, and what goes back to be mended.

An app reads what its cells mean, and plans; what is shown, kept in a draft and compared by its fingerprint is here.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.fields import DayField
from bhod_portal.core.languages import in_each_language
from bhod_portal.core.tables import Line, find_columns, read_table

# What the list of refused lines says of each besides, so that it can be mended and sent again.
LINE, PROBLEM = gettext_lazy("Ligne"), gettext_lazy("Problème")
_DAY = DayField()


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line as it stands in the file: its number, and by column of ours the cells that are not empty.

    `flaws` are codes of what no reading of the cells can mend: `formula`, `merged`, `too_many_cells`.
    """

    number: int
    cells: Mapping[str, str]
    flaws: Sequence[str] = ()

    def packed(self) -> list[Any]:
        """For a draft."""
        return [self.number, dict(self.cells), list(self.flaws)]


@dataclass(frozen=True, slots=True)
class ImportFile:
    lines: Sequence[ImportLine]
    remarks: Sequence[str]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line is refused: a code to rely on, and the sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a line changes, as it is shown; empty where there was none."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LineResult:
    """What becomes of a line, and whom or what it is about: a name, and the number by which it is known."""

    number: int
    outcome: ImportOutcome
    name: str
    identifier: str
    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = ()

    def packed(self) -> list[Any]:
        """For a draft, and for the fingerprint of the whole."""
        changes = [[change.label, change.old, change.new] for change in self.changes]
        problems = [[problem.code, problem.text] for problem in self.problems]
        return [self.number, self.outcome.value, self.name, self.identifier, changes, problems]


def unpack(packed: Sequence[Any]) -> ImportLine:
    """A line out of a draft."""
    number, cells, flaws = packed
    return ImportLine(number, cells, flaws)


def unpack_result(packed: Sequence[Any]) -> LineResult:
    """A result out of a draft."""
    number, outcome, name, identifier, changes, problems = packed
    return LineResult(
        number,
        ImportOutcome(outcome),
        name,
        identifier,
        [Change(*change) for change in changes],
        [Problem(*problem) for problem in problems],
    )


def counts_of(results: Iterable[LineResult]) -> dict[str, int]:
    """How many lines have each outcome."""
    found = Counter(result.outcome for result in results)
    return {outcome.value: found[outcome] for outcome in ImportOutcome}


def fingerprint_of(results: Iterable[LineResult]) -> str:
    """The same for two plans that show and do the same."""
    text = json.dumps([result.packed() for result in results])
    return hashlib.sha256(text.encode()).hexdigest()


def read_import_file(
    *,
    content: bytes,
    size: int,
    columns: Mapping[str, str | Promise],
    mandatory: Sequence[str],
    needs: Mapping[str, str] | None = None,
    ignored: Iterable[str | Promise] = (),
    no_lines: str,
) -> ImportFile:
    """The lines of a file, by columns of ours. Raises what `core.tables.read_table` does, or `heading`, `no_lines`.

    `needs`: columns that need another one; `ignored`: headings that are known to have no effect; `no_lines`: what to
    say of a file that has a heading only.
    """
    table = read_table(content=content, size=size)
    names = {key: in_each_language(name) for key, name in columns.items()}
    names |= {"_line": in_each_language(LINE), "_problem": in_each_language(PROBLEM)}
    names |= {f"_{name}": in_each_language(name) for name in ignored}
    heading = find_columns(table.lines[0], names, mandatory=mandatory)
    missing = list(heading.missing)
    for key, needed in (needs or {}).items():
        if key in heading.places and needed not in heading.places:
            missing.append(str(columns[needed]))
    if missing:
        raise ValidationError(
            _(
                "La première ligne ne nomme pas toutes les colonnes obligatoires ; il manque : %(columns)s. Partez du modèle à "
                "télécharger."
            ),
            code="heading",
            params={"columns": ", ".join(missing)},
        )
    if heading.doubled:
        raise ValidationError(
            _("Une colonne figure deux fois dans la première ligne : %(columns)s. Gardez-en une."),
            code="heading",
            params={"columns": ", ".join(heading.doubled)},
        )
    places = {key: place for key, place in heading.places.items() if not key.startswith("_")}
    lines = [_import_line(line, places, len(table.lines[0].cells)) for line in table.lines[1:]]
    if not lines:
        raise ValidationError(no_lines, code="no_lines")
    remarks = _remarks(table.encoding, table.sheet, table.other_sheets, heading.unknown)
    return ImportFile(lines, remarks, frozenset(places))


def flaws_of(line: ImportLine) -> list[Problem]:
    """The flaws of a line in words."""
    return [Problem(flaw, _FLAWS[flaw]()) for flaw in line.flaws]


def problems_of(refusal: ValidationError) -> list[Problem]:
    """A refusal as problems of a line."""
    return [Problem(str(error.code), " ".join(error.messages)) for error in refusal.error_list]


def read_day(text: str) -> date:
    """A day as people type it; refuses as `DayField`. The same few days stand in thousands of lines."""
    found = _day_typed(text)
    if isinstance(found, ValidationError):
        # Another one each time: what is raised again and again keeps all that it was raised through.
        raise ValidationError(found)
    return found


@lru_cache(maxsize=2_000)
def _day_typed(text: str) -> date | ValidationError:
    try:
        day: date = _DAY.clean(text)
    except ValidationError as refusal:
        return refusal
    return day


def refused_rows(lines: Iterable[ImportLine], results: Iterable[LineResult]) -> list[list[Any]]:
    """Of each refused line: the line as packed, and why; for a draft."""
    problems = {result.number: result.problems for result in results if result.problems}
    return [
        [line.packed(), " ".join(problem.text for problem in problems[line.number])]
        for line in lines
        if line.number in problems
    ]


def refused_lines(rows: Sequence[Sequence[Any]], columns: Mapping[str, str | Promise]) -> Iterator[list[str]]:
    """The lines of the file of refused lines, its heading first; `rows` as of `refused_rows`."""
    yield [*(str(name) for name in columns.values()), str(LINE), str(PROBLEM)]
    for packed, problem in rows:
        line = unpack(packed)
        yield [*(line.cells.get(key, "") for key in columns), str(line.number), problem]


def _import_line(line: Line, places: Mapping[str, int], width: int) -> ImportLine:
    cells, flaws = {}, []
    for key, place in places.items():
        if place in line.formulas:
            flaws.append("formula")
        if place in line.merged:
            flaws.append("merged")
        if place < len(line.cells) and line.cells[place]:
            cells[key] = line.cells[place]
    if len(line.cells) > width:
        flaws.append("too_many_cells")
    return ImportLine(line.number, cells, sorted(set(flaws)))


def _remarks(encoding: str, sheet: str, other_sheets: Sequence[str], unknown: Sequence[str]) -> list[str]:
    remarks = []
    if encoding == "windows-1252":
        remarks.append(
            _(
                "Le fichier n'est pas en UTF-8 ; il a été lu comme Windows-1252 : vérifiez les lettres accentuées."
            )
        )
    if other_sheets:
        remarks.append(
            _("Seule la feuille « %(sheet)s » a été lue ; sans effet : %(others)s.")
            % {"sheet": sheet, "others": ", ".join(other_sheets)}
        )
    if unknown:
        remarks.append(_("Colonnes inconnues, sans effet : %(names)s.") % {"names": ", ".join(unknown)})
    return remarks


_FLAWS: Mapping[str, Callable[[], str]] = {
    "formula": lambda: _("Une cellule contient une formule : remplacez-la par sa valeur."),
    "merged": lambda: _(
        "Des cellules de cette ligne sont fusionnées : défaites la fusion et remplissez chacune."
    ),
    "too_many_cells": lambda: _(
        "Cette ligne a plus de cellules que d'intitulés : un texte contient sans doute le séparateur, mettez-le entre guillemets."
    ),
}
