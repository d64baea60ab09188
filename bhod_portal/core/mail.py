"""Django's way out for e-mail: what libraries send lands in the world's messages, as our own messages do."""

import logging
from collections.abc import Sequence
from contextvars import ContextVar

import dj_email_url
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from bhod_portal.core import clock
from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message, World

logger = logging.getLogger(__name__)

# The world of the request being answered: libraries that send mail know nothing of worlds.
current_world: ContextVar[World | None] = ContextVar("current_world", default=None)


class MessageBackend(BaseEmailBackend):
    """Keeps every e-mail as a `Message` of the request's world, and relays it when EMAIL_URL is set."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        world = current_world.get()
        if world is None:
            raise RuntimeError("An e-mail needs a world: send it with core.messages outside of a request.")
        for email in email_messages:
            for recipient in email.recipients():
                Message.objects.create(
                    world=world,
                    channel=Channel.EMAIL,
                    recipient=recipient,
                    subject=str(email.subject),
                    body=str(email.body),
                    sent_at=clock.now(world),
                )
        relay(email_messages)
        return len(email_messages)


def relay(email_messages: Sequence[EmailMessage]) -> None:
    """Send messages on to the server of EMAIL_URL; without one, nothing leaves the simulator.

    A server that is down, or an address that no server takes, is logged: the message itself is kept already.
    """
    if not settings.EMAIL_RELAY_URL:
        return
    server = dj_email_url.parse(settings.EMAIL_RELAY_URL)
    connection = get_connection(
        server["EMAIL_BACKEND"],
        host=server["EMAIL_HOST"],
        port=server["EMAIL_PORT"],
        username=server["EMAIL_HOST_USER"],
        password=server["EMAIL_HOST_PASSWORD"],
        use_tls=server["EMAIL_USE_TLS"],
        use_ssl=server["EMAIL_USE_SSL"],
        timeout=10,
    )
    try:
        connection.send_messages(list(email_messages))
    except (OSError, ValueError) as error:
        # The name of the error only: its text may hold the address.
        logger.warning("an e-mail could not be relayed: %s", type(error).__name__)
