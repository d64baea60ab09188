"""Mails to persons about files and mandates; `notice` is the stem of the pair of templates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from bhod_portal.core.messages import send_email
from csam.models import Person


def tell(persons: Iterable[Person], notice: str, *, at: datetime, **context: Any) -> None:
    """Mail each of these persons, in his language, who has an address; who has none can't be told."""
    for person in persons:
        if not person.email:
            continue
        with translation.override(person.language):
            told = context | {"person": person, "at": at}
            subject = render_to_string(f"{notice}_subject.txt", told).strip()
            body = render_to_string(f"{notice}_body.txt", told)
        send_email(world=person.world, to=person.email, subject=subject, body=body, at=at, person=person)
