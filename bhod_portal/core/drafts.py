"""Drafts of flows of several pages: saved at each « Suivant », taken at « Confirmer »."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from bhod_portal.core.models import Draft

# Of one field of a form.
_LONGEST = 20_000


def read(*, person: AbstractBaseUser, flow: str, subject: str = "") -> dict[str, Any]:
    """What was typed so far; an empty dict when there is nothing yet."""
    draft = Draft.objects.filter(person_id=person.pk, flow=flow, subject=subject).first()
    return dict(draft.data) if draft else {}


def save(*, person: AbstractBaseUser, flow: str, subject: str = "", **data: Any) -> None:
    """Add to what was typed so far; keys that are given replace older ones.

    What is typed may not have been judged yet: of texts, no more is kept than anybody types, and nothing that
    PostgreSQL keeps not.
    """
    data = {key: _kept(value) for key, value in data.items()}
    draft, created = Draft.objects.get_or_create(
        person_id=person.pk, flow=flow, subject=subject, defaults={"data": data}
    )
    if not created:
        draft.data |= data
        draft.save(update_fields=["data", "saved_at"])


def mark_of(draft: Mapping[str, Any]) -> str:
    """By what a check page knows again the draft that it showed; another tab may have changed it since."""
    return sha256(json.dumps(draft, sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def take(*, person: AbstractBaseUser, flow: str, subject: str = "") -> dict[str, Any]:
    """What was typed, for the one who comes first: the draft is gone, and a second click gets an empty dict."""
    kept = Draft.objects.filter(person_id=person.pk, flow=flow, subject=subject)
    draft = kept.select_for_update().first()
    if draft is None:
        return {}
    kept.delete()
    return dict(draft.data)


@transaction.atomic
def first_click(*, person: AbstractBaseUser, flow: str, subject: str = "", mark: str) -> bool:
    """Whether nothing was done yet from the page that bears this mark; a second click waits for what the first one does.

    Only the last mark of a flow is remembered, and only when the transaction of the act is.
    """
    # It comes from a browser: of whatever it may be, as much is kept.
    mark = sha256(mark.encode()).hexdigest()
    draft, _created = Draft.objects.get_or_create(
        person_id=person.pk, flow=flow, subject=subject, defaults={"data": {}}
    )
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.data.get("clicked") == mark:
        return False
    draft.data["clicked"] = mark
    draft.save(update_fields=["data", "saved_at"])
    return True


def discard(*, person: AbstractBaseUser, flow: str, subject: str = "") -> None:
    Draft.objects.filter(person_id=person.pk, flow=flow, subject=subject).delete()


def _kept(value: Any) -> Any:
    return value.replace("\0", "")[:_LONGEST] if isinstance(value, str) else value
