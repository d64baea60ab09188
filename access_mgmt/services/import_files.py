"""Files of users with roles and dates: what each line asks, read from its cells; nothing here asks the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_mgmt.enums import ADDED_KINDS, MEMBER_TYPES, Function, MemberKind, MemberLink, SecuredApplication
from access_mgmt.services.usernames import username_format
from bhod_portal.core import file_lines
from bhod_portal.core.fields import EmailField
from bhod_portal.core.file_lines import ImportFile, ImportLine, Problem, problems_of, read_day
from bhod_portal.core.identifiers import read_niss
from bhod_portal.core.languages import all_in_each_language
from bhod_portal.core.periods import Period
from bhod_portal.core.tables import words
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
SEPARATOR = "|"
_SHORT_FORMS = {
    Title.MR: ("Monsieur", "Mr"),
    Title.MRS: ("Madame",),
    Language.FRENCH: ("FR",),
    Language.DUTCH: ("NL",),
    Language.GERMAN: ("DE",),
    Language.ENGLISH: ("EN",),
}
_NISS_DIGITS = 11
# Somebody born in January 2000 has three of them in front.
_LOST_ZEROS = 3


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


def read_import_file(*, content: bytes, size: int) -> ImportFile:
    """The lines of a file, by our columns. Raises what `core.file_lines.read_import_file` does."""
    return file_lines.read_import_file(
        content=content,
        size=size,
        columns=COLUMNS,
        mandatory=MANDATORY,
        needs={"function": "valid_from"},
        no_lines=_("Ce fichier n'a que des intitulés : ajoutez une ligne par personne et par fonction."),
    )


def read_line(line: ImportLine) -> Asked:
    """What a line asks; all that is wrong with its cells stands in `problems`."""
    asked = Asked(line.number)
    asked.problems += file_lines.flaws_of(line)
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
    days = {
        key: _read(asked, key, cells[key], read_day) for key in ("valid_from", "valid_until") if key in cells
    }
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
            asked.problems += problems_of(refusal)


def _read(asked: Asked, key: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except ValidationError as refusal:
        name = str(COLUMNS[key])
        asked.problems += [
            Problem(problem.code, f"{name} : {problem.text}") for problem in problems_of(refusal)
        ]
        return None


def _niss(text: str) -> str:
    # A spreadsheet takes a NISS for a number and drops the zeros in front of it.
    shortened = text.isdecimal() and len(text) >= _NISS_DIGITS - _LOST_ZEROS
    return read_niss(text.zfill(_NISS_DIGITS) if shortened else text)


def _username(text: str) -> str:
    username_format(text)
    return text


_EMAIL = EmailField()


def _email(text: str) -> str:
    return str(_EMAIL.clean(text))


def _one_of(choices: Iterable[tuple[Any, Sequence[str | Promise]]]) -> Callable[[str], Any]:
    """Reads a choice by its code or by any of its names in any language, case and accents apart."""
    offered = list(choices)

    def read(text: str) -> Any:
        asked = words(text)
        for choice, names in offered:
            if asked in {words(str(choice.value)), *map(words, all_in_each_language(names))}:
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
