"""« Bloquer » and « débloquer » a member: he keeps his place, and may do nothing from it meanwhile (domain.md 3.4)."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import Function, MemberKind
from access_mgmt.models import Quality, QualityMember, RoleAssignment
from access_mgmt.services import delegation
from access_mgmt.services.code_blocks import block_unneeded_codes, lift_code_blocks
from access_mgmt.services.delegation import Act
from access_mgmt.services.notices import tell
from access_mgmt.services.role_assignments import give_all, revoke_all
from bhod_portal.core import audit, clock
from bhod_portal.core.periods import Period
from csam.models import Person


def refusal_to_block(*, member: QualityMember, by: Person, on: date) -> ValidationError | None:
    """Why this active member can't be blocked by that manager; codes `oneself`, `local_manager`, `last_manager`."""
    return delegation.refusal_for(member=member, act=Act.BLOCK, by=by, on=on)


def refusal_to_unblock(*, member: QualityMember, by: Person, on: date) -> ValidationError | None:
    """Why this blocked member can't be unblocked by that manager; codes `oneself`, `local_manager`.

    Who could not block him does not undo it either.
    """
    if member.person_id == by.pk:
        return ValidationError(
            _("On ne se débloque pas soi-même : demandez-le à %(who)s.") % {"who": member.blocked_by},
            code="oneself",
        )
    if member.kind == MemberKind.LOCAL_MANAGER and not selectors.administers(
        by, member.quality.enterprise, on=on
    ):
        return ValidationError(
            _(
                "Seuls les responsables de l'entité peuvent débloquer son Gestionnaire Local : demandez-le à %(who)s."
            )
            % {"who": member.blocked_by},
            code="local_manager",
        )
    return None


@transaction.atomic
def block_member(*, member: QualityMember, by: Person, at: datetime) -> bool:
    """Block a member; says whether he wasn't blocked before, so that a second click does it once.

    He may do nothing in the quality from the next request on, and his functions are withdrawn through the outbox. When
    no other place of his needs them, his user name and password open nothing either. Raises PermissionDenied, or
    ValidationError `member_ended`, `oneself`, `local_manager`, `last_manager`.
    """
    member = _under_lock(member, by, at)
    if member.blocked_at is not None:
        return False
    if refusal := refusal_to_block(member=member, by=by, on=clock.day_of(at)):
        raise refusal
    ended = revoke_all(members=[member], by=by, at=at).get(member.pk, [])
    member.blocked_at, member.blocked_by = at, by
    member.save(update_fields=["blocked_at", "blocked_by"])
    codes_blocked = block_unneeded_codes(person=member.person, by=by, at=at)
    _record(selectors.MEMBER_BLOCKED, member, ended, by, at)
    tell(
        member,
        "access_mgmt/emails/member_blocked",
        at=at,
        by=by,
        functions=[each.get_function_display() for each in ended],
        codes_blocked=codes_blocked and bool(member.person.username),
    )
    return True


@transaction.atomic
def unblock_member(*, member: QualityMember, by: Person, at: datetime) -> bool:
    """Unblock a member and give him again what the block took, with the same dates, through the outbox.

    Functions that have run out meanwhile stay over. Says whether he was blocked. Raises PermissionDenied, or
    ValidationError `member_ended`, `oneself`, `local_manager`.
    """
    member = _under_lock(member, by, at)
    if member.blocked_at is None:
        return False
    on = clock.day_of(at)
    if refusal := refusal_to_unblock(member=member, by=by, on=on):
        raise refusal
    given = selectors.functions_to_give_back(member, on=on)
    member.blocked_at, member.blocked_by = None, None
    member.save(update_fields=["blocked_at", "blocked_by"])
    grants = [(member, Function(each.function), Period(each.valid_from, each.valid_until)) for each in given]
    give_all(grants=grants, moves=[], by=by, at=at)
    lift_code_blocks(members=[member], by=by, at=at)
    _record("access_mgmt.member.unblocked", member, given, by, at)
    tell(
        member,
        "access_mgmt/emails/member_unblocked",
        at=at,
        by=by,
        functions=[each.get_function_display() for each in given],
    )
    return True


def _under_lock(member: QualityMember, by: Person, at: datetime) -> QualityMember:
    # The quality first, as who removes members: two managers don't block each other, nor the last one.
    Quality.objects.select_for_update(of=("self",), no_key=True).get(pk=member.quality_id)
    locked = (
        QualityMember.objects.select_related("quality__enterprise", "person__world", "blocked_by")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.pk)
    )
    if not selectors.manages_member(by, locked, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent bloquer ou débloquer des utilisateurs.")
        )
    if locked.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_ended"
        )
    return locked


def _record(
    act: str, member: QualityMember, assignments: list[RoleAssignment], by: Person, at: datetime
) -> None:
    audit.record(
        act,
        member,
        world=member.person.world,
        by=by,
        at=at,
        person=member.person_id,
        assignments=[each.pk for each in assignments],
    )
