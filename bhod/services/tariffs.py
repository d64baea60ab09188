"""The tariffs of a world, changed by agents of INAMI only, and never for a guard that is in a payment (design.md 4, BHOD 1).

What a change would do is a plan, shown first and then done as it was shown; `seen` is the plan's stamp, and a plan that is
another one by then is refused with `changed_meanwhile`. Guards validated at a price that changes are checked anew by the
next round. Raises PermissionDenied for who is no agent of INAMI; every other refusal is a ValidationError with a code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.eligibility import ONE_DAY
from bhod.models import GuardCheck, Tariff
from bhod.selectors.tariff_changes import TariffEffect, TariffValues, effect_of, price_changes
from bhod.services.rights import check_inami_agent
from bhod.services.validation import supersede_prices
from bhod_portal.core import audit
from bhod_portal.core.models import World
from bhod_portal.core.shown import shown_day
from csam.models import Person

# Of a tariff that has no row yet.
_NEW = 0


@dataclass(frozen=True, slots=True)
class TariffPlan:
    """What the tariffs are and what they shall be, by their rows (0: a new one), and what that touches."""

    before: Mapping[int, TariffValues]
    after: Mapping[int, TariffValues]
    effect: TariffEffect

    @property
    def stamp(self) -> str:
        return sha256(repr((sorted(self.before.items()), sorted(self.after.items()))).encode()).hexdigest()

    @property
    def shortened(self) -> list[tuple[TariffValues, TariffValues]]:
        """The tariffs that end earlier, so that a new one may begin: as they were and as they shall be."""
        if _NEW not in self.after:
            return []
        return [
            (was, self.after[pk])
            for pk, was in self.before.items()
            if pk in self.after and self.after[pk] != was
        ]


def plan_to_add(world: World, values: TariffValues) -> TariffPlan:
    """A new tariff; one that would hold beyond its first day ends the day before it.

    Refuses with `tariff_overlap` where another one begins within its period, and with `tariff_paid`.
    """
    before = _values_of(world)
    after = {_NEW: values}
    for pk, other in before.items():
        after[pk] = _ending_before(other, values) if other.period.overlaps(values.period) else other
    return _plan(world, before, after)


def plan_to_change(tariff: Tariff, values: TariffValues) -> TariffPlan:
    """Other values of a tariff. Refuses with `tariff_overlap` and `tariff_paid`."""
    before = _values_of(tariff.world)
    for pk, other in before.items():
        if pk != tariff.pk and other.period.overlaps(values.period):
            raise _overlap(other)
    return _plan(tariff.world, before, {**before, tariff.pk: values})


def plan_to_remove(tariff: Tariff) -> TariffPlan:
    """A tariff less. Refuses with `tariff_used` where a guard was ever checked with it, and with `tariff_paid`."""
    if GuardCheck.objects.filter(tariff=tariff).exists():
        raise ValidationError(
            _(
                "Des gardes ont été contrôlées avec ce tarif : il reste dans leur historique. Modifiez son montant, ou la "
                "période pendant laquelle il vaut."
            ),
            code="tariff_used",
        )
    before = _values_of(tariff.world)
    return _plan(tariff.world, before, {pk: each for pk, each in before.items() if pk != tariff.pk})


@transaction.atomic
def add_tariff(
    *, world: World, values: TariffValues, seen: str, by: Person, at: datetime
) -> TariffPlan | None:
    """Add a tariff as shown; None when it is there already, the same in all."""
    check_inami_agent(by)
    _lock(world)
    if values in _values_of(world).values():
        return None
    plan = plan_to_add(world, values)
    _check_seen(plan, seen)
    # First those that give way: no two tariffs may hold on a day, at no moment.
    for was, becomes in plan.shortened:
        shortened = Tariff.objects.get(world=world, valid_from=was.valid_from)
        _write(shortened, becomes)
        _record_change(shortened, was, by=by, at=at)
    tariff = Tariff(world=world)
    _write(tariff, values)
    audit.record("bhod.tariff.added", tariff, world=world, by=by, at=at, **values.kept)
    supersede_prices(world=world, changes=plan.effect.changes, at=at)
    return plan


@transaction.atomic
def change_tariff(
    *, tariff: Tariff, values: TariffValues, seen: str, by: Person, at: datetime
) -> TariffPlan | None:
    """Change a tariff as shown; None when it is so already, or was removed meanwhile."""
    check_inami_agent(by)
    fresh = _fresh(tariff)
    if fresh is None or (was := TariffValues.of(fresh)) == values:
        return None
    plan = plan_to_change(fresh, values)
    _check_seen(plan, seen)
    _write(fresh, values)
    _record_change(fresh, was, by=by, at=at)
    supersede_prices(world=fresh.world, changes=plan.effect.changes, at=at)
    return plan


@transaction.atomic
def remove_tariff(*, tariff: Tariff, seen: str, by: Person, at: datetime) -> TariffPlan | None:
    """Remove a tariff that no guard knows; None when it is gone already."""
    check_inami_agent(by)
    fresh = _fresh(tariff)
    if fresh is None:
        return None
    plan = plan_to_remove(fresh)
    _check_seen(plan, seen)
    audit.record("bhod.tariff.removed", fresh, world=fresh.world, by=by, at=at, **TariffValues.of(fresh).kept)
    fresh.delete()
    return plan


def _plan(world: World, before: Mapping[int, TariffValues], after: Mapping[int, TariffValues]) -> TariffPlan:
    changes = price_changes(list(before.values()), list(after.values()))
    effect = effect_of(world, changes)
    if effect.paid_until is not None:
        raise _paid(effect.paid_until, effect)
    return TariffPlan(before, after, effect)


def _ending_before(other: TariffValues, values: TariffValues) -> TariffValues:
    """The other one, ended on the day before; refused where it begins no earlier. What followed is left without a tariff."""
    if other.valid_from >= values.valid_from:
        raise _overlap(other)
    return replace(other, valid_until=values.valid_from - ONE_DAY)


def _overlap(other: TariffValues) -> ValidationError:
    facts = {"start": shown_day(other.valid_from), "end": shown_day(other.valid_until)}
    if other.valid_until:
        text = _("Un autre tarif vaut du %(start)s au %(end)s : choisissez une période qui ne le touche pas.")
    else:
        text = _(
            "Un autre tarif vaut à partir du %(start)s : choisissez une période qui finit avant ce jour."
        )
    return ValidationError(text % facts, code="tariff_overlap")


def _paid(day: date, effect: TariffEffect) -> ValidationError:
    facts = {"day": shown_day(day), "first": shown_day(day + ONE_DAY)}
    text = _(
        "Des gardes jusqu'au %(day)s sont dans un paiement : leur tarif ne change plus. Le premier jour possible est le "
        "%(first)s : ajoutez un tarif à partir de ce jour."
    )
    if effect.open_run is not None:
        text += " " + _("Ou abandonnez d'abord le paiement n° %(number)s, qui n'est pas clôturé.")
        facts["number"] = str(effect.open_run.number)
    return ValidationError(text % facts, code="tariff_paid", params={"first": day + ONE_DAY})


def _check_seen(plan: TariffPlan, seen: str) -> None:
    if plan.stamp != seen:
        raise ValidationError(
            _("Les tarifs ont été modifiés entre-temps : voici ce qui serait fait à présent."),
            code="changed_meanwhile",
        )


def _values_of(world: World) -> dict[int, TariffValues]:
    return {
        each.pk: TariffValues.of(each) for each in Tariff.objects.filter(world=world).order_by("valid_from")
    }


def _lock(world: World) -> Sequence[Tariff]:
    # One agent at a time; and no run that is just being calculated, which holds the tariffs (services.ledger).
    World.objects.select_for_update(of=("self",), no_key=True).get(pk=world.pk)
    return list(
        Tariff.objects.filter(world=world).select_for_update(of=("self",), no_key=True).order_by("pk")
    )


def _fresh(tariff: Tariff) -> Tariff | None:
    return next((each for each in _lock(tariff.world) if each.pk == tariff.pk), None)


def _write(tariff: Tariff, values: TariffValues) -> None:
    tariff.valid_from, tariff.valid_until = values.valid_from, values.valid_until
    tariff.amount, tariff.source, tariff.is_simulated = values.amount, values.source, values.is_simulated
    tariff.full_clean()
    tariff.save()


def _record_change(tariff: Tariff, was: TariffValues, *, by: Person, at: datetime) -> None:
    now = TariffValues.of(tariff)
    audit.record("bhod.tariff.changed", tariff, world=tariff.world, by=by, at=at, before=was.kept, **now.kept)
