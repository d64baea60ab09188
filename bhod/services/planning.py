"""The one place where guards are written: entered, changed, published, confirmed and cancelled, one or thousands.

Design.md 4, BHOD 1 and 4; domain.md 1.2, 1.3, 1.6. Raises PermissionDenied for who may not manage the guards of the
circle, and PlanRefusedError where the rules refuse an entry: then nothing of the plan is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from bhod.enums import BatchKind, GuardState
from bhod.models import Guard, GuardBatch, GuardChange, GuardUnit
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors.plans import Entry, Plan, Verdict, judge
from bhod.services import validation
from bhod.services.doctors import lock_together
from bhod.services.notices import tell_doctors
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from bhod_portal.core.kept_texts import KeptText
from csam.models import Enterprise, Person

_AT_ONCE = 500
_WRITTEN = [
    "unit", "provider", "starts_at", "ends_at", "state", "is_published", "version", "confirmed_at", "confirmed_by",
    "cancelled_at", "cancelled_by", "cancel_reason",
]  # fmt: skip


class PlanRefusedError(ValidationError):
    """The rules refuse a part of a plan; `refused` tells for each refused entry what is wrong with it."""

    def __init__(self, refused: Sequence[tuple[Entry, Sequence[Problem]]]) -> None:
        super().__init__([problem.refusal() for _entry, found in refused for problem in found])
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the guards in the order of the plan, and the batch when it was a bulk act."""

    guards: Sequence[Guard]
    batch: GuardBatch | None
    told: int


@transaction.atomic
def carry_out(
    *,
    plan: Plan,
    by: Person,
    at: datetime,
    batch: tuple[BatchKind, str] | None = None,
    undone: GuardBatch | None = None,
) -> Done:
    """Do what a plan says, all of it or nothing; doctors whose published guards change get one mail each.

    `batch` makes a bulk act of it, of a kind and with a description, which can be undone as a whole; `undone` is the
    bulk act that this plan takes back.
    """
    check_capability(by=by, enterprise_id=plan.enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)
    return write(plan=plan, by=by, at=at, batch=batch, undone=undone)


@transaction.atomic
def write(
    *,
    plan: Plan,
    by: Person,
    at: datetime,
    batch: tuple[BatchKind, str] | None = None,
    undone: GuardBatch | None = None,
) -> Done:
    """As `carry_out`, for acts whose right to it has been checked otherwise: a swap between two doctors."""
    lock_together(plan.enterprise_id, plan.provider_ids)
    plan = _as_it_stands(plan)
    _check_units(plan)
    verdict: Verdict = judge(plan, at=at)
    if verdict.refused:
        raise PlanRefusedError(verdict.refused)
    enterprise = Enterprise.objects.select_related("world").get(pk=plan.enterprise_id)
    made = None
    if batch:
        kind, label = batch
        made = GuardBatch.objects.create(
            enterprise=enterprise,
            kind=kind,
            label=label if isinstance(label, KeptText) else label[:200],
            done_at=at,
            done_by=by,
        )
    # Two doctors may change places within one plan.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS guard_no_overlap_of_a_doctor DEFERRED")
    changes, guards = [], []
    for entry in plan.entries:
        guard, change = _applied(entry, batch=made, by=by, at=at)
        guards.append(guard)
        changes.append(change)
    Guard.objects.bulk_create(
        [g for g, e in zip(guards, plan.entries, strict=True) if not e.guard], batch_size=_AT_ONCE
    )
    # Rows that are there and locked: an insert that gives way to them takes a tenth of the time of bulk_update().
    Guard.objects.bulk_create(
        [g for g, e in zip(guards, plan.entries, strict=True) if e.guard],
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_WRITTEN,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS guard_no_overlap_of_a_doctor IMMEDIATE")
    GuardChange.objects.bulk_create(changes, batch_size=_AT_ONCE)
    validation.supersede(changes, at=at)
    if undone:
        undone.undone_at, undone.undone_by = at, by
        undone.save(update_fields=["undone_at", "undone_by"])
    _record(plan, guards, changes, made or undone, enterprise, by=by, at=at)
    told = tell_doctors(changes, enterprise=enterprise, by=by, at=at)
    return Done(guards, made, told)


def _as_it_stands(plan: Plan) -> Plan:
    """The plan with its existing guards read anew and locked: what its author saw may have changed since."""
    pks = [each.guard.pk for each in plan.entries if each.guard]
    if not pks:
        return plan
    rows = Guard.objects.filter(pk__in=pks, unit__enterprise=plan.enterprise_id).order_by("pk")
    locked = {each.pk: each for each in rows.select_for_update(of=("self",), no_key=True)}
    entries = []
    for entry in plan.entries:
        if entry.guard and entry.guard.pk not in locked:
            raise ValidationError(
                _("Cette garde appartient à un autre cercle."), code="guard_of_another_circle"
            )
        entries.append(replace(entry, guard=locked[entry.guard.pk]) if entry.guard else entry)
    return Plan(plan.enterprise_id, entries)


def _check_units(plan: Plan) -> None:
    units = {each.unit_id for each in plan.entries}
    # Locked: who closes a unit meanwhile sees these guards, or they see that it is closed.
    known = GuardUnit.objects.filter(pk__in=units, enterprise=plan.enterprise_id).order_by("pk")
    if len(known.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)) != len(units):
        raise ValidationError(_("Cette unité appartient à un autre cercle."), code="unit_of_another_circle")


def _applied(
    entry: Entry, *, batch: GuardBatch | None, by: Person, at: datetime
) -> tuple[Guard, GuardChange]:
    """The guard as the entry wants it, not saved yet, and the line that keeps what it was."""
    guard = entry.guard or Guard(registered_at=at, registered_by=by, version=0)
    change = GuardChange(
        guard=guard,
        number=guard.version + 1,
        act=entry.act,
        reason=entry.reason,
        done_at=at,
        done_by=by,
        batch=batch,
    )
    if entry.guard:
        change.before_unit_id, change.before_provider_id = guard.unit_id, guard.provider_id
        change.before_starts_at, change.before_ends_at = guard.starts_at, guard.ends_at
        change.before_state = guard.state
    guard.version += 1
    guard.unit_id, guard.provider_id = entry.unit_id, entry.provider_id
    guard.starts_at, guard.ends_at = entry.starts_at, entry.ends_at
    guard.state = entry.state
    _date_the_state(guard, entry, by=by, at=at)
    return guard, change


def _date_the_state(guard: Guard, entry: Entry, *, by: Person, at: datetime) -> None:
    is_cancelled, is_confirmed = entry.state == GuardState.CANCELLED, entry.state == GuardState.CONFIRMED
    if is_cancelled:
        guard.cancelled_at, guard.cancelled_by, guard.cancel_reason = at, by, entry.reason
        return
    guard.cancelled_at, guard.cancelled_by, guard.cancel_reason = None, None, ""
    if not is_confirmed:
        guard.confirmed_at, guard.confirmed_by = None, None
    elif guard.confirmed_at is None:
        # One that comes back from a cancellation was confirmed when it was.
        guard.confirmed_at, guard.confirmed_by = at, by
    guard.is_published = entry.state != GuardState.DRAFT


def _record(
    plan: Plan,
    guards: Sequence[Guard],
    changes: Sequence[GuardChange],
    batch: GuardBatch | None,
    enterprise: Enterprise,
    *,
    by: Person,
    at: datetime,
) -> None:
    """One line of the trail for the act; what it did to each guard stands in the history of the guard."""
    if batch:
        audit.record(
            "bhod.batch.undone" if batch.undone_at else f"bhod.batch.{batch.kind.lower()}",
            batch,
            world=enterprise.world,
            by=by,
            at=at,
            guards=len(guards),
        )
        return
    for entry, guard, change in zip(plan.entries, guards, changes, strict=True):
        audit.record(
            f"bhod.guard.{entry.act.lower()}",
            guard,
            world=enterprise.world,
            by=by,
            at=at,
            version=change.number,
            **_facts(guard),
        )


def _facts(guard: Guard) -> dict[str, int | str]:
    return {
        "unit": guard.unit_id,
        "provider": guard.provider_id,
        "starts_at": guard.starts_at.isoformat(),
        "ends_at": guard.ends_at.isoformat(),
        "state": guard.state,
    }
