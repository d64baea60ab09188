"""Undoing a bulk act as a whole: each guard becomes again what stands in its history, and what the act entered is cancelled.

A guard that changed since the act is left alone, unless those changes were undone: acts are undone one after the other,
the latest first. A bulk act is undone once.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import GuardBatch, GuardChange
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors.batches import changes_of, later_changes, stands_again
from bhod.selectors.plans import Entry, Plan
from bhod.services.planning import Done
from bhod.services.proposals import LeftOut, Proposal, as_shown, carried_out
from bhod.services.rights import check_capability
from bhod_portal.core import clock
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.shown import shown_day
from csam.models import Person


def undoing_of(batch: GuardBatch) -> Proposal:
    """What undoing a bulk act would do now."""
    changes = list(changes_of(batch))
    later = later_changes(changes)
    entries, left_out = [], []
    for change in changes:
        since = later.get(change.guard_id)
        if not since or stands_again(change.guard, since):
            entries.append(_as_before(change))
        else:
            left_out.append(LeftOut(change.guard, _changed_by(since[-1])))
    return Proposal(BatchKind(batch.kind), batch.label, Plan(batch.enterprise_id, entries), left_out)


@transaction.atomic
def undo_batch(*, batch: GuardBatch, shown: str, by: Person, at: datetime) -> Done:
    """Undo a bulk act as a page showed it, `shown` being the fingerprint of that.

    Refuses with `already_undone`, and with `changed_meanwhile` when something else would be done now.
    """
    check_capability(by=by, enterprise_id=batch.enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)
    # One at a time: the second of two finds it undone.
    locked = GuardBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if locked.undone_at:
        raise ValidationError(_("Cet acte est déjà annulé."), code="already_undone")
    plan = as_shown(undoing_of(locked), shown, by=by, at=at)
    return carried_out(plan, by=by, at=at, undone=locked)


def _changed_by(last: GuardChange) -> Problem:
    facts = {"by": str(last.done_by), "day": shown_day(clock.day_of(last.done_at))}
    return Problem("changed_since_act", facts)


def _as_before(change: GuardChange) -> Entry:
    guard, reason = change.guard, keep(gettext_noop("acte groupé annulé"))
    # Whole or not at all, says the constraint.
    if not (
        change.before_unit_id
        and change.before_provider_id
        and change.before_starts_at
        and change.before_ends_at
    ):
        return Entry.of(guard, act=GuardAct.UNDONE, state=GuardState.CANCELLED, reason=reason)
    entry = Entry.of(guard, act=GuardAct.UNDONE, state=GuardState(change.before_state), reason=reason)
    return entry.moved(
        unit_id=change.before_unit_id,
        provider_id=change.before_provider_id,
        starts_at=change.before_starts_at,
        ends_at=change.before_ends_at,
    )
