"""The clock of a world, and starting it afresh."""

from datetime import datetime, timedelta

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors as access
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.fields import LATEST_DAY
from bhod_portal.core.models import World
from bhod_portal.core.periods import months_later
from csam.models import Person
from training import permissions
from training.enums import ClockStep
from training.services.demo import load_demo_world

# How long a reset waits for one lock, and how often it begins again when it got none.
PATIENCE, TRIES = timedelta(milliseconds=500), 20

_MINUTES = {ClockStep.FIVE_MINUTES: 5, ClockStep.TWENTY_MINUTES: 20}


@transaction.atomic
def advance_clock(*, world: World, step: ClockStep, seen_offset: timedelta, at: datetime) -> datetime:
    """Move the world's clock on by one step; returns the world's new time.

    `seen_offset` is the world's offset that the page showed: a second click on the same page moves nothing
    (ValidationError `clock_moved`). Dates end with the calendar of the forms, and so does the clock (`end_of_time`).
    """
    check_may_run(world=world)
    if _under_lock(world).clock_offset != seen_offset:
        raise ValidationError(_("L'horloge avait déjà avancé."), code="clock_moved")
    by = _end_of(step, at) - at
    if clock.day_of(at + by) > LATEST_DAY:
        raise ValidationError(
            _("L'horloge ne va pas au-delà de l'an %(year)d : recommencez plutôt le monde."),
            code="end_of_time",
            params={"year": LATEST_DAY.year},
        )
    clock.advance(world, by=by)
    return at + by


@transaction.atomic
def reset_world(*, world: World, real_now: datetime) -> None:
    """Delete all that belongs to the world and load the demo data again, with its clock back at real time."""
    check_may_run(world=world)
    _under_lock(world)
    _empty(world)
    World.objects.filter(pk=world.pk).update(
        clock_offset=timedelta(0), frozen_at=None, mode=PropagationMode.NORMAL
    )
    load_demo_world(real_now=real_now, code=world.code, name=world.name)


def check_may_run(*, world: World) -> None:
    """Raises PermissionDenied where a trainer runs the world."""
    if not permissions.can_run(world):
        raise PermissionDenied(_("Ce monde a son formateur : lui seul avance l'horloge ou recommence."))


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
        later = datetime.combine(months_later(local.date(), 1), local.timetz())
    # The same time by the clock on the wall, whatever the changes of hour in between.
    return later.astimezone(at.tzinfo)


def _empty(world: World) -> None:
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                _wait_for_writers(world)
                _delete_all(world)
        except OperationalError:
            # A writer waits for us and we for him: we let go, he ends, and we begin again.
            if not tries_left:
                raise
        else:
            return


def _wait_for_writers(world: World) -> None:
    # Sooner than the database finds that two wait for each other: it would end either of them.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{PATIENCE // timedelta(milliseconds=1)}ms"])
    # A worker that is applying changes, or someone who is writing, ends first; those who come later wait. They lock
    # what they change, and then the persons whom it names: in that order here, so that nobody is met half-way.
    changed = [_rows(model, path, world) for model, path in _models_of_a_world() if model is not Person]
    for rows in (access.pending_changes(world), *changed, Person.objects.filter(world=world)):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _delete_all(world: World) -> None:
    with connection.cursor() as cursor:
        # Triggers guard what closed payments hold, but where a whole world goes.
        cursor.execute("SET LOCAL portal.whole_world = 'on'")
        for model, path in _models_of_a_world():
            # Straight to the table: PROTECT guards against losing one row by accident, here the whole world goes.
            rows = _rows(model, path, world)
            rows._raw_delete(rows.db)  # noqa: SLF001  (Django has no public name for it)
        cursor.execute("SET LOCAL portal.whole_world = 'off'")


def _rows(model: type[models.Model], path: str, world: World) -> models.QuerySet[models.Model]:
    return models.QuerySet(model).filter(**{path: world})


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
