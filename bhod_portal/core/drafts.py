"""Drafts of flows of several pages: saved at each « Suivant », taken at « Confirmer »."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from bhod_portal.core.models import Draft


def read(*, person: AbstractBaseUser, flow: str, subject: str = "") -> dict[str, Any]:
    """What was typed so far; an empty dict when there is nothing yet."""
    draft = Draft.objects.filter(person_id=person.pk, flow=flow, subject=subject).first()
    return dict(draft.data) if draft else {}


def save(*, person: AbstractBaseUser, flow: str, subject: str = "", **data: Any) -> None:
    """Add to what was typed so far; keys that are given replace older ones."""
    draft, created = Draft.objects.get_or_create(
        person_id=person.pk, flow=flow, subject=subject, defaults={"data": data}
    )
    if not created:
        draft.data |= data
        draft.save(update_fields=["data", "saved_at"])


def discard(*, person: AbstractBaseUser, flow: str, subject: str = "") -> None:
    Draft.objects.filter(person_id=person.pk, flow=flow, subject=subject).delete()
