"""The tree of the subdivisions of a quality (domain.md 3.1): made, renamed, moved, removed, one manager at a time."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Func, Value, When
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember, Subdivision
from bhod_portal.core import audit, clock
from csam.models import Person

# A guess: no source says how deep a tree may be.
DEEPEST = 8


@transaction.atomic
def create_subdivision(
    *, quality: Quality, parent: Subdivision | None, name: str, by: Person, at: datetime
) -> Subdivision:
    """Make a subdivision below another one, or at the top of the tree.

    Raises PermissionDenied, or ValidationError `quality_over`, `subdivision_over`, `too_deep`, `name_taken`.
    """
    quality = quality_under_lock(quality)
    parent = standing(parent) if parent else None
    _check_right(quality, parent, by, at)
    chain = _chain(parent)
    _check_depth(len(chain) + 1)
    made = Subdivision(
        quality=quality, parent=parent, ancestors=chain, name=name, created_at=at, created_by=by
    )
    # The database itself compares the chain with the parent; Django can't do so without it.
    made.full_clean(exclude=["ancestors"])
    made.save()
    _record("created", made, by, at, name=name, parent=made.parent_id)
    return made


@transaction.atomic
def rename_subdivision(*, subdivision: Subdivision, name: str, by: Person, at: datetime) -> bool:
    """Give a subdivision another name; whether it had another one before.

    Raises PermissionDenied, or ValidationError `quality_over`, `subdivision_over`, `name_taken`.
    """
    quality = quality_under_lock(subdivision.quality)
    subdivision = standing(subdivision)
    _check_right(quality, subdivision, by, at)
    before = subdivision.name
    if name == before:
        return False
    subdivision.name = name
    subdivision.full_clean(exclude=["ancestors"])
    subdivision.save(update_fields=["name"])
    _record("renamed", subdivision, by, at, before=before, name=name)
    return True


@transaction.atomic
def move_subdivision(
    *, subdivision: Subdivision, parent: Subdivision | None, by: Person, at: datetime
) -> bool:
    """Put a subdivision, with all that is below it, under another one or at the top; whether it stood elsewhere.

    Raises PermissionDenied, or ValidationError `quality_over`, `subdivision_over`, `own_branch`, `too_deep`,
    `name_taken`.
    """
    quality = quality_under_lock(subdivision.quality)
    subdivision = standing(subdivision)
    parent = standing(parent) if parent else None
    _check_right(quality, subdivision, by, at)
    check_below_own(quality, subdivision, by, at)
    _check_right(quality, parent, by, at)
    chain = _chain(parent)
    if subdivision.pk in chain:
        raise ValidationError(
            _(
                "« %(name)s » ne peut pas passer sous elle-même ou sous une de ses propres subdivisions : "
                "choisissez un autre endroit."
            )
            % {"name": subdivision.name},
            code="own_branch",
        )
    before = subdivision.parent_id
    if before == (parent.pk if parent else None):
        return False
    old_chain = subdivision.ancestors
    branch = Subdivision.objects.branch(subdivision)
    deepest = max(len(each) for each in branch.values_list("ancestors", flat=True)) + 1
    _check_depth(deepest - len(old_chain) + len(chain))
    subdivision.parent, subdivision.ancestors = parent, chain
    subdivision.full_clean(exclude=["ancestors"])
    own_part = Func(F("ancestors"), Value(len(old_chain)), function="trim_array")
    new_chain = Value(chain, output_field=ArrayField(models.BigIntegerField()))
    branch.update(
        parent=Case(
            When(pk=subdivision.pk, then=Value(subdivision.parent_id)),
            default=F("parent"),
            output_field=models.BigIntegerField(),
        ),
        ancestors=Func(own_part, new_chain, function="array_cat"),
    )
    _record("moved", subdivision, by, at, before=before, parent=subdivision.parent_id)
    return True


@transaction.atomic
def remove_subdivision(*, subdivision: Subdivision, by: Person, at: datetime) -> bool:
    """Remove a subdivision in which nothing is left; whether it was still there.

    Raises PermissionDenied, or ValidationError `quality_over`, `not_empty`.
    """
    quality = quality_under_lock(subdivision.quality)
    subdivision = Subdivision.objects.get(pk=subdivision.pk)
    _check_right(quality, subdivision, by, at)
    check_below_own(quality, subdivision, by, at)
    if subdivision.removed_at is not None:
        return False
    members = QualityMember.objects.active().filter(subdivision=subdivision)
    if members.exists() or Subdivision.objects.active().filter(parent=subdivision).exists():
        raise ValidationError(
            _(
                "« %(name)s » n'est pas vide : déplacez d'abord ses utilisateurs et ses subdivisions, ou "
                "supprimez-les."
            )
            % {"name": subdivision.name},
            code="not_empty",
        )
    subdivision.removed_at, subdivision.removed_by = at, by
    subdivision.save(update_fields=["removed_at", "removed_by"])
    _record("removed", subdivision, by, at, name=subdivision.name)
    return True


def quality_under_lock(quality: Quality) -> Quality:
    """The quality as it stands, held until the act is over: two managers never change one tree at once.

    Raises ValidationError `quality_over`.
    """
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    return quality


def standing(subdivision: Subdivision) -> Subdivision:
    """The subdivision as it stands under the lock of its quality. Raises ValidationError `subdivision_over`."""
    fresh = Subdivision.objects.active().filter(pk=subdivision.pk).first()
    if fresh is None:
        raise ValidationError(
            _("Cette subdivision n'existe plus : un autre gestionnaire l'a supprimée."),
            code="subdivision_over",
        )
    return fresh


def check_place(quality: Quality, target: Subdivision | None, by: Person, at: datetime) -> None:
    """May `by` put users there? None is outside of every subdivision.

    Raises PermissionDenied, or ValidationError `outside_branch`.
    """
    on = clock.day_of(at)
    if target is not None and target.quality_id != quality.pk:
        raise PermissionDenied(_("Cette subdivision appartient à une autre qualité."))
    if selectors.manages(by, quality, on=on):
        return
    if selectors.branch_of(by, quality) is None:
        raise PermissionDenied(_("Seuls les gestionnaires de cette qualité placent ses utilisateurs."))
    if target is None or not selectors.manages_subdivision(by, target, on=on):
        raise ValidationError(
            _(
                "Vous ne placez des utilisateurs qu'à l'intérieur de votre branche : pour le reste, adressez-vous à un "
                "gestionnaire de la qualité."
            ),
            code="outside_branch",
        )


def check_below_own(quality: Quality, subdivision: Subdivision, by: Person, at: datetime) -> None:
    """Raises PermissionDenied for who manages the branch that begins with this subdivision, and no more."""
    if selectors.branch_of(by, quality) == subdivision and not selectors.manages(
        by, quality, on=clock.day_of(at)
    ):
        raise PermissionDenied(
            _(
                "On ne déplace ni ne supprime la subdivision que l'on gère soi-même : adressez-vous à un gestionnaire "
                "de la qualité."
            )
        )


def _chain(parent: Subdivision | None) -> list[int]:
    return [parent.pk, *parent.ancestors] if parent else []


def _check_right(quality: Quality, place: Subdivision | None, by: Person, at: datetime) -> None:
    """May `by` change the tree at this place? None is the top of the tree."""
    on = clock.day_of(at)
    if place is not None and place.quality_id != quality.pk:
        raise PermissionDenied(_("Cette subdivision appartient à une autre qualité."))
    if selectors.manages(by, quality, on=on):
        return
    if place is None or not selectors.manages_subdivision(by, place, on=on):
        raise PermissionDenied(
            _(
                "Vous ne gérez que votre subdivision et celles qui en dépendent : adressez-vous à un gestionnaire de "
                "la qualité."
            )
        )


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise ValidationError(
            _("Une subdivision ne peut pas se trouver plus bas que le niveau %(deepest)d.")
            % {"deepest": DEEPEST},
            code="too_deep",
        )


def _record(
    act: str, subdivision: Subdivision, by: Person, at: datetime, **details: str | int | None
) -> None:
    audit.record(f"access_mgmt.subdivision.{act}", subdivision, world=by.world, by=by, at=at, **details)
