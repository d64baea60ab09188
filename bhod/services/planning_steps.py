"""The two steps of an import of a planning that may take their time: every line judged, and what was shown done.

Each is one transaction: what dies half-way has done nothing, and the next tick does it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bhod.enums import BatchKind, ImportState, PlanningOutcome
from bhod.models import Guard, PlanningImport
from bhod.selectors.planning_results import TO_DO, Result, packed_results, unpack_options, unpack_result
from bhod.selectors.plans import Plan
from bhod.services.notices import doctors_told
from bhod.services.planning import PlanRefusedError, carry_out
from bhod.services.planning_files import COLUMNS
from bhod.services.planning_lines import Asked, read_line
from bhod.services.planning_plans import plan_import, standing_now
from bhod_portal.core import clock
from bhod_portal.core.kept_texts import keep

logger = logging.getLogger(__name__)

_STEP, _KEPT_SECONDS = 200, 600
_NAMES_KEPT = 30
# A file of which a step fails in a way that nobody thought of must not hold up those of others.
_UNEXPECTED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError, IntegrityError)


def changed_text() -> str:
    """What is said when what was shown no longer holds."""
    return _(
        "La situation a changé depuis le contrôle : rien n'a été fait. Voici ce que le fichier ferait maintenant."
    )


def work_on_next(*, real_now: datetime, but: Sequence[int] = ()) -> int | None:
    """Do the next step of the import that waits longest, in one transaction; returns its key, None when none waits.

    Two workers take two imports; one that another works on is passed over.
    """
    with transaction.atomic():
        waiting = PlanningImport.objects.filter(state__in=[ImportState.CHECKING, ImportState.APPLYING])
        row = (
            waiting.exclude(pk__in=but)
            .select_related("enterprise__world", "uploaded_by", "confirmed_by")
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .order_by("uploaded_at", "pk")
            .first()
        )
        if row is None:
            return None
        at = clock.at(row.enterprise.world, real_now)
        reader = row.confirmed_by or row.uploaded_by
        try:
            # What is found is kept in the words of who asked for it: a worker has no language.
            with translation.override(reader.language), transaction.atomic():
                step = judge_now if row.state == ImportState.CHECKING else apply_now
                step(row, at)
        except PermissionDenied as refusal:
            _fail(row, str(refusal))
        except ValidationError as refusal:
            _fail(row, " ".join(refusal.messages))
        except _UNEXPECTED:
            logger.exception("planning import %d fails", row.pk)
            with translation.override(reader.language):
                text = _(
                    "Une erreur imprévue s'est produite ; rien n'a été fait. Envoyez le fichier à nouveau."
                )
            _fail(row, text)
        return row.pk


def progress_of(planning_import: PlanningImport) -> int:
    """How many of its steps an import has done, as far as the task that works on it has told."""
    return int(cache.get(_progress_key(planning_import), planning_import.steps_done))


def judge_now(planning_import: PlanningImport, at: datetime) -> None:
    """Judge every line as of now, and keep what would be done; nothing else is written."""
    options = unpack_options(planning_import.plan["options"])
    results = plan_import(
        enterprise=planning_import.enterprise, lines=_asked(planning_import), options=options, at=at
    )
    plan = _plan(planning_import, results)
    told = doctors_told(plan, by=planning_import.uploaded_by)
    planning_import.plan = packed_results(results) | {
        "options": options.packed(),
        "standing": standing_now(
            enterprise_id=planning_import.enterprise_id, results=results, options=options
        ),
        "told": len(told),
        "names": [f"Dr {each.person.last_name}" for each in told[:_NAMES_KEPT]],
    }
    planning_import.state = ImportState.CHECKED
    planning_import.steps_done = planning_import.steps
    planning_import.confirmed_at = planning_import.confirmed_by = None
    planning_import.save()


def _asked(planning_import: PlanningImport) -> list[Asked]:
    columns = {key: place for key, place in planning_import.mapping.items() if key in COLUMNS}
    asked = []
    for number, line in enumerate(planning_import.lines):
        asked.append(read_line(line, columns))
        if planning_import.steps and number % _STEP == 0:
            cache.set(_progress_key(planning_import), number, _KEPT_SECONDS)
    return asked


def _plan(planning_import: PlanningImport, results: Sequence[Result]) -> Plan:
    """What is to be done, as one plan."""
    keys = [each.guard_id for each in results if each.guard_id and each.outcome in TO_DO]
    guards: dict[int, Guard] = {}
    if keys:
        guards = {guard.pk: guard for guard in Guard.objects.filter(pk__in=keys)}
    for each in results:
        if each.guard_id in guards:
            guards[each.guard_id].version = each.version
    reason = keep(gettext_noop("absente du planning importé (%(file)s)"), file=planning_import.file_name)
    entries = [entry for each in results if (entry := each.entry(guards, reason=reason))]
    return Plan(planning_import.enterprise_id, entries)


def apply_now(planning_import: PlanningImport, at: datetime) -> None:
    """Do what was shown, all of it or nothing; where guards have changed since, judge it anew and say so."""
    by = planning_import.confirmed_by
    if by is None:
        raise RuntimeError("Only for what somebody has confirmed.")
    results = [unpack_result(each) for each in planning_import.plan["results"]]
    options = unpack_options(planning_import.plan["options"])
    standing = standing_now(enterprise_id=planning_import.enterprise_id, results=results, options=options)
    if standing != planning_import.plan["standing"]:
        _judge_anew(planning_import, at)
        return
    try:
        done = carry_out(
            plan=_plan(planning_import, results),
            by=by,
            at=at,
            batch=(BatchKind.IMPORT, planning_import.file_name),
        )
    except PlanRefusedError:
        _judge_anew(planning_import, at)
        return
    planning_import.state, planning_import.batch = ImportState.DONE, done.batch
    planning_import.steps_done, planning_import.failure = planning_import.steps, ""
    planning_import.plan |= {"told": done.told}
    # Only what may still be mended and sent again is kept of a file, which may say more of people than we ask.
    refused = {each.number for each in results if each.outcome == PlanningOutcome.REFUSED}
    planning_import.lines = [line for line in planning_import.lines if line[0] in refused]
    planning_import.save()


def _fail(planning_import: PlanningImport, why: str) -> None:
    planning_import.state, planning_import.failure = ImportState.FAILED, why[:300]
    planning_import.confirmed_at = planning_import.confirmed_by = None
    planning_import.lines = []
    planning_import.save(update_fields=["state", "failure", "confirmed_at", "confirmed_by", "lines"])


def _judge_anew(planning_import: PlanningImport, at: datetime) -> None:
    planning_import.failure = changed_text()
    judge_now(planning_import, at)


def _progress_key(planning_import: PlanningImport) -> str:
    return f"planning-import-{planning_import.pk}"
