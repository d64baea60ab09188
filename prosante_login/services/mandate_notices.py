"""Mails about mandates, to each side in the language of the person who gets it."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from bhod_portal.core import clock
from bhod_portal.core.messages import absolute
from csam.models import Enterprise, Person
from prosante_login import selectors
from prosante_login.models import Mandate
from prosante_login.services.notices import tell


def tell_giver(mandate: Mandate, notice: str, *, at: datetime, **context: Any) -> None:
    """Mail the care provider whose file it is; `notice` is the stem of the pair of templates."""
    tell([mandate.provider.person], notice, mandate=mandate, at=at, url=_page_of(mandate), **context)


def tell_holder(mandate: Mandate, notice: str, *, at: datetime, **context: Any) -> None:
    """Mail the holder: the person, or everybody who acts for the enterprise on that day."""
    enterprise = mandate.holder_enterprise
    if enterprise is None:
        holders = [mandate.holder_person] if mandate.holder_person else []
    else:
        holders = selectors.those_who_act_for(enterprise, on=clock.day_of(at))
    tell(holders, notice, mandate=mandate, at=at, url=_page_of(mandate), **context)


def tell_about_delegation(
    person: Person, notice: str, *, enterprise: Enterprise, at: datetime, **context: Any
) -> None:
    """Mail whom an enterprise lets act with its mandates, or no longer lets."""
    url = absolute(reverse("prosante_login:received_mandates"))
    tell([person], notice, enterprise=enterprise, at=at, url=url, **context)


def _page_of(mandate: Mandate) -> str:
    return absolute(reverse("prosante_login:mandate_detail", args=[mandate.public_id]))
