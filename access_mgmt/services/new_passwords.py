"""Links with which members choose a password that no manager ever sees: for a new account, or instead of the old one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import MemberKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.blocking import enterprises_managed_by
from access_mgmt.services import delegation
from access_mgmt.services.notices import tell
from bhod_portal.core import audit, clock
from csam.models import Person
from csam.services import password_links


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """A link, and the address to which it may go."""

    address: str
    url: str


def make_link(*, member: QualityMember, by: Person, at: datetime) -> PasswordLink | None:
    """Withdraw what password the person of a member has and let him choose one; earlier links die.

    Inside the caller's transaction. None where no address of his is safe (`selectors.address_for_link`): he then logs
    in with eID or itsme and chooses it himself.
    """
    password_links.withdraw_password(person=member.person, by=by, at=at)
    address = selectors.address_for_link(member)
    return PasswordLink(address, password_links.link_for(member.person)) if address else None


def make_links(
    *, members: Collection[QualityMember], by: Person, at: datetime
) -> dict[int, PasswordLink | None]:
    """As `make_link` for each of many members of one world, by their keys; in few statements."""
    password_links.withdraw_passwords(persons=[member.person for member in members], by=by, at=at)
    addresses = {member.pk: selectors.address_for_link(member) for member in members}
    return {
        member.pk: PasswordLink(addresses[member.pk], password_links.link_for(member.person))
        if addresses[member.pk]
        else None
        for member in members
    }


def refusal_to_renew(*, member: QualityMember, by: Person, on: date) -> ValidationError | None:
    """Why this member gets no new password from that manager.

    Codes: `oneself`, `username_required`, `member_blocked`, `manager`, `manages_elsewhere`.
    """
    person = member.person
    if person == by:
        return ValidationError(
            _("C'est votre propre mot de passe : changez-le sous « Modifier mon mot de passe »."),
            code="oneself",
        )
    if not person.username:
        return ValidationError(
            _("Cette personne n'a pas de nom d'utilisateur : elle s'identifie avec son eID ou itsme."),
            code="username_required",
        )
    if member.blocked_at is not None:
        return ValidationError(
            _("Cette personne est bloquée : débloquez-la d'abord, ses codes d'accès reviennent avec elle."),
            code="member_blocked",
        )
    if selectors.has_managing_account(person) and not _may_renew_of_managers(member, by, on):
        helpers = delegation.names(selectors.administrators_of(member.quality.enterprise, on=on))
        return ValidationError(
            _(
                "Cette personne gère une entité ou est Gestionnaire Local : un Co-Gestionnaire ou un Gestionnaire de "
                "Subdivision ne remplace pas son mot de passe. Adressez-vous à %(who)s."
            )
            % {"who": helpers or _("son Gestionnaire Local")},
            code="manager",
        )
    if enterprises_managed_by(person) - {member.quality.enterprise_id, *enterprises_managed_by(by)}:
        return ValidationError(
            _(
                "Ce compte sert aussi à gérer une autre entité, que vous ne gérez pas. La personne demande elle-même un "
                "nouveau mot de passe par « Mot de passe oublié ? », ou s'identifie avec son eID ou itsme."
            ),
            code="manages_elsewhere",
        )
    return None


@transaction.atomic
def renew_password(*, member: QualityMember, mark: str, by: Person, at: datetime) -> bool:
    """Withdraw the password of a member and mail him how he chooses another; says whether it was done now.

    `mark` is the `password_mark` that the manager's page was made with: when it fits no more, a second click or
    another manager was faster, or the person chose one himself, and nothing is done. Raises PermissionDenied, or
    ValidationError `member_ended` and those of `refusal_to_renew`.
    """
    Quality.objects.select_for_update(of=("self",), no_key=True).get(pk=member.quality_id)
    member = QualityMember.objects.select_related("quality__enterprise", "person__world").get(pk=member.pk)
    on = clock.day_of(at)
    if not selectors.manages_member(by, member, on=on):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent demander un nouveau mot de passe.")
        )
    if member.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_ended"
        )
    if refusal := refusal_to_renew(member=member, by=by, on=on):
        raise refusal
    # Managers of two qualities share no other lock.
    person = Person.objects.select_related("world").select_for_update(of=("self",), no_key=True)
    member.person = person.get(pk=member.person_id)
    if password_links.password_mark(member.person) != mark:
        return False
    link = make_link(member=member, by=by, at=at)
    audit.record(
        "access_mgmt.member.password_renewed",
        member,
        world=member.person.world,
        by=by,
        at=at,
        person=member.person_id,
        link=link is not None,
    )
    tell(
        member,
        "access_mgmt/emails/member_new_password",
        at=at,
        to=link.address if link else "",
        by=by,
        link=link.url if link else "",
        days=password_links.LINK_LASTS.days,
    )
    return True


def _may_renew_of_managers(member: QualityMember, by: Person, on: date) -> bool:
    local_manager = QualityMember.objects.managers().filter(
        person=by, quality=member.quality, kind=MemberKind.LOCAL_MANAGER
    )
    return local_manager.exists() or selectors.administers(by, member.quality.enterprise, on=on)
