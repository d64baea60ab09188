"""The payments of INAMI: opened every two months of a world's clock, checked by an agent, closed (design.md 4, BHOD 1 and 3).

That INAMI pays every two months is known of the application before BHOD (domain.md 1.6, R34); of BHOD it is our guess. Each
step is one transaction: what dies half-way has done nothing, and the next tick does it. Raises PermissionDenied for who is
no agent of INAMI; every other refusal is a ValidationError with a code.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.enums import RunState
from bhod.models import PaymentRun, ValidationRound
from bhod.selectors.payment_runs import figures_of, last_period_over
from bhod.services import ledger, payment_notices, validation
from bhod.services.rights import check_inami_agent
from bhod_portal.core import audit, clock
from bhod_portal.core.models import World
from csam.models import Person

# Doctors are told once the money is settled: what fails then, or takes its time, takes nothing back.
_WAITING = Q(state__in=[RunState.REQUESTED, RunState.CLOSING]) | Q(state=RunState.CLOSED, told_at=None)


@transaction.atomic
def begin_nights(*, real_now: datetime) -> tuple[int, int]:
    """Ask what is due in the night of each world, once: the payment of two months, and the round; returns how many of each.

    Together, so that a run that is opened waits for the round of its night, and that one which an agent has given up is
    opened anew the night after.
    """
    opened = open_due_runs(real_now=real_now)
    return opened, validation.open_nights(real_now=real_now)


def open_due_runs(*, real_now: datetime) -> int:
    """Open a run for each world whose night begins and of which two months are over and in no run yet; returns how many.

    A draft that is still open takes the new months in.
    """
    nights = sorted(validation.nights_due(real_now=real_now), key=lambda night: night.world_id)
    return sum(_open_due(night.world, at=night.opened_at) for night in nights)


@transaction.atomic
def open_run(*, world: World, by: Person, at: datetime) -> PaymentRun:
    """Open the run of the last two months that are over, with what is left from before; the task calculates it.

    Refuses with `run_open` while another is open, and with `nothing_due` when those months have had theirs.
    """
    check_inami_agent(by)
    runs = _runs_locked(world)
    if runs.exclude(state=RunState.CLOSED).exists():
        raise ValidationError(
            _("Un paiement est déjà ouvert : clôturez-le d'abord, ou abandonnez-le."), code="run_open"
        )
    _first_day, last_day = last_period_over(clock.day_of(at))
    if runs.filter(last_day__gte=last_day).exists():
        raise ValidationError(
            _(
                "Les deux derniers mois révolus ont déjà leur paiement : le suivant s'ouvre après les deux prochains."
            ),
            code="nothing_due",
        )
    run = _make(world, at=at, by=by)
    audit.record("bhod.payment_run.opened", run, world=world, by=by, at=at, number=run.number)
    return run


@transaction.atomic
def recalculate_run(*, run: PaymentRun, by: Person, at: datetime) -> None:
    """Have a draft, or a run that was checked, calculated anew. Refuses others with `run_not_open`."""
    check_inami_agent(by)
    locked = _locked(run, RunState.DRAFT, RunState.CHECKED)
    locked.state, locked.checked_at, locked.checked_by, locked.remark = RunState.REQUESTED, None, None, ""
    locked.save()
    audit.record("bhod.payment_run.recalculated", locked, world=locked.world, by=by, at=at)


@transaction.atomic
def discard_run(*, run: PaymentRun, by: Person, at: datetime) -> None:
    """Give up a run that is not closed: it and its lines are gone, its guards wait for the next. Refuses `run_not_open`."""
    check_inami_agent(by)
    locked = _locked(run, RunState.DRAFT, RunState.CHECKED)
    audit.record("bhod.payment_run.discarded", locked, world=locked.world, by=by, at=at, number=locked.number)
    locked.lines.all().delete()
    locked.delete()


@transaction.atomic
def check_run(*, run: PaymentRun, seen: tuple[int, Decimal], by: Person, at: datetime) -> bool:
    """Say that a draft was checked; `seen` is how many lines of which sum the agent had before his eyes.

    False when it isn't that any more, or when guards have changed since: then it is calculated anew, as a draft. Refuses
    with `run_not_open` what is no draft.
    """
    check_inami_agent(by)
    locked = _locked(run, RunState.DRAFT)
    if _calculated_anew(locked, at=at):
        return False
    figures = figures_of(locked)
    if (figures.lines, figures.total) != seen:
        return False
    locked.state, locked.checked_at, locked.checked_by, locked.remark = RunState.CHECKED, at, by, ""
    locked.save()
    audit.record(
        "bhod.payment_run.checked",
        locked,
        world=locked.world,
        by=by,
        at=at,
        lines=seen[0],
        total=str(seen[1]),
    )
    return True


@transaction.atomic
def close_run(*, run: PaymentRun, by: Person, at: datetime) -> None:
    """Have a checked run closed by the task, with the accounts of this day. A second click does nothing.

    Refuses with `run_not_checked` what nobody has checked.
    """
    check_inami_agent(by)
    locked = _lock(run)
    if locked.state in {RunState.CLOSING, RunState.CLOSED}:
        return
    if locked.state != RunState.CHECKED:
        raise ValidationError(_("Vérifiez ce paiement avant de le clôturer."), code="run_not_checked")
    locked.state, locked.closed_at, locked.closed_by = RunState.CLOSING, at, by
    locked.save()
    audit.record("bhod.payment_run.closed", locked, world=locked.world, by=by, at=at, number=locked.number)


def work_on_next(*, real_now: datetime, but: Sequence[int] = ()) -> int | None:
    """Do the next step of the run that waits longest, in one transaction; returns its key, None when none waits.

    Two workers take two runs; one that another works on is passed over, and so is one to be calculated while a round of
    its world is not over: what that validates belongs in it.
    """
    unchecked = ValidationRound.objects.filter(world=OuterRef("world"), finished_at=None)
    with transaction.atomic():
        early = Q(Exists(unchecked), state=RunState.REQUESTED)
        waiting = PaymentRun.objects.filter(_WAITING).exclude(early).exclude(pk__in=but)
        run = (
            waiting.select_related("world")
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .order_by("opened_at", "pk")
            .first()
        )
        if run is None:
            return None
        _work_on(run, at=clock.at(run.world, real_now))
        return run.pk


@transaction.atomic
def work_on(run: PaymentRun, *, at: datetime) -> None:
    """Do at once the steps for which this run waits."""
    locked = _lock(run)
    while PaymentRun.objects.filter(_WAITING, pk=run.pk).exists():
        _work_on(locked, at=at)


def _work_on(run: PaymentRun, *, at: datetime) -> None:
    if run.state == RunState.REQUESTED:
        _calculate(run, at=at, remark=run.remark)
    elif run.state == RunState.CLOSING:
        _close(run, at=at)
    else:
        payment_notices.tell_of_closing(run, at=at)
        run.told_at = at
        run.save(update_fields=["told_at"])


def _calculate(run: PaymentRun, *, at: datetime, remark: str) -> None:
    ledger.write_lines(run, at=at)
    run.state, run.drafted_at, run.remark = RunState.DRAFT, at, remark
    run.checked_at = run.checked_by = run.closed_at = run.closed_by = None
    run.save()


def _close(run: PaymentRun, *, at: datetime) -> None:
    if _calculated_anew(run, at=at):
        return
    if run.closed_at is None:
        raise RuntimeError("Only for what somebody has closed.")
    ledger.write_settlements(run, on=clock.day_of(run.closed_at))
    run.state = RunState.CLOSED
    run.save(update_fields=["state"])


def _calculated_anew(run: PaymentRun, *, at: datetime) -> bool:
    """Whether guards have changed since the lines were written; then they are written anew, as a draft.

    By the task, when a round is being done: what that has found is in the run, or is found after it (`services.ledger`).
    """
    stale = ledger.stale_lines(run, at=at)
    if not stale:
        return False
    remark = ngettext(
        "%(count)d ligne ne correspondait plus à sa garde, modifiée depuis : le paiement a été recalculé.",
        "%(count)d lignes ne correspondaient plus à leur garde, modifiée depuis : le paiement a été recalculé.",
        stale,
    ) % {"count": stale}
    if ValidationRound.objects.filter(world=run.world_id, finished_at=None).exists():
        run.state, run.remark = RunState.REQUESTED, remark
        run.checked_at = run.checked_by = run.closed_at = run.closed_by = None
        run.save()
    else:
        _calculate(run, at=at, remark=remark)
    return True


@transaction.atomic
def _open_due(world: World, *, at: datetime) -> bool:
    _first_day, last_day = last_period_over(clock.day_of(at))
    # Asked without the lock first: on most nights nothing is due.
    if PaymentRun.objects.filter(world=world, last_day__gte=last_day).exists():
        return False
    runs = _runs_locked(world)
    if runs.filter(last_day__gte=last_day).exists():
        return False
    still_open = runs.exclude(state=RunState.CLOSED).select_for_update(of=("self",), no_key=True).first()
    if still_open is None:
        _make(world, at=at)
        return True
    if still_open.state == RunState.DRAFT:
        still_open.last_day, still_open.state, still_open.remark = last_day, RunState.REQUESTED, ""
        still_open.save()
    return False


def _make(world: World, *, at: datetime, by: Person | None = None) -> PaymentRun:
    first_day, last_day = last_period_over(clock.day_of(at))
    last = PaymentRun.objects.filter(world=world).aggregate(last=Max("number"))["last"]
    return PaymentRun.objects.create(
        world=world,
        number=(last or 0) + 1,
        first_day=first_day,
        last_day=last_day,
        opened_at=at,
        asked_by=by,
    )


def _runs_locked(world: World) -> QuerySet[PaymentRun]:
    # One at a time opens a run of a world.
    World.objects.select_for_update(of=("self",), no_key=True).get(pk=world.pk)
    return PaymentRun.objects.filter(world=world)


def _lock(run: PaymentRun) -> PaymentRun:
    runs = PaymentRun.objects.select_related("world").select_for_update(of=("self",), no_key=True)
    locked = runs.filter(pk=run.pk).first()
    if locked is None:
        raise ValidationError(_("Ce paiement a été abandonné entre-temps."), code="run_discarded")
    return locked


def _locked(run: PaymentRun, *states: RunState) -> PaymentRun:
    locked = _lock(run)
    if locked.state not in states:
        raise ValidationError(
            _("Ce paiement n'est plus à cette étape : voyez où il en est."), code="run_not_open"
        )
    return locked
