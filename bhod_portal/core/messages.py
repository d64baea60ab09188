"""Messages to persons of a world. Called by services, inside their transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import Truncator

from bhod_portal.core.enums import Channel
from bhod_portal.core.mail import relay
from bhod_portal.core.models import Message, World

SUBJECT_LENGTH = 200
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail among many; `person` is whom it is meant for, and in whose mailbox it lands whatever the address.

    `language` is that of its words, where it isn't the person's own.
    """

    to: str
    subject: str
    body: str
    person: AbstractBaseUser | None = None
    language: str = ""


def absolute(path: str) -> str:
    """The address that a message gives for a page of ours (`reverse()`): PORTAL_URL and the path."""
    return f"{settings.PORTAL_URL}{path}"


def written(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of an e-mail in its reader's language, by the templates `<template>_subject.txt`, `_body.txt`."""
    with translation.override(language):
        subject = render_to_string(f"{template}_subject.txt", context)
        return subject.strip(), render_to_string(f"{template}_body.txt", context)


def send_email(
    *,
    world: World,
    to: str,
    subject: str,
    body: str,
    at: datetime,
    person: AbstractBaseUser | None = None,
    language: str = "",
) -> Message:
    """Keep an e-mail in the database; once the transaction has ended well, relay it if EMAIL_URL is set.

    `person` is whom it is meant for, and in whose mailbox it lands whatever the address. The subject becomes one
    line, cut where it is longer than can be kept. `language` is that of the words, where it isn't the person's own.
    """
    subject = _one_line(subject)
    message = _message(
        Channel.EMAIL,
        world=world,
        to=to,
        subject=subject,
        body=body,
        at=at,
        person=person,
        language=language,
    )
    message.save()
    if settings.EMAIL_RELAY_URL:
        transaction.on_commit(partial(relay, [EmailMessage(subject, body, to=[to])]))
    return message


def send_emails(emails: Iterable[Email], *, world: World, at: datetime) -> int:
    """Keep many e-mails of one world as `send_email` keeps one, in few statements and one relay; returns how many."""
    kept = Message.objects.bulk_create(
        (
            _message(
                Channel.EMAIL,
                world=world,
                to=email.to,
                subject=_one_line(email.subject),
                body=email.body,
                at=at,
                person=email.person,
                language=email.language,
            )
            for email in emails
        ),
        batch_size=_BATCH,
    )
    if kept and settings.EMAIL_RELAY_URL:
        letters = [EmailMessage(each.subject, each.body, to=[each.recipient]) for each in kept]
        transaction.on_commit(partial(relay, letters))
    return len(kept)


def send_sms(
    *, world: World, to: str, body: str, at: datetime, person: AbstractBaseUser | None = None
) -> Message:
    """Keep a text message in the database: no SMS ever leaves the simulator."""
    message = _message(Channel.SMS, world=world, to=to, subject="", body=body, at=at, person=person)
    message.save()
    return message


def _one_line(subject: str) -> str:
    return Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH)


def _message(
    channel: Channel,
    *,
    world: World,
    to: str,
    subject: str,
    body: str,
    at: datetime,
    person: AbstractBaseUser | None,
    language: str = "",
) -> Message:
    return Message(
        world=world,
        person_id=person.pk if person else None,
        channel=channel,
        recipient=to,
        subject=subject,
        body=body,
        language=language or getattr(person, "language", ""),
        sent_at=at,
    )
