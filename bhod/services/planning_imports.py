"""An import of a planning, from the file to the guards: received, columns named, judged, confirmed, done as shown.

Small files are judged and done at once; of large ones a task does both (`planning_steps.work_on_next`), and the row says how far it
is. Each step is one transaction: what dies half-way has done nothing, and is done by the next tick.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.enums import ImportState, PlanningOutcome
from bhod.models import ColumnMapping, GuardUnit, PlanningImport
from bhod.permissions import Capability
from bhod.selectors.planning_results import TO_DO, Options, unpack_options
from bhod.services.planning_calendars import HEADINGS, is_calendar, read_calendar
from bhod.services.planning_files import (
    PlanningFile,
    guessed_columns,
    missing_columns,
    read_planning_file,
)
from bhod.services.planning_steps import apply_now, changed_text, judge_now
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from csam.models import Enterprise, Person

# Up to here a page answers within a second.
AT_ONCE = 1_000


@transaction.atomic
def receive(
    *, enterprise: Enterprise, file_name: str, content: bytes, size: int, by: Person, at: datetime
) -> PlanningImport:
    """Read a file and keep its lines; when its columns are known it is judged too, or waits for the task that does.

    Raises PermissionDenied, and ValidationError as `planning_files` and `planning_calendars` do.
    """
    _check_right(enterprise.pk, by, at)
    if is_calendar(content) or file_name.lower().endswith(".ics"):
        units = GuardUnit.objects.filter(enterprise=enterprise).values_list("name", flat=True)
        file = read_calendar(content=content, size=size, units=units, at=at)
    else:
        file = read_planning_file(content=content, size=size)
    columns, options = _columns_of(enterprise, file)
    received = PlanningImport.objects.create(
        enterprise=enterprise,
        file_name=file_name[-120:],
        digest=sha256(content).hexdigest(),
        headings=list(file.headings),
        lines=list(file.lines),
        remarks=list(file.remarks),
        mapping=columns,
        plan={"options": options.packed()},
        uploaded_at=at,
        uploaded_by=by,
    )
    audit.record(
        "bhod.planning.received", received, world=enterprise.world, by=by, at=at, lines=len(file.lines)
    )
    if not missing_columns(columns) and _units_known(received, columns, options):
        _go_on_to_check(received, at)
    return received


def _columns_of(enterprise: Enterprise, file: PlanningFile) -> tuple[dict[str, int], Options]:
    """As it was said last time for the same headings, else by the words of the headings."""
    kept = ColumnMapping.objects.filter(enterprise=enterprise, headings=list(file.headings)).first()
    if kept is None:
        return guessed_columns(file.headings), Options()
    unit = GuardUnit.objects.filter(enterprise=enterprise, pk=kept.mapping["unit"]).first()
    return dict(kept.mapping["columns"]), Options(unit_id=unit.pk if unit else None)


def _units_known(planning_import: PlanningImport, columns: Mapping[str, int], options: Options) -> bool:
    """Whether each line names a unit, or one holds for all."""
    if options.unit_id or GuardUnit.objects.filter(enterprise=planning_import.enterprise_id).count() == 1:
        return True
    place = columns.get("unit")
    if place is None:
        return False
    # In a table an empty cell is a mistake of its line; a calendar may have no place at all.
    return not is_of_calendar(planning_import) or all(line[1][place] for line in planning_import.lines)


def is_of_calendar(planning_import: PlanningImport) -> bool:
    """Whether the lines were events: then the columns are ours, and only the unit may be missing."""
    return tuple(planning_import.headings) == HEADINGS


@transaction.atomic
def name_columns(
    *,
    planning_import: PlanningImport,
    columns: Mapping[str, int],
    unit_id: int | None,
    by: Person,
    at: datetime,
) -> PlanningImport:
    """Say which heading is which column, and the unit of lines without one; kept for the next file with such headings.

    Raises PermissionDenied, or ValidationError `columns_missing`, `unit_missing` and `not_open`.
    """
    planning_import = _open(planning_import, by, at)
    if missing := missing_columns(columns):
        raise ValidationError(
            _("Il manque : %(missing)s."), code="columns_missing", params={"missing": ", ".join(missing)}
        )
    options = unpack_options(planning_import.plan["options"] | {"unit": unit_id})
    if not _units_known(planning_import, columns, options):
        raise ValidationError(
            _("Choisissez l'unité de ces gardes, ou la colonne qui la nomme."), code="unit_missing"
        )
    ColumnMapping.objects.update_or_create(
        enterprise_id=planning_import.enterprise_id,
        headings=planning_import.headings,
        defaults={"mapping": {"columns": dict(columns), "unit": unit_id}, "saved_at": at, "saved_by": by},
    )
    planning_import.mapping = dict(columns)
    planning_import.plan = {"options": options.packed()}
    _go_on_to_check(planning_import, at)
    return planning_import


@transaction.atomic
def choose_options(
    *, planning_import: PlanningImport, options: Options, by: Person, at: datetime
) -> PlanningImport:
    """Choose between drafts and registered guards, and whether the file is a whole planning; judged anew.

    Raises PermissionDenied, or ValidationError `not_open` and `columns_missing`.
    """
    planning_import = _open(planning_import, by, at)
    if missing := missing_columns(planning_import.mapping):
        raise ValidationError(
            _("Il manque : %(missing)s."), code="columns_missing", params={"missing": ", ".join(missing)}
        )
    planning_import.plan = {"options": options.packed()}
    _go_on_to_check(planning_import, at)
    return planning_import


@transaction.atomic
def discard(*, planning_import: PlanningImport, by: Person, at: datetime) -> PlanningImport:
    """Leave a file be that was not confirmed; a second time changes nothing. Raises PermissionDenied, `not_open`."""
    if planning_import.state == ImportState.DISCARDED:
        return planning_import
    planning_import = _open(planning_import, by, at)
    planning_import.state, planning_import.lines = ImportState.DISCARDED, []
    planning_import.plan = {"options": planning_import.plan["options"]}
    planning_import.save(update_fields=["state", "lines", "plan"])
    audit.record(
        "bhod.planning.discarded", planning_import, world=planning_import.enterprise.world, by=by, at=at
    )
    return planning_import


@transaction.atomic
def confirm(
    *, planning_import: PlanningImport, shown: str, without_refused: bool, by: Person, at: datetime
) -> PlanningImport:
    """Do what was shown under the fingerprint `shown`, or hand it to the task; judged anew where guards changed since.

    A second confirmation finds it done. With `without_refused` the refused lines are left out. Raises PermissionDenied,
    or ValidationError `not_open`, `changed_meanwhile`, `lines_refused`, `nothing_to_do`.
    """
    _check_right(planning_import.enterprise_id, by, at)
    planning_import = _locked(planning_import)
    if planning_import.state in {ImportState.DONE, ImportState.APPLYING}:
        return planning_import
    if planning_import.state != ImportState.CHECKED:
        raise _not_open()
    counts = planning_import.plan["counts"]
    if planning_import.plan["fingerprint"] != shown:
        raise ValidationError(changed_text(), code="changed_meanwhile")
    if counts[PlanningOutcome.REFUSED] and not without_refused:
        raise ValidationError(
            _(
                "Des lignes sont refusées : corrigez-les et renvoyez le fichier, ou cochez qu'elles sont laissées de côté."
            ),
            code="lines_refused",
        )
    to_do = sum(counts[outcome] for outcome in TO_DO)
    if not to_do:
        raise ValidationError(_("Il n'y a rien à importer."), code="nothing_to_do")
    planning_import.confirmed_at, planning_import.confirmed_by = at, by
    if to_do > AT_ONCE:
        planning_import.state, planning_import.steps, planning_import.steps_done = (
            ImportState.APPLYING,
            to_do,
            0,
        )
        planning_import.failure = ""
        planning_import.save(
            update_fields=["state", "steps", "steps_done", "failure", "confirmed_at", "confirmed_by"]
        )
    else:
        apply_now(planning_import, at)
    return planning_import


def _go_on_to_check(planning_import: PlanningImport, at: datetime) -> None:
    planning_import.failure = ""
    if len(planning_import.lines) <= AT_ONCE:
        judge_now(planning_import, at)
        return
    planning_import.state = ImportState.CHECKING
    planning_import.steps, planning_import.steps_done = len(planning_import.lines), 0
    planning_import.save()


def _check_right(enterprise_id: int, by: Person, at: datetime) -> None:
    check_capability(by=by, enterprise_id=enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)


def _locked(planning_import: PlanningImport) -> PlanningImport:
    rows = PlanningImport.objects.select_related("enterprise__world", "uploaded_by")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=planning_import.pk)


def _open(planning_import: PlanningImport, by: Person, at: datetime) -> PlanningImport:
    """The import, locked, when it can still be changed."""
    _check_right(planning_import.enterprise_id, by, at)
    planning_import = _locked(planning_import)
    if planning_import.state not in {ImportState.UPLOADED, ImportState.CHECKED}:
        raise _not_open()
    return planning_import


def _not_open() -> ValidationError:
    return ValidationError(
        _("Cet import n'est plus à décider : voyez où il en est, ou envoyez le fichier à nouveau."),
        code="not_open",
    )
