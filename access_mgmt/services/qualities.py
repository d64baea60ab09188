"""Qualities of an entity: activated by its access managers, or opened by itself for an ONSS employer."""

import logging
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import OFFERED_QUALITIES, MemberKind, MemberLink, QualityKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.blocking import asks_first_password
from access_mgmt.services.accounts import open_account
from access_mgmt.services.code_blocks import lift_code_blocks
from access_mgmt.services.member_endings import end_members
from access_mgmt.services.new_passwords import make_link
from access_mgmt.services.notices import tell, tell_all
from bhod_portal.core import audit, clock
from csam.models import Enterprise, Person
from csam.selectors import gap_of, person_with_niss
from csam.services.password_links import LINK_LASTS
from csam.services.passwords import TEMPORARY_FOR

logger = logging.getLogger(__name__)


@transaction.atomic
def activate_quality(
    *,
    enterprise: Enterprise,
    kind: QualityKind,
    contact_email: str,
    manager: Person,
    username: str,
    password_hash: str,
    email: str,
    by: Person,
    at: datetime,
) -> Quality:
    """Activate a quality with its local manager (seed 000, lines 187-191).

    A manager who has an account keeps it, whatever `username` and `password_hash` say; one on whose account more hangs
    (`asks_first_password`) gets a link to choose his password. Raises PermissionDenied, or
    ValidationError `not_registered`, `enterprise_stopped`, `not_offered`, `already_active`, `stopped_person`,
    `manager_not_linked`, `username_required`, `username_taken`, `password_required`.
    """
    # One manager at a time per enterprise: full_clean() then sees what the other one just wrote.
    enterprise = Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    if not selectors.administers(by, enterprise, on=clock.day_of(at)):
        raise _not_entity_manager()
    _check_entity(enterprise, kind, at)
    quality = _open(enterprise, kind, contact_email, by, at)
    link = link_to_name(manager, enterprise, by, at)
    had_account = selectors.has_account(manager)
    first_password = asks_first_password(manager, enterprise, by=by)
    if first_password and not password_hash:
        raise ValidationError(
            _("Choisissez un mot de passe pour le gestionnaire local."), code="password_required"
        )
    manager = open_account(
        person=manager,
        username=username,
        password_hash=password_hash if first_password else "",
        # Somebody else knows it.
        temporary_until=None if manager == by else at + TEMPORARY_FOR,
    )
    member = _name_local_manager(quality, manager, link, email)
    lift_code_blocks(members=[member], by=by, at=at)
    audit.record(
        "access_mgmt.quality.activated",
        quality,
        world=enterprise.world,
        by=by,
        at=at,
        kind=kind.value,
        local_manager=manager.pk,
    )
    invites = not (had_account or first_password)
    invitation = make_link(member=member, by=by, at=at) if invites else None
    tell(
        member,
        "access_mgmt/emails/local_manager_named",
        at=at,
        to=invitation.address if invitation else "",
        password_from=by if first_password and by != manager else None,
        new_account=invites,
        link=invitation.url if invitation else "",
        days=LINK_LASTS.days,
    )
    return quality


@transaction.atomic
def deactivate_quality(*, quality: Quality, by: Person, at: datetime) -> None:
    """Deactivate a quality: its functions end through the outbox, its members end with it; each is mailed.

    The quality may be activated again, as a new one. Raises PermissionDenied, or ValidationError `employer`,
    `quality_over`.
    """
    enterprise = Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=quality.enterprise_id)
    if not selectors.administers(by, enterprise, on=clock.day_of(at)):
        raise _not_entity_manager()
    # After the enterprise, as an activation does; whoever adds a member waits for the quality.
    quality = Quality.objects.select_for_update(of=("self",), no_key=True).get(pk=quality.pk)
    quality.enterprise = enterprise
    check_deactivation(quality=quality)
    active = QualityMember.objects.active().filter(quality=quality).select_related("person__world")
    members = list(active.select_for_update(of=("self",), no_key=True).order_by("pk"))
    ended = end_members(members=members, by=by, at=at)
    quality.deactivated_at = at
    quality.deactivated_by = by
    quality.save(update_fields=["deactivated_at", "deactivated_by"])
    audit.record(
        "access_mgmt.quality.deactivated",
        quality,
        world=enterprise.world,
        by=by,
        at=at,
        kind=quality.kind,
        members=len(members),
        functions=sum(map(len, ended.values())),
    )
    for member in members:
        member.quality = quality
    tell_all(
        members,
        "access_mgmt/emails/quality_deactivated",
        at=at,
        own={
            pk: {"functions": [each.get_function_display() for each in functions]}
            for pk, functions in ended.items()
        },
        by=by,
        functions=[],
    )


def check_deactivation(*, quality: Quality) -> None:
    """Refuse, with the codes of `deactivate_quality`, a quality that can't be deactivated now."""
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité est déjà désactivée."), code="quality_over")
    if quality.kind == QualityKind.EMPLOYER and quality.enterprise.onss_number:
        raise ValidationError(
            _(
                "L'entreprise est inscrite comme employeur à l'ONSS : sa qualité « Employeur ONSS » reste active tant "
                "qu'elle l'est. Elle met fin à cette inscription auprès de l'ONSS."
            ),
            code="employer",
        )


def open_employer_qualities(*, real_now: datetime) -> int:
    """Give each registered ONSS employer « Employeur ONSS » with the GAP as local manager; returns how many.

    Safe to run twice at once, or twice in a row; a quality that was deactivated is not opened again. An employer whose
    data don't allow it is logged, and holds no other up.
    """
    opened = 0
    for pk in list(selectors.employers_without_quality().values_list("pk", flat=True)):
        try:
            opened += _open_for_employer(pk, real_now=real_now)
        except (ValidationError, DatabaseError) as error:
            logger.warning("no employer quality for enterprise %d: %s", pk, type(error).__name__)
    return opened


def find_local_manager(*, enterprise: Enterprise, niss: str, by: Person, at: datetime) -> Person:
    """The person with this NISS who may become local manager; who looked for whom is kept in the trail.

    Raises PermissionDenied, or ValidationError `unknown_person`, `stopped_person`, `manager_not_linked`.
    """
    if not selectors.administers(by, enterprise, on=clock.day_of(at)):
        raise _not_entity_manager()
    person = person_with_niss(enterprise.world, niss)
    found = person.pk if person else None
    audit.record(
        "access_mgmt.local_manager.looked_up", enterprise, world=enterprise.world, by=by, at=at, person=found
    )
    if person is None:
        raise ValidationError(
            _(
                "Aucune personne connue n'a ce NISS. Vérifiez chaque chiffre sur la carte d'identité de la personne, "
                "ou désignez-vous vous-même."
            ),
            code="unknown_person",
        )
    link_to_name(person, enterprise, by, at)
    return person


def link_to_name(manager: Person, enterprise: Enterprise, by: Person, at: datetime) -> MemberLink | None:
    """What ties a local manager to be named to the enterprise; only oneself may have no tie.

    Raises ValidationError `stopped_person`, `manager_not_linked`.
    """
    if not manager.is_active:
        raise ValidationError(
            _("Cette personne est arrêtée au registre (décédée ou radiée) : choisissez quelqu'un d'autre."),
            code="stopped_person",
        )
    link = selectors.link_between(manager, enterprise, on=clock.day_of(at))
    if link is None and manager != by:
        raise ValidationError(
            _(
                "Cette personne n'est ni membre du personnel ni représentant légal de l'entreprise. Choisissez "
                "quelqu'un qui l'est, ou désignez-vous vous-même : il sera possible d'ajouter des utilisateurs ensuite."
            ),
            code="manager_not_linked",
        )
    return link


def _not_entity_manager() -> PermissionDenied:
    return PermissionDenied(
        _("Seuls les gestionnaires d'accès de l'entité peuvent activer ou désactiver une qualité.")
    )


@transaction.atomic
def _open_for_employer(enterprise_pk: int, *, real_now: datetime) -> bool:
    # A second beat, or a manager at work in the enterprise: this one comes again in a few seconds.
    enterprise = (
        selectors.employers_without_quality()
        .select_related("world")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=enterprise_pk)
        .first()
    )
    gap = gap_of(enterprise) if enterprise else None
    if enterprise is None or gap is None:
        return False
    at = clock.at(enterprise.world, real_now)
    quality = _open(enterprise, QualityKind.EMPLOYER, gap.email, gap.person, at)
    link = selectors.link_between(gap.person, enterprise, on=clock.day_of(at))
    _name_local_manager(quality, gap.person, link, gap.email)
    audit.record(
        "access_mgmt.quality.opened_for_employer",
        quality,
        world=enterprise.world,
        by=gap.person,
        at=at,
        local_manager=gap.person_id,
    )
    return True


def _check_entity(enterprise: Enterprise, kind: QualityKind, at: datetime) -> None:
    if enterprise.registered_at is None:
        raise ValidationError(
            _("Cette entreprise n'est pas encore enregistrée dans CSAM."), code="not_registered"
        )
    if not enterprise.is_active(clock.day_of(at)):
        raise ValidationError(
            _("Cette entreprise est arrêtée à la BCE : aucune qualité ne peut être activée."),
            code="enterprise_stopped",
        )
    if kind not in OFFERED_QUALITIES:
        raise ValidationError(
            _("Cette qualité s'ouvre d'elle-même pour un employeur inscrit à l'ONSS."), code="not_offered"
        )


def _open(enterprise: Enterprise, kind: QualityKind, contact_email: str, by: Person, at: datetime) -> Quality:
    quality = Quality(
        enterprise=enterprise, kind=kind, contact_email=contact_email, activated_at=at, activated_by=by
    )
    quality.full_clean()
    quality.save()
    return quality


def _name_local_manager(
    quality: Quality, person: Person, link: MemberLink | None, email: str
) -> QualityMember:
    member = QualityMember(
        quality=quality,
        person=person,
        kind=MemberKind.LOCAL_MANAGER,
        link=link or MemberLink.MEMBER,
        title=selectors.title_of(person),
        language=person.language,
        email=email,
        added_at=quality.activated_at,
        added_by=quality.activated_by,
    )
    member.full_clean()
    member.save()
    return member
