"""Members of a quality: users and co-local managers, added by NISS (seed 000, lines 298-384)."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ADDED_KINDS, MemberKind, MemberLink, SecuredApplication
from access_mgmt.models import Quality, QualityMember, Subdivision
from access_mgmt.services.accounts import open_account
from access_mgmt.services.code_blocks import lift_code_blocks
from access_mgmt.services.new_passwords import make_link
from access_mgmt.services.notices import tell
from access_mgmt.services.subdivisions import check_place, standing
from bhod_portal.core import audit, clock
from csam.enums import Language, Title
from csam.models import Person
from csam.selectors import person_with_niss
from csam.services.password_links import LINK_LASTS


@transaction.atomic
def add_member(
    *,
    quality: Quality,
    kind: MemberKind,
    person: Person,
    link: MemberLink,
    title: Title,
    language: Language,
    email: str,
    local_email: str,
    secured_applications: Sequence[SecuredApplication],
    username: str,
    by: Person,
    at: datetime,
    subdivision: Subdivision | None = None,
) -> QualityMember:
    """Add a user or a co-local manager; a person who has a user name keeps it, whatever `username` says.

    Who has no password of his own gets a link to choose one, which goes to an address that is surely his, or is told
    how to do without. Codes that were blocked in another quality open again.

    Who manages a branch adds users to its subdivisions only. Raises PermissionDenied, or ValidationError
    `quality_over`, `subdivision_over`, `not_offered`, `unknown_person`, `stopped_person`, `oneself`, `already_member`,
    `username_required`, `username_taken`.
    """
    # One manager at a time per quality: full_clean() then sees what the other one just wrote.
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )
    check_candidate(quality=quality, kind=kind, person=person, by=by, at=at)
    place = standing(subdivision) if subdivision else None
    check_place(quality, place, by, at)
    had_account = selectors.has_account(person)
    person = open_account(person=person, username=username)
    member = QualityMember(
        quality=quality,
        person=person,
        subdivision=place,
        kind=kind,
        link=link,
        title=title,
        language=language,
        email=email,
        local_email=local_email,
        secured_applications=list(secured_applications),
        added_at=at,
        added_by=by,
    )
    member.full_clean()
    member.save()
    audit.record(
        "access_mgmt.member.added",
        member,
        world=quality.enterprise.world,
        by=by,
        at=at,
        kind=kind.value,
        person=person.pk,
    )
    lift_code_blocks(members=[member], by=by, at=at)
    invitation = None if had_account else make_link(member=member, by=by, at=at)
    tell(
        member,
        "access_mgmt/emails/member_added",
        at=at,
        to=invitation.address if invitation else "",
        new_account=not had_account,
        link=invitation.url if invitation else "",
        days=LINK_LASTS.days,
        functions=[],
    )
    return member


def find_candidate(*, quality: Quality, kind: MemberKind, niss: str, by: Person, at: datetime) -> Person:
    """The person of the world who has this NISS and may be added; who looked for whom is kept in the trail.

    Raises PermissionDenied, or ValidationError `quality_over`, `not_offered`, `unknown_person`, `stopped_person`,
    `oneself`, `already_member`.
    """
    world = quality.enterprise.world
    person = person_with_niss(world, niss)
    found = person.pk if person else None
    audit.record("access_mgmt.member.looked_up", quality, world=world, by=by, at=at, person=found)
    return check_candidate(quality=quality, kind=kind, person=person, by=by, at=at)


def check_candidate(
    *, quality: Quality, kind: MemberKind, person: Person | None, by: Person, at: datetime
) -> Person:
    """The person, unless this manager can't add him to the quality in this capacity; codes as of `add_member`."""
    if not selectors.manages_somebody(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent ajouter des utilisateurs.")
        )
    if kind != MemberKind.USER and not selectors.manages(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de la qualité entière nomment un Co-Gestionnaire Local.")
        )
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    if kind not in ADDED_KINDS:
        raise ValidationError(
            _("Le Gestionnaire Local est désigné à l'activation de la qualité."), code="not_offered"
        )
    if person is None or person.world_id != quality.enterprise.world_id:
        raise _unknown()
    if not person.is_active:
        raise ValidationError(
            _("Cette personne est arrêtée au registre (décédée ou radiée) : on ne peut plus l'ajouter."),
            code="stopped_person",
        )
    if person == by:
        raise ValidationError(
            _(
                "C'est votre propre NISS : on ne s'ajoute pas soi-même. "
                "Demandez-le à un autre gestionnaire de l'entité ou de la qualité."
            ),
            code="oneself",
        )
    if QualityMember.objects.active().filter(quality=quality, person=person).exists():
        raise ValidationError(
            _(
                "Cette personne figure déjà parmi les utilisateurs de la qualité : "
                "retrouvez-la dans la liste ci-dessus."
            )
            if selectors.manages(by, quality, on=clock.day_of(at))
            else _(
                "Cette personne figure déjà parmi les utilisateurs de la qualité. Si elle n'est pas dans votre branche, "
                "un gestionnaire de la qualité peut l'y placer."
            ),
            code="already_member",
        )
    return person


def _unknown() -> ValidationError:
    return ValidationError(
        _(
            "Aucune personne connue n'a ce NISS. Vérifiez chaque chiffre sur la carte d'identité de la personne ; "
            "sans numéro de registre national, elle doit d'abord demander un numéro BIS."
        ),
        code="unknown_person",
    )
