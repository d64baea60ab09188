"""Acts upon swaps as tests do them, and what came of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from bhod.services import swaps
from bhod_portal.core.models import Message
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
)

# The night from Thursday 12 to Friday 13 March 2026, in UTC.
START, END = datetime(2026, 3, 12, 18, 0, tzinfo=UTC), datetime(2026, 3, 13, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def accept(offer, taker, **values):
    given = {"seen_version": offer.guard_version, "mandate": None, "by": taker.person, "at": AT}
    return swaps.accept_offer(offer=offer, taker=taker, **(given | values))


def refuse(offer, provider, reason="", at=AT):
    return swaps.refuse_offer(
        offer=offer, provider=provider, reason=reason, mandate=None, by=provider.person, at=at
    )


def withdraw(offer, provider, at=AT):
    return swaps.withdraw_offer(offer=offer, provider=provider, mandate=None, by=provider.person, at=at)


def decide(offer, by, *, approve=True, reason="", at=AT):
    return swaps.decide_swap(offer=offer, approve=approve, reason=reason, by=by, at=at)


def refused(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal_codes(refusal.value)


def mails():
    return {each.recipient: each for each in Message.objects.order_by("pk")}


def stands(offer):
    offer.refresh_from_db()
    return offer.state
