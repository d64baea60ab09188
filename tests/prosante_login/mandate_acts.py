"""What tests of mandates do and look at."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from prosante_login.enums import MandateKind
from prosante_login.services import mandates
from tests.csam.factories import AT

TODAY = date(2026, 3, 10)
LATER = AT + timedelta(hours=1)
ADMIN = MandateKind.ADMINISTRATIVE_FILE


def representative_of(enterprise):
    return enterprise.legal_functions.get().person


def give(provider, holder, *, kind=ADMIN, start=TODAY, end=None, at=AT, by=None):
    return mandates.give_mandate(
        provider=provider,
        kind=kind,
        holder=holder,
        period=Period(start, end),
        by=by or provider.person,
        at=at,
    )


def refused(act, *arguments, **named):
    with pytest.raises(ValidationError) as refusal:
        act(*arguments, **named)
    return refusal_codes(refusal.value)


def acts_on(mandate):
    return list(
        AuditEntry.objects.filter(subject=f"prosante_login.mandate:{mandate.pk}")
        .order_by("pk")
        .values_list("act", "done_by")
    )


def mails_to(person):
    return list(
        Message.objects.filter(person=person, sent_at__gte=AT)
        .order_by("pk")
        .values_list("subject", flat=True)
    )
