"""Mails about offers of guards; what a swap changes in the guards themselves, `services.planning` tells."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from bhod.models import SwapOffer
from bhod.selectors.swaps import deciders_of
from bhod_portal.core.messages import absolute
from prosante_login.models import CareProvider
from prosante_login.services.notices import tell


def tell_offered(offer: SwapOffer, offerer: CareProvider, *, at: datetime) -> None:
    """The colleague whom an offer names, with the page on which he answers."""
    url = absolute(reverse("bhod:swap_accept", args=[offer.guard.reference]))
    _tell([offer.offered_to], "bhod/emails/swap_offered", offer, at=at, offerer=offerer, url=url)


def tell_withdrawn(offer: SwapOffer, asked: CareProvider, offerer: CareProvider, *, at: datetime) -> None:
    """Him who was asked, or who accepted and waited for the circle."""
    _tell([asked], "bhod/emails/swap_withdrawn", offer, at=at, offerer=offerer, url=_list())


def tell_refused(offer: SwapOffer, providers: Iterable[CareProvider], *, by: str, at: datetime) -> None:
    """Those whom a refusal, of a colleague or of the circle, concerns."""
    _tell(providers, "bhod/emails/swap_refused", offer, at=at, by=by, url=_list())


def tell_waiting(offer: SwapOffer, offerer: CareProvider, *, on: date, at: datetime) -> None:
    """The doctor whose guard a colleague accepted, and the managers of the circle who have to decide."""
    _tell([offerer], "bhod/emails/swap_accepted", offer, at=at, url=_list())
    url = absolute(reverse("bhod:swap_decide", args=[offer.pk]))
    deciders = deciders_of(offer.guard.unit.enterprise_id, on=on)
    tell(deciders, "bhod/emails/swap_waiting", at=at, offer=offer, offerer=offerer, url=url)


def _tell(
    providers: Iterable[CareProvider | None], notice: str, offer: SwapOffer, *, at: datetime, **context: Any
) -> None:
    persons = [each.person for each in providers if each]
    tell(persons, notice, at=at, offer=offer, **context)


def _list() -> str:
    return absolute(reverse("bhod:swap_list"))
