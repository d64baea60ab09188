"""The clock of a world, and starting it afresh."""

import calendar
from datetime import datetime, timedelta

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors as access
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World
from csam.models import Person
from training import permissions
from training.enums import ClockStep
from training.services.demo import load_demo_world

_MINUTES = {ClockStep.FIVE_MINUTES: 5, ClockStep.TWENTY_MINUTES: 20}


@transaction.atomic
def advance_clock(*, world: World, step: ClockStep, seen_offset: timedelta, at: datetime) -> datetime:
    """Move the world's clock on by one step; returns the world's new time.

    `seen_offset` is the world's offset that the page showed: a second click on the same page moves nothing
    (ValidationError `clock_moved`).
    """
    _check_may_run(world)
    if _under_lock(world).clock_offset != seen_offset:
        raise ValidationError(_("L’horloge avait déjà avancé."), code="clock_moved")
    by = _end_of(step, at) - at
    clock.advance(world, by=by)
    return at + by


@transaction.atomic
def reset_world(*, world: World, real_now: datetime) -> None:
    """Delete all that belongs to the world and load the demo data again, with its clock back at real time."""
    _check_may_run(world)
    _under_lock(world)
    _wait_for_writers(world)
    for model, path in _models_of_a_world():
        # Straight to the table: PROTECT guards against losing one row by accident, here the whole world goes.
        rows: models.QuerySet[models.Model] = models.QuerySet(model).filter(**{path: world})
        rows._raw_delete(rows.db)  # noqa: SLF001  (Django has no public name for it)
    World.objects.filter(pk=world.pk).update(
        clock_offset=timedelta(0), frozen_at=None, mode=PropagationMode.NORMAL
    )
    load_demo_world(real_now=real_now, code=world.code, name=world.name)


def _check_may_run(world: World) -> None:
    if not permissions.can_run(world):
        raise PermissionDenied(_("Ce monde a son formateur : lui seul avance l’horloge ou recommence."))


def _under_lock(world: World) -> World:
    # One at a time: the second of two clicks sees what the first has done.
    return World.objects.select_for_update(of=("self",), no_key=True).get(pk=world.pk)


def _end_of(step: ClockStep, at: datetime) -> datetime:
    if step in _MINUTES:
        return at + timedelta(minutes=_MINUTES[step])
    local = at.astimezone(clock.BRUSSELS)
    if step == ClockStep.DAY:
        later = local + timedelta(days=1)
    else:
        year, month = (local.year, local.month + 1) if local.month < 12 else (local.year + 1, 1)  # noqa: PLR2004
        later = local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
    # The same time by the clock on the wall, whatever the changes of hour in between.
    return later.astimezone(at.tzinfo)


def _wait_for_writers(world: World) -> None:
    # A worker that is applying changes, or a manager who is writing, ends first; those who come later wait.
    for rows in (access.pending_changes(world), Person.objects.filter(world=world)):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _models_of_a_world() -> list[tuple[type[models.Model], str]]:
    """Every model whose rows hang on a world, with the lookup that leads to it; the farthest first.

    Found, not listed: a model added later can't be forgotten. The database checks foreign keys at the end of the
    transaction, so only the joins of the lookups ask for an order.
    """
    paths: dict[type[models.Model], str] = {World: ""}
    everything = apps.get_models(include_auto_created=True)
    grown = True
    while grown:
        grown = False
        for model in everything:
            if model in paths:
                continue
            steps = [field for field in model._meta.concrete_fields if field.is_relation and not field.null]
            for step in steps:
                target = step.related_model
                if target in paths:
                    paths[model] = step.name + (f"__{paths[target]}" if paths[target] else "")
                    grown = True
                    break
    del paths[World]
    return sorted(paths.items(), key=lambda item: -item[1].count("__"))
