"""A manager's place passes to somebody else: the entity names the local manager, or a manager hands over (decision 8).

Both are one act under the quality's lock, so that there is a manager before, in between and after.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ACTING_KINDS, MANAGING_KINDS, Afterwards, MemberKind, MemberLink
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services import members
from access_mgmt.services.accounts import open_account
from access_mgmt.services.code_blocks import lift_code_blocks
from access_mgmt.services.member_endings import end_members
from access_mgmt.services.new_passwords import make_link
from access_mgmt.services.notices import tell
from access_mgmt.services.qualities import link_to_name
from bhod_portal.core import audit, clock
from bhod_portal.core import messages as mails
from bhod_portal.core.messages import Email
from csam.enums import Language
from csam.models import Person
from csam.services.password_links import LINK_LASTS


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes a place; what comes after `person` is only of somebody who is no member of the quality yet."""

    person: Person
    email: str = ""
    username: str = ""
    link: MemberLink = MemberLink.MEMBER


@transaction.atomic
def name_local_manager(
    *,
    quality: Quality,
    successor: Successor,
    former: QualityMember | None,
    afterwards: Afterwards,
    by: Person,
    at: datetime,
) -> QualityMember:
    """Name the local manager of an active quality, or replace him by somebody; the same one again changes nothing.

    `former` is the local manager whom `by` looked at when he chose what becomes of him. Raises PermissionDenied, or
    ValidationError `quality_over`, `changed_meanwhile`, `not_member`, `member_blocked`, `stopped_person`,
    `manager_not_linked`, `username_required`, `username_taken`.
    """
    quality = _under_lock(quality)
    if not selectors.administers(by, quality.enterprise, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires d'accès de l'entité peuvent désigner un Gestionnaire Local.")
        )
    _check_active(quality)
    present = _members(quality).filter(kind=MemberKind.LOCAL_MANAGER).first()
    if present and present.person_id == successor.person.pk:
        return present
    if present != former:
        raise ValidationError(
            _(
                "Le Gestionnaire Local a changé entre-temps (à présent : %(who)s). "
                "Choisissez à nouveau, puis confirmez."
            )
            % {"who": present.person if present else _("personne")},
            code="changed_meanwhile",
        )
    member = _unblocked_member(quality, successor.person)
    if member is None:
        link = _may_be_local_manager(quality, successor, by, at)
    # One local manager at a time: the former one makes room first.
    if present:
        _step_back(present, afterwards, "access_mgmt/emails/local_manager_replaced", by, at)
    new_account = member is None and not selectors.has_account(successor.person)
    if member is None:
        member = _new_local_manager(quality, successor, link, by, at)
    else:
        _become(member, MemberKind.LOCAL_MANAGER)
    audit.record(
        selectors.LOCAL_MANAGER_NAMED,
        member,
        world=quality.enterprise.world,
        by=by,
        at=at,
        quality=quality.pk,
        person=member.person_id,
        former=present.person_id if present else None,
        afterwards=afterwards.value if present else "",
    )
    # He himself is at work with another key, and chooses a password when he likes.
    link_sent = make_link(member=member, by=by, at=at) if new_account and member.person != by else None
    tell(
        member,
        "access_mgmt/emails/local_manager_named",
        at=at,
        to=link_sent.address if link_sent else "",
        password_from=None,
        new_account=new_account,
        link=link_sent.url if link_sent else "",
        days=LINK_LASTS.days,
    )
    return member


@transaction.atomic
def hand_over(
    *, quality: Quality, successor: Successor, afterwards: Afterwards, by: Person, at: datetime
) -> QualityMember:
    """Give one's own place of manager to somebody, and be a user or gone oneself; returns the successor.

    A local or co-local manager makes a co-local manager, for naming the local manager is the entity's right; a
    subdivision manager lets a member of his branch manage it. Raises PermissionDenied, or ValidationError
    `quality_over`, `no_place` (a second click too), `oneself`, `not_offered`, `not_member`, `outside_branch`,
    `member_blocked`, and what `members.add_member` refuses.
    """
    quality = _under_lock(quality)
    _check_active(quality)
    place = _members(quality).filter(person=by).first()
    if place is None or place.kind not in ACTING_KINDS or place.blocked_at is not None:
        raise ValidationError(
            _("Vous n'êtes plus gestionnaire de cette qualité : il n'y a rien à remettre."), code="no_place"
        )
    if successor.person.pk == by.pk:
        raise ValidationError(_("Choisissez quelqu'un d'autre que vous-même."), code="oneself")
    if afterwards not in (Afterwards.USER, Afterwards.GONE):
        raise ValidationError(_("Choisissez de rester utilisateur ou de partir."), code="not_offered")
    was_local_manager = place.kind == MemberKind.LOCAL_MANAGER
    member = _unblocked_member(quality, successor.person)
    if member is None:
        member = _newcomer(quality, place, successor, by, at)
    else:
        _take_over(member, place)
        tell(member, "access_mgmt/emails/successor_named", at=at, by=by)
    _step_back(place, afterwards, "access_mgmt/emails/handed_over", by, at)
    audit.record(
        selectors.HANDED_OVER,
        quality,
        world=quality.enterprise.world,
        by=by,
        at=at,
        successor=member.pk,
        afterwards=afterwards.value,
    )
    if was_local_manager:
        _tell_entity(quality, by, at)
    return member


def _under_lock(quality: Quality) -> Quality:
    # One manager at a time per quality: two who replace each other leave one.
    return (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )


def _check_active(quality: Quality) -> None:
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")


def _members(quality: Quality) -> QuerySet[QualityMember]:
    return (
        QualityMember.objects.active()
        .filter(quality=quality)
        .select_related("person__world", "quality__enterprise__world", "subdivision")
        .select_for_update(of=("self",), no_key=True)
    )


def _unblocked_member(quality: Quality, person: Person) -> QualityMember | None:
    member = _members(quality).filter(person=person).first()
    if member and member.blocked_at is not None:
        raise ValidationError(
            _(
                "%(name)s est bloqué(e) dans la qualité : débloquez d'abord cette personne, ou choisissez-en une autre."
            )
            % {"name": person},
            code="member_blocked",
        )
    return member


def _check_complete(successor: Successor) -> None:
    if not successor.email:
        raise ValidationError(
            _("%(name)s ne figure plus parmi les membres de la qualité : choisissez à nouveau.")
            % {"name": successor.person},
            code="not_member",
        )


def _may_be_local_manager(
    quality: Quality, successor: Successor, by: Person, at: datetime
) -> MemberLink | None:
    _check_complete(successor)
    return link_to_name(successor.person, quality.enterprise, by, at)


def _new_local_manager(
    quality: Quality, successor: Successor, link: MemberLink | None, by: Person, at: datetime
) -> QualityMember:
    person = open_account(person=successor.person, username=successor.username)
    member = QualityMember(
        quality=quality,
        person=person,
        kind=MemberKind.LOCAL_MANAGER,
        link=link or MemberLink.MEMBER,
        title=selectors.title_of(person),
        language=person.language,
        email=successor.email,
        added_at=at,
        added_by=by,
    )
    member.full_clean()
    member.save()
    lift_code_blocks(members=[member], by=by, at=at)
    return member


def _newcomer(
    quality: Quality, place: QualityMember, successor: Successor, by: Person, at: datetime
) -> QualityMember:
    _check_complete(successor)
    if place.kind not in MANAGING_KINDS:
        raise _outside_branch()
    person = successor.person
    return members.add_member(
        quality=quality,
        kind=MemberKind.CO_LOCAL_MANAGER,
        person=person,
        link=successor.link,
        title=selectors.title_of(person),
        language=Language(person.language),
        email=successor.email,
        local_email="",
        secured_applications=[],
        username=successor.username,
        by=by,
        at=at,
    )


def _take_over(member: QualityMember, place: QualityMember) -> None:
    if place.kind in MANAGING_KINDS:
        if member.kind not in MANAGING_KINDS:
            _become(member, MemberKind.CO_LOCAL_MANAGER)
        return
    top = place.subdivision
    below = member.subdivision
    inside = below is not None and top is not None and top.pk in (below.pk, *below.ancestors)
    if not inside:
        raise _outside_branch()
    member.kind = MemberKind.SUBDIVISION_MANAGER
    member.subdivision = top
    member.save(update_fields=["kind", "subdivision"])


def _outside_branch() -> ValidationError:
    return ValidationError(
        _(
            "Un Gestionnaire de Subdivision remet sa place à un membre de sa branche ; pour quelqu'un d'autre, "
            "adressez-vous à un gestionnaire de la qualité."
        ),
        code="outside_branch",
    )


def _become(member: QualityMember, kind: MemberKind) -> None:
    member.kind = kind
    # Who manages the whole quality belongs to no part of it.
    member.subdivision = None
    member.save(update_fields=["kind", "subdivision"])


def _step_back(member: QualityMember, afterwards: Afterwards, notice: str, by: Person, at: datetime) -> None:
    was = member.get_kind_display()
    functions = []
    if afterwards == Afterwards.GONE:
        ended = end_members(members=[member], by=by, at=at)
        functions = [each.get_function_display() for each in ended.get(member.pk, [])]
    else:
        member.kind = MemberKind(afterwards.value)
        member.save(update_fields=["kind"])
    tell(
        member,
        notice,
        at=at,
        by=by,
        was=was,
        gone=afterwards == Afterwards.GONE,
        functions=functions,
    )


def _tell_entity(quality: Quality, by: Person, at: datetime) -> None:
    path = reverse("access_mgmt:local_manager_name", args=[quality.pk])
    letters = []
    for manager in selectors.entity_managers_of(quality.enterprise, on=clock.day_of(at)):
        if manager.person_id == by.pk:
            continue
        context = {
            "person": manager.person,
            "quality": quality,
            "by": by,
            "address": mails.absolute(path),
        }
        with translation.override(manager.person.language):
            stem = "access_mgmt/emails/local_manager_missing"
            subject = render_to_string(f"{stem}_subject.txt", context)
            body = render_to_string(f"{stem}_body.txt", context)
        letters.append(Email(manager.email, subject, body, manager.person))
    mails.send_emails(letters, world=quality.enterprise.world, at=at)
