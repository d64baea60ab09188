from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from access_mgmt.models import QualityMember
from bhod_portal.core import messages


def tell(member: QualityMember, notice: str, *, at: datetime, **context: Any) -> None:
    """Mail a member in his language; `notice` is the stem of the pair of templates."""
    with translation.override(member.language):
        context |= {"member": member, "person": member.person, "quality": member.quality}
        subject = render_to_string(f"{notice}_subject.txt", context)
        body = render_to_string(f"{notice}_body.txt", context)
    messages.send_email(
        world=member.person.world, to=member.email, subject=" ".join(subject.split()), body=body, at=at
    )
