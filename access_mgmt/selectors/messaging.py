from datetime import date

from django.db.models import QuerySet

from access_mgmt.models import MessageChannel, Quality, SenderNumber
from access_mgmt.selectors.rights import qualities_known_to
from csam.models import Person


def sender_number_of(quality: Quality) -> SenderNumber | None:
    """The number under which a quality sends structured messages."""
    return SenderNumber.objects.filter(quality=quality).first()


def channels_of(quality: Quality) -> QuerySet[MessageChannel]:
    """All channels that a quality has or had; the active ones first, the one for all applications before the others."""
    return MessageChannel.objects.filter(sender_number__quality=quality).order_by(
        "ended_at", "application", "pk"
    )


def channels_known_to(person: Person, *, on: date) -> QuerySet[MessageChannel]:
    """Channels of the qualities that a person may know of."""
    known = qualities_known_to(person, on=on)
    return MessageChannel.objects.filter(sender_number__quality__in=known).select_related(
        "sender_number__quality__enterprise"
    )
