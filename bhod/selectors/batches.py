"""The bulk acts of a circle, and the history of its guards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from bhod.enums import GuardAct, GuardState
from bhod.models import Guard, GuardBatch, GuardChange
from bhod_portal.core.shown import shown_instant
from csam.models import Person


@dataclass(frozen=True, slots=True)
class State:
    """A guard between two acts."""

    unit: str
    doctor: str
    starts_at: datetime
    ends_at: datetime
    state: GuardState


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An act upon a guard; `before` is empty for the one that entered it."""

    number: int
    act: GuardAct
    reason: str
    done_at: datetime
    done_by: Person
    batch: GuardBatch | None
    before: State | None
    after: State

    @property
    def differences(self) -> list["Difference"]:
        """What this act changed, in words; all of it for the act that entered the guard."""
        was, now = self.before, self.after
        pairs = [
            (_("Unité"), was and was.unit, now.unit),
            (_("Médecin"), was and was.doctor, now.doctor),
            (_("Début"), was and shown_instant(was.starts_at), shown_instant(now.starts_at)),
            (_("Fin"), was and shown_instant(was.ends_at), shown_instant(now.ends_at)),
            (_("État"), was and str(was.state.label), str(now.state.label)),
        ]
        return [Difference(label, before or "", after) for label, before, after in pairs if before != after]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a part of a guard was and became."""

    label: str
    before: str
    after: str


def batches_of(enterprise_id: int) -> QuerySet[GuardBatch]:
    """The bulk acts of a circle with the number of their guards, the latest first."""
    batches = GuardBatch.objects.filter(enterprise=enterprise_id).select_related("done_by", "undone_by")
    return batches.annotate(guards=Count("changes")).order_by("-done_at", "-pk")


def changes_of(batch: GuardBatch) -> QuerySet[GuardChange]:
    """What a bulk act did, guard by guard, in order of time."""
    changes = GuardChange.objects.filter(batch=batch).select_related("guard")
    return changes.order_by("guard__starts_at", "guard_id")


def later_changes(changes: Iterable[GuardChange]) -> dict[int, list[GuardChange]]:
    """For each guard what was done with it after the change given, in order; nothing for a guard that stands since."""
    since = {each.guard_id: each.number for each in changes if each.guard.version != each.number}
    later: dict[int, list[GuardChange]] = {pk: [] for pk in since}
    found = GuardChange.objects.filter(guard__in=since).select_related("done_by").order_by("guard", "number")
    for each in found:
        if each.number > since[each.guard_id]:
            later[each.guard_id].append(each)
    return later


def stands_again(guard: Guard, later: list[GuardChange]) -> bool:
    """Whether what came after an act was undone, so that a guard is again as the act left it; `later` isn't empty."""
    left = later[0]
    return later[-1].act == GuardAct.UNDONE and (
        guard.unit_id,
        guard.provider_id,
        guard.starts_at,
        guard.ends_at,
        guard.state,
    ) == (
        left.before_unit_id,
        left.before_provider_id,
        left.before_starts_at,
        left.before_ends_at,
        left.before_state,
    )


def history_of(guard: Guard) -> list[HistoryLine]:
    """Every act upon a guard with what it was and what it became, the latest first; two queries at most.

    Guards of the first demo world begin without a line.
    """
    changes = guard.changes.select_related(
        "done_by", "batch", "before_unit", "before_provider__person"
    ).order_by("-number")
    lines: list[HistoryLine] = []
    after = State(
        guard.unit.name,
        str(guard.provider.person),
        guard.starts_at,
        guard.ends_at,
        GuardState(guard.state),
    )
    for change in changes:
        before = _before(change)
        lines.append(
            HistoryLine(
                change.number,
                GuardAct(change.act),
                change.reason,
                change.done_at,
                change.done_by,
                change.batch,
                before,
                after,
            )
        )
        after = before or after
    return lines


def _before(change: GuardChange) -> State | None:
    if not (
        change.before_unit and change.before_provider and change.before_starts_at and change.before_ends_at
    ):
        return None
    return State(
        change.before_unit.name,
        str(change.before_provider.person),
        change.before_starts_at,
        change.before_ends_at,
        GuardState(change.before_state),
    )
