"""Undoing a bulk act as a whole: each guard becomes again what stands in its history, and what the act entered is cancelled.

A guard that changed since the act is left alone. A bulk act is undone once.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import GuardBatch, GuardChange
from bhod.permissions import Capability
from bhod.rules.problems import Problem, shown_day
from bhod.selectors.batches import changes_of, last_changes
from bhod.selectors.plans import Entry, Plan
from bhod.services.planning import Done
from bhod.services.proposals import LeftOut, Proposal, as_shown, carried_out
from bhod.services.rights import check_capability
from bhod_portal.core import clock
from csam.models import Person


def undoing_of(batch: GuardBatch) -> Proposal:
    """What undoing a bulk act would do now."""
    entries, changed = [], []
    for change in changes_of(batch):
        if change.guard.version == change.number:
            entries.append(_as_before(change))
        else:
            changed.append(change.guard)
    last = last_changes(changed)
    left_out = [
        LeftOut(
            guard,
            Problem(
                "changed_since_act",
                {"by": str(last[guard.pk].done_by), "day": shown_day(clock.day_of(last[guard.pk].done_at))},
            ),
        )
        for guard in changed
    ]
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


def _as_before(change: GuardChange) -> Entry:
    guard, reason = change.guard, _("acte groupé annulé")
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
