"""Files of doctors for the list of a circle: what each line asks, read from its cells; nothing here asks the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core import file_lines
from bhod_portal.core.file_lines import ImportFile, ImportLine, Problem, problems_of, read_day
from bhod_portal.core.identifiers import read_inami
from bhod_portal.core.periods import Period
from bhod_portal.core.tables import words

# The columns of the template: those of the exported list that an import reads.
COLUMNS: Mapping[str, str | Promise] = {
    "inami": gettext_lazy("Numéro INAMI"),
    "valid_from": gettext_lazy("Inscrit du"),
    "valid_until": gettext_lazy("Inscrit jusqu'au"),
    "supervisor": gettext_lazy("Numéro INAMI du maître de stage"),
    "acquired_rights": gettext_lazy("Droits acquis"),
}
MANDATORY = ("inami", "valid_from")
DAYS = ("valid_from", "valid_until")
# The other columns of the exported list: an import leaves them alone.
_EXPORTED = (
    gettext_lazy("Nom"),
    gettext_lazy("Prénom"),
    gettext_lazy("Qualification"),
    gettext_lazy("Maître de stage"),
    gettext_lazy("Unités"),
    gettext_lazy("État"),
)


@dataclass(slots=True)
class Asked:
    """What a line asks, where it could be read; None and empty is what it does not say."""

    number: int
    inami: str = ""
    start: date | None = None
    until: date | None = None
    supervisor: str = ""
    acquired_rights: bool | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def period(self) -> Period:
        """Its days, of a line without problems."""
        if self.start is None:
            raise ValueError("A line without its first day has a problem.")
        return Period(self.start, self.until)


def read_doctor_file(*, content: bytes, size: int) -> ImportFile:
    """The lines of a file, by our columns. Raises what `core.file_lines.read_import_file` does."""
    return file_lines.read_import_file(
        content=content,
        size=size,
        columns=COLUMNS,
        mandatory=MANDATORY,
        ignored=_EXPORTED,
        no_lines=_("Ce fichier n'a que des intitulés : ajoutez une ligne par inscription."),
    )


def read_line(line: ImportLine) -> Asked:
    """What a line asks; all that is wrong with its cells stands in `problems`."""
    asked = Asked(line.number, problems=file_lines.flaws_of(line))
    cells = line.cells
    for key in MANDATORY:
        if key not in cells:
            asked.problems.append(Problem("required", _("Remplissez « %(name)s ».") % {"name": COLUMNS[key]}))
    asked.inami = _read(asked, cells, "inami", read_inami) or ""
    asked.start = _read(asked, cells, "valid_from", read_day)
    asked.until = _read(asked, cells, "valid_until", read_day)
    asked.supervisor = _read(asked, cells, "supervisor", read_inami) or ""
    asked.acquired_rights = _read(asked, cells, "acquired_rights", _yes_or_no)
    if asked.start:
        try:
            Period(asked.start, asked.until)
        except ValidationError as refusal:
            asked.problems += problems_of(refusal)
    return asked


_YES = {"oui", "ja", "yes", "o", "j", "y", "x", "1", "vrai", "waar", "wahr", "true"}
_NO = {"non", "nee", "nein", "no", "n", "0", "faux", "onwaar", "falsch", "false"}


def _yes_or_no(text: str) -> bool:
    if words(text) in _YES:
        return True
    if words(text) in _NO:
        return False
    raise ValidationError(_("Écrivez « oui » ou « non »."), code="invalid_choice")


def _read(asked: Asked, cells: Mapping[str, str], key: str, read: Callable[[str], Any]) -> Any:
    if key not in cells:
        return None
    try:
        return read(cells[key])
    except ValidationError as refusal:
        name = str(COLUMNS[key])
        asked.problems += [
            Problem(problem.code, f"{name} : {problem.text}") for problem in problems_of(refusal)
        ]
        return None
