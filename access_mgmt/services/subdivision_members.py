"""Who belongs to a subdivision, and who manages its branch (domain.md 3.1)."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import MANAGING_KINDS, MemberKind
from access_mgmt.models import Quality, QualityMember, Subdivision
from access_mgmt.services.notices import tell
from access_mgmt.services.subdivisions import check_place, quality_under_lock, standing
from bhod_portal.core import audit, clock
from csam.models import Person


@transaction.atomic
def place_members(
    *, quality: Quality, members: Collection[int], subdivision: Subdivision | None, by: Person, at: datetime
) -> list[QualityMember]:
    """Put these users of a quality into a subdivision, or into none, all or nobody; returns those who were elsewhere.

    A subdivision manager does so inside his branch only. Raises PermissionDenied, or ValidationError `quality_over`,
    `subdivision_over`, `outside_branch`, `oneself`, `whole_quality`, `leads_branch`.
    """
    quality = quality_under_lock(quality)
    target = standing(subdivision) if subdivision else None
    on = clock.day_of(at)
    check_place(quality, target, by, at)
    chosen = QualityMember.objects.filter(quality=quality, pk__in=members)
    list(
        chosen.active()
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    known = selectors.members_managed_by(by, quality, on=on).filter(pk__in=members)
    moved = list(known.exclude(subdivision=target).select_related("person").order_by("pk"))
    refusals = [refusal for member in moved if (refusal := _why_not_moved(member, by))]
    if refusals:
        raise ValidationError(refusals)
    QualityMember.objects.filter(pk__in=[member.pk for member in moved]).update(subdivision=target)
    for member in moved:
        before, member.subdivision = member.subdivision_id, target
        audit.record(
            "access_mgmt.member.placed",
            member,
            world=quality.enterprise.world,
            by=by,
            at=at,
            before=before,
            subdivision=target.pk if target else None,
        )
    return moved


@transaction.atomic
def name_subdivision_manager(*, member: QualityMember, by: Person, at: datetime) -> bool:
    """Let a user manage the branch that begins with his subdivision, and tell him; whether he was a user still.

    Raises PermissionDenied, or ValidationError `quality_over`, `member_ended`, `member_blocked`, `oneself`,
    `whole_quality`, `no_subdivision`.
    """
    member = _under_lock(member, by, at)
    if member.kind == MemberKind.SUBDIVISION_MANAGER:
        return False
    if member.kind in MANAGING_KINDS:
        raise _manages_all(member)
    if member.blocked_at is not None:
        raise ValidationError(
            _("%(name)s est bloqué(e) : débloquez d'abord cette personne.") % {"name": member.person},
            code="member_blocked",
        )
    if member.subdivision is None:
        raise ValidationError(
            _("%(name)s n'est dans aucune subdivision : placez d'abord cette personne.")
            % {"name": member.person},
            code="no_subdivision",
        )
    _become(member, MemberKind.SUBDIVISION_MANAGER, "access_mgmt/emails/subdivision_manager_named", by, at)
    return True


@transaction.atomic
def end_subdivision_manager(*, member: QualityMember, by: Person, at: datetime) -> bool:
    """Let a subdivision manager be a user of his subdivision again, and tell him; whether he was manager still.

    Raises PermissionDenied, or ValidationError `quality_over`, `member_ended`, `oneself`.
    """
    member = _under_lock(member, by, at)
    if member.kind != MemberKind.SUBDIVISION_MANAGER:
        return False
    _become(member, MemberKind.USER, "access_mgmt/emails/subdivision_manager_ended", by, at)
    return True


def _under_lock(member: QualityMember, by: Person, at: datetime) -> QualityMember:
    quality_under_lock(member.quality)
    member = (
        QualityMember.objects.select_related("quality__enterprise__world", "person__world", "subdivision")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.pk)
    )
    if not selectors.manages_member(by, member, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette branche ou de la qualité en désignent les gestionnaires.")
        )
    if member.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_ended"
        )
    if member.person_id == by.pk:
        raise _oneself()
    return member


def _become(member: QualityMember, kind: MemberKind, notice: str, by: Person, at: datetime) -> None:
    member.kind = kind
    member.full_clean()
    member.save(update_fields=["kind"])
    named = kind == MemberKind.SUBDIVISION_MANAGER
    audit.record(
        "access_mgmt.subdivision.manager_named" if named else selectors.SUBDIVISION_MANAGER_ENDED,
        member,
        world=member.person.world,
        by=by,
        at=at,
        person=member.person_id,
        subdivision=member.subdivision_id,
    )
    tell(member, notice, at=at, subdivision=member.subdivision)


def _why_not_moved(member: QualityMember, by: Person) -> ValidationError | None:
    if member.person_id == by.pk:
        return _oneself()
    if member.kind in MANAGING_KINDS:
        return _manages_all(member)
    if member.kind == MemberKind.SUBDIVISION_MANAGER:
        return ValidationError(
            _("%(name)s gère une subdivision : mettez d'abord fin à cette gestion.")
            % {"name": member.person},
            code="leads_branch",
        )
    return None


def _manages_all(member: QualityMember) -> ValidationError:
    return ValidationError(
        _("%(name)s gère la qualité entière et n'appartient à aucune subdivision.") % {"name": member.person},
        code="whole_quality",
    )


def _oneself() -> ValidationError:
    return ValidationError(
        _("On ne change pas sa propre place : demandez-le à un autre gestionnaire de la qualité."),
        code="oneself",
    )
