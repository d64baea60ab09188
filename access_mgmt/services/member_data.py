"""The data of a member, changed by who manages him; among them whether he manages the quality himself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ADDED_KINDS, MANAGING_KINDS, MemberKind, MemberLink, SecuredApplication
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services.delegation import Act, refusal_for
from access_mgmt.services.notices import tell
from bhod_portal.core import audit, clock
from bhod_portal.core.overtaking import check_seen
from csam.enums import Language, Title
from csam.models import Person


@transaction.atomic
def change_member(
    *,
    member: QualityMember,
    kind: MemberKind,
    link: MemberLink,
    title: Title,
    language: Language,
    email: str,
    local_email: str,
    secured_applications: Sequence[SecuredApplication],
    seen: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> bool:
    """Change the data of a member for someone who last saw the values `seen`; returns whether anything changed.

    A user who becomes co-local manager leaves his subdivision. Raises PermissionDenied, or ValidationError
    `quality_over`, `member_over`, `changed_meanwhile`, and of another kind `not_offered`, `oneself`, `last_manager`.
    """
    # One manager at a time per quality: two co-local managers don't make users of one another.
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.quality_id)
    )
    fresh = (
        QualityMember.objects.select_related("person__world", "quality__enterprise")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.pk)
    )
    if not selectors.manages_member(by, fresh, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette personne peuvent modifier ses données dans la qualité.")
        )
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    if fresh.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_over"
        )
    now = selectors.member_values(fresh)
    wanted = {
        "title": str(title),
        "language": str(language),
        "email": email,
        "local_email": local_email,
        "link": str(link),
        "secured_applications": [each.value for each in SecuredApplication if each in secured_applications],
        "kind": str(kind),
    }
    check_seen(seen=seen, now=now, wanted=wanted)
    changed = [name for name in now if now[name] != wanted[name]]
    if not changed:
        return False
    if "kind" in changed:
        check_kind(member=fresh, kind=kind, by=by, at=at)
        if kind in MANAGING_KINDS:
            fresh.subdivision = None
    for name in changed:
        setattr(fresh, name, wanted[name])
    fresh.full_clean()
    fresh.save(update_fields=[*changed, "subdivision"])
    audit.record(
        selectors.MEMBER_CHANGED,
        fresh,
        world=quality.enterprise.world,
        by=by,
        at=at,
        changed=changed,
        **({"kind": wanted["kind"]} if "kind" in changed else {}),
    )
    if "kind" in changed:
        tell(fresh, "access_mgmt/emails/member_kind_changed", at=at, by=by)
    if "email" in changed:
        # To the address that he had: whoever reads the new one knows of it.
        fresh.email = now["email"]
        tell(fresh, "access_mgmt/emails/member_address_changed", at=at, by=by, address=email)
        fresh.email = email
    return True


def check_kind(*, member: QualityMember, kind: MemberKind, by: Person, at: datetime) -> None:
    """Refuse that `by` makes a member something else; codes as of `change_member`."""
    if not selectors.manages(by, member.quality, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de la qualité entière nomment un Co-Gestionnaire Local.")
        )
    if kind not in ADDED_KINDS or member.kind not in ADDED_KINDS:
        raise ValidationError(
            _("Le type de cette personne ne se modifie pas sur cette page."), code="not_offered"
        )
    if kind not in MANAGING_KINDS:
        refusal = refusal_for(member=member, act=Act.DEMOTE, by=by, on=clock.day_of(at))
        if refusal:
            raise refusal
    elif member.person_id == by.pk:
        raise ValidationError(
            _(
                "On ne se nomme pas soi-même : demandez-le à un autre gestionnaire de l'entité ou de la qualité."
            ),
            code="oneself",
        )
