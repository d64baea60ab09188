"""The e-mail by which a manager tells a user of the access that he received (seed 000, step 6 of line 630)."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import QualityMember
from bhod_portal.core import audit, clock, messages
from bhod_portal.core.models import Message
from csam.models import Person


@dataclass(frozen=True, slots=True)
class RoleEmail:
    subject: str
    body: str


def propose_role_email(member: QualityMember, *, by: Person, at: datetime) -> RoleEmail:
    """What the manual asks to write: the functions given, the application, its manual, « environ une heure »."""
    context = {
        "person": member.person,
        "quality": member.quality,
        "assignments": selectors.functions_held(member, on=clock.day_of(at)),
        "application_url": messages.absolute(reverse("prosante_login:landing")),
        "manual_url": messages.absolute(reverse("prosante_login:help")),
        "manager": by,
    }
    with translation.override(member.language):
        subject = render_to_string("access_mgmt/emails/role_given_subject.txt", context)
        body = render_to_string("access_mgmt/emails/role_given_body.txt", context)
    return RoleEmail(" ".join(subject.split()), body.strip())


@transaction.atomic
def send_role_email(*, member: QualityMember, subject: str, body: str, by: Person, at: datetime) -> Message:
    """Send a member of the quality the text that the manager wrote, to the address kept with the quality.

    Raises PermissionDenied, or ValidationError `member_ended`.
    """
    member = (
        QualityMember.objects.select_related("quality__enterprise", "person__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.pk)
    )
    if not selectors.manages_member(by, member, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent écrire ici à ses utilisateurs.")
        )
    if member.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_ended"
        )
    world = member.person.world
    message = messages.send_email(
        world=world,
        to=member.email,
        subject=subject,
        body=body,
        at=at,
        person=member.person,
        language=member.language,
    )
    audit.record(
        "access_mgmt.member.mailed",
        member,
        world=world,
        by=by,
        at=at,
        message=message.pk,
        person=member.person_id,
    )
    return message
