"""Files of users with roles and dates: what each line asks, read from its cells; nothing here asks the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_mgmt.enums import ADDED_KINDS, MEMBER_TYPES, Function, MemberKind, MemberLink, SecuredApplication
from access_mgmt.services.usernames import username_format
from bhod_portal.core.fields import DayField, EmailField
from bhod_portal.core.identifiers import read_niss
from bhod_portal.core.periods import Period
from bhod_portal.core.tables import Line, find_columns, read_table, words
from csam.enums import Language, Title

# The columns of the template: those of the users list and of the creation form, then the function and its dates.
COLUMNS: Mapping[str, str | Promise] = {
    "niss": gettext_lazy("NISS"),
    "last_name": gettext_lazy("Nom"),
    "first_name": gettext_lazy("Prénom"),
    "username": gettext_lazy("Nom d'utilisateur"),
    "kind": gettext_lazy("Type"),
    "title": gettext_lazy("Titre"),
    "language": gettext_lazy("Choix linguistique"),
    "email": gettext_lazy("Adresse e-mail utilisateur"),
    "local_email": gettext_lazy("Adresse e-mail locale"),
    "link": gettext_lazy("Lien avec l'entreprise"),
    "secured_applications": gettext_lazy("Applications sécurisées"),
    "function": gettext_lazy("Fonction"),
    "valid_from": gettext_lazy("Date de début"),
    "valid_until": gettext_lazy("Date de fin"),
}
MANDATORY = ("niss", "last_name", "first_name")
# What the list of refused lines says of each besides, so that it can be mended and sent again.
LINE, PROBLEM = gettext_lazy("Ligne"), gettext_lazy("Problème")
SEPARATOR = "|"
_REMARKS = ("_line", "_problem")
_SHORT_FORMS = {
    Title.MR: ("Monsieur", "Mr"),
    Title.MRS: ("Madame",),
    Language.FRENCH: ("FR",),
    Language.DUTCH: ("NL",),
    Language.GERMAN: ("DE",),
}
_NISS_DIGITS = 11
# Somebody born in January 2000 has three of them in front.
_LOST_ZEROS = 3


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


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line is refused: a code to rely on, and the sentence."""

    code: str
    text: str


@dataclass(slots=True)
class Asked:
    """What a line asks, where it could be read. `given` are the member's data that it names; the others stay."""

    number: int
    niss: str = ""
    last_name: str = ""
    first_name: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    function: Function | None = None
    period: Period | None = None
    problems: list[Problem] = field(default_factory=list)


def unpack(packed: Sequence[Any]) -> ImportLine:
    """A line out of a draft."""
    number, cells, flaws = packed
    return ImportLine(number, cells, flaws)


def read_import_file(*, content: bytes, size: int) -> ImportFile:
    """The lines of a file, by our columns. Raises what `core.tables.read_table` does, or `heading`, `no_lines`."""
    table = read_table(content=content, size=size)
    names = {key: [str(name)] for key, name in COLUMNS.items()}
    names |= {"_line": [str(LINE)], "_problem": [str(PROBLEM)]}
    heading = find_columns(table.lines[0], names, mandatory=MANDATORY)
    missing = list(heading.missing)
    if "function" in heading.places and "valid_from" not in heading.places:
        missing.append(str(COLUMNS["valid_from"]))
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
    lines = [_import_line(line, heading.places, len(table.lines[0].cells)) for line in table.lines[1:]]
    if not lines:
        raise ValidationError(
            _("Ce fichier n'a que des intitulés : ajoutez une ligne par personne et par fonction."),
            code="no_lines",
        )
    return ImportFile(lines, _remarks(table.encoding, table.sheet, table.other_sheets, heading.unknown))


def _import_line(line: Line, places: Mapping[str, int], width: int) -> ImportLine:
    cells, flaws = {}, []
    for key, place in places.items():
        if key in _REMARKS:
            continue
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


def read_line(line: ImportLine) -> Asked:
    """What a line asks; all that is wrong with its cells stands in `problems`."""
    asked = Asked(line.number)
    asked.problems += [Problem(flaw, _FLAWS[flaw]()) for flaw in line.flaws]
    cells = line.cells
    for key in MANDATORY:
        if key not in cells:
            asked.problems.append(Problem("required", _("Remplissez « %(name)s ».") % {"name": COLUMNS[key]}))
    asked.last_name, asked.first_name = cells.get("last_name", ""), cells.get("first_name", "")
    if "niss" in cells:
        asked.niss = _read(asked, "niss", cells["niss"], _niss) or ""
    for key, read in _READERS.items():
        if key in cells:
            value = _read(asked, key, cells[key], read)
            if value is not None:
                asked.given[key] = value
    _read_function(asked, cells)
    return asked


def _read_function(asked: Asked, cells: Mapping[str, str]) -> None:
    days = {key: _read(asked, key, cells[key], _day) for key in ("valid_from", "valid_until") if key in cells}
    if "function" not in cells:
        if days:
            asked.problems.append(
                Problem(
                    "function_missing", _("Cette ligne a une date mais pas de fonction : indiquez laquelle.")
                )
            )
        return
    asked.function = _read(asked, "function", cells["function"], _function)
    if "valid_from" not in cells:
        asked.problems.append(
            Problem("start_missing", _("Une fonction commence un jour : remplissez « Date de début »."))
        )
    start, end = days.get("valid_from"), days.get("valid_until")
    if start and (end or "valid_until" not in days):
        try:
            asked.period = Period(start, end)
        except ValidationError as refusal:
            asked.problems += _problems(refusal)


def _read(asked: Asked, key: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except ValidationError as refusal:
        name = str(COLUMNS[key])
        asked.problems += [
            Problem(problem.code, f"{name} : {problem.text}") for problem in _problems(refusal)
        ]
        return None


def _problems(refusal: ValidationError) -> list[Problem]:
    return [Problem(str(error.code), " ".join(error.messages)) for error in refusal.error_list]


def _niss(text: str) -> str:
    # A spreadsheet takes a NISS for a number and drops the zeros in front of it.
    shortened = text.isdecimal() and len(text) >= _NISS_DIGITS - _LOST_ZEROS
    return read_niss(text.zfill(_NISS_DIGITS) if shortened else text)


def _username(text: str) -> str:
    username_format(text)
    return text


_EMAIL, _DAY = EmailField(), DayField()


def _email(text: str) -> str:
    return str(_EMAIL.clean(text))


@lru_cache(maxsize=2_000)
def _day_typed(text: str) -> date | ValidationError:
    try:
        day: date = _DAY.clean(text)
    except ValidationError as refusal:
        return refusal
    return day


def _day(text: str) -> date:
    found = _day_typed(text)
    if isinstance(found, ValidationError):
        # Another one each time: what is raised again and again keeps all that it was raised through.
        raise ValidationError(found)
    return found


def _one_of(choices: Iterable[tuple[Any, Sequence[str | Promise]]]) -> Callable[[str], Any]:
    """Reads a choice by its code or by any of its names, case and accents apart."""
    offered = list(choices)

    def read(text: str) -> Any:
        asked = words(text)
        for choice, names in offered:
            if asked in {words(str(choice.value)), *(words(str(name)) for name in names)}:
                return choice
        raise ValidationError(
            _("« %(text)s » n'est pas un choix connu. Choix : %(choices)s."),
            code="invalid_choice",
            params={"text": text, "choices": ", ".join(str(names[0]) for _choice, names in offered)},
        )

    return lru_cache(maxsize=200)(read)


_kind = _one_of((kind, (MEMBER_TYPES[kind], kind.label)) for kind in (*ADDED_KINDS, MemberKind.LOCAL_MANAGER))
_function = _one_of((function, (function.label,)) for function in Function)
_application = _one_of((each, (each.label,)) for each in SecuredApplication)


def _applications(text: str) -> list[SecuredApplication]:
    asked = {_application(part.strip()) for part in text.split(SEPARATOR) if part.strip()}
    return [each for each in SecuredApplication if each in asked]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "username": _username,
    "kind": _kind,
    "title": _one_of((each, (each.label, *_SHORT_FORMS[each])) for each in Title),
    "language": _one_of((each, (each.label, *_SHORT_FORMS[each])) for each in Language),
    "email": _email,
    "local_email": _email,
    "link": _one_of((each, (each.label,)) for each in MemberLink),
    "secured_applications": _applications,
}


_FLAWS: Mapping[str, Callable[[], str]] = {
    "formula": lambda: _("Une cellule contient une formule : remplacez-la par sa valeur."),
    "merged": lambda: _(
        "Des cellules de cette ligne sont fusionnées : défaites la fusion et remplissez chacune."
    ),
    "too_many_cells": lambda: _(
        "Cette ligne a plus de cellules que d'intitulés : un texte contient sans doute le séparateur, mettez-le entre guillemets."
    ),
}
