"""Messages to persons of a world. Called by services, inside their transaction."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.text import Truncator

from bhod_portal.core.enums import Channel
from bhod_portal.core.mail import relay
from bhod_portal.core.models import Message, World

SUBJECT_LENGTH = 200


def send_email(*, world: World, to: str, subject: str, body: str, at: datetime) -> Message:
    """Keep an e-mail in the database; once the transaction has ended well, relay it if EMAIL_URL is set.

    The subject becomes one line, cut where it is longer than can be kept.
    """
    subject = Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH)
    message = Message.objects.create(
        world=world, channel=Channel.EMAIL, recipient=to, subject=subject, body=body, sent_at=at
    )
    if settings.EMAIL_RELAY_URL:
        transaction.on_commit(partial(relay, [EmailMessage(subject, body, to=[to])]))
    return message
