"""Mails to members, each in his language; `notice` is the stem of the pair of templates."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.template import loader
from django.template.loader import render_to_string
from django.utils import translation

from access_mgmt.models import QualityMember
from bhod_portal.core import messages
from bhod_portal.core.messages import Email


def tell(member: QualityMember, notice: str, *, at: datetime, to: str = "", **context: Any) -> None:
    """Mail one member, at the address that his manager gave unless `to` says another one."""
    with translation.override(member.language):
        context |= {"member": member, "person": member.person, "quality": member.quality}
        subject = render_to_string(f"{notice}_subject.txt", context)
        body = render_to_string(f"{notice}_body.txt", context)
    messages.send_email(
        world=member.person.world,
        to=to or member.email,
        subject=subject,
        body=body,
        at=at,
        person=member.person,
        language=member.language,
    )


def tell_all(
    members: Collection[QualityMember],
    notice: str,
    *,
    at: datetime,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    **context: Any,
) -> None:
    """Mail many members of one world in few statements; `own` adds by member's key what only he is told, `to` among
    it another address than the one that his manager gave.

    The subject may tell of the quality, not of the member: it is rendered once per language. Reads `person.world` and
    `quality` of each, to be selected along.
    """
    if members:
        world = next(iter(members)).person.world
        messages.send_emails(_letters(members, notice, own or {}, context), world=world, at=at)


def _letters(
    members: Collection[QualityMember],
    notice: str,
    own: Mapping[int, Mapping[str, Any]],
    context: Mapping[str, Any],
) -> Iterator[Email]:
    subject = loader.get_template(f"{notice}_subject.txt")
    body = loader.get_template(f"{notice}_body.txt")
    for language in sorted({member.language for member in members}):
        with translation.override(language):
            subjects: dict[int, str] = {}
            for member in members:
                if member.language != language:
                    continue
                quality = member.quality
                if quality.pk not in subjects:
                    subjects[quality.pk] = subject.render({**context, "quality": quality})
                his = own.get(member.pk, {})
                told = {
                    **context,
                    **his,
                    "member": member,
                    "person": member.person,
                    "quality": quality,
                }
                to = his.get("to") or member.email
                yield Email(to, subjects[quality.pk], body.render(told), member.person, language)
