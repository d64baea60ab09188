"""« Supprimer utilisateur(s) » (seed 000, line 323): members end, and with them their functions, through the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember, RoleAssignment
from access_mgmt.services import delegation
from access_mgmt.services.delegation import Act
from access_mgmt.services.member_endings import end_members
from access_mgmt.services.notices import tell_all
from bhod_portal.core import audit, clock
from csam.models import Person


@dataclass(frozen=True, slots=True)
class Removal:
    """What it means to remove a member: the functions that end with him, or why he can't be removed."""

    member: QualityMember
    assignments: Sequence[RoleAssignment]
    refusal: ValidationError | None


def removals_of(*, quality: Quality, members: Collection[int], by: Person, on: date) -> list[Removal]:
    """What the removal of these active members at once would mean, by name; others than those whom `by` manages are left out.

    Codes of the refusals: `oneself`, `local_manager`, `last_manager`.
    """
    assignments = selectors.current_assignments(on).order_by("valid_from", "pk")
    chosen = list(
        selectors.members_managed_by(by, quality, on=on)
        .filter(pk__in=members)
        .order_by("person__sort_name", "pk")
        .select_related("person__world", "quality__enterprise")
        .prefetch_related(Prefetch("assignments", queryset=assignments, to_attr="ending"))
    )
    refusals = delegation.refusals_for(quality=quality, members=chosen, act=Act.REMOVE, by=by, on=on)
    return [Removal(member, member.ending, refusals.get(member.pk)) for member in chosen]


@transaction.atomic
def remove_members(
    *, quality: Quality, members: Collection[int], by: Person, at: datetime
) -> list[QualityMember]:
    """End these members of a quality, all of them or none, and tell each; returns those who were still there.

    Their functions go on working until the change has propagated. Raises PermissionDenied, or ValidationError
    `quality_over`, `oneself`, `local_manager`, `last_manager`.
    """
    # One manager at a time per quality: two co-local managers don't remove each other, nor the last one.
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )
    if not selectors.manages_somebody(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent supprimer des utilisateurs.")
        )
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    active = QualityMember.objects.active().filter(quality=quality, pk__in=members)
    # No function is given meanwhile to who is about to go.
    list(active.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    removals = removals_of(quality=quality, members=members, by=by, on=clock.day_of(at))
    refusals = [removal.refusal for removal in removals if removal.refusal]
    if refusals:
        raise ValidationError(refusals)
    gone = [removal.member for removal in removals]
    ended = end_members(members=gone, by=by, at=at)
    audit.record_all(
        "access_mgmt.member.removed",
        (
            (
                member,
                {
                    "person": member.person_id,
                    "assignments": [assignment.pk for assignment in ended.get(member.pk, [])],
                },
            )
            for member in gone
        ),
        world=quality.enterprise.world,
        by=by,
        at=at,
    )
    tell_all(gone, "access_mgmt/emails/member_removed", at=at)
    return gone
