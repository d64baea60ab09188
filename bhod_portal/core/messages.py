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
    """An e-mail among many; `person` is whom it is meant for, and in whose mailbox it lands whatever the address."""

    to: str
    subject: str
    body: str
    person: AbstractBaseUser | None = None


def absolute(path: str) -> str:
    """The address that a message gives for a page of ours (`reverse()`): PORTAL_URL and the path."""
    return f"{settings.PORTAL_URL}{path}"


def written(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of an e-mail in its reader's language, by the templates `<template>_subject.txt`, `_body.txt`."""
    with translation.override(language):
        subject = render_to_string(f"{template}_subject.txt", context)
        return subject.strip(), render_to_string(f"{template}_body.txt", context)


def send_email(
    *, world: World, to: str, subject: str, body: str, at: datetime, person: AbstractBaseUser | None = None
) -> Message:
    """Keep an e-mail in the database; once the transaction has ended well, relay it if EMAIL_URL is set.

    `person` is whom it is meant for, and in whose mailbox it lands whatever the address. The subject becomes one
    line, cut where it is longer than can be kept.
    """
    subject = _one_line(subject)
    message = _keep(Channel.EMAIL, world=world, to=to, subject=subject, body=body, at=at, person=person)
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
    return _keep(Channel.SMS, world=world, to=to, subject="", body=body, at=at, person=person)


def _one_line(subject: str) -> str:
    return Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH)


def _keep(
    channel: Channel,
    *,
    world: World,
    to: str,
    subject: str,
    body: str,
    at: datetime,
    person: AbstractBaseUser | None,
) -> Message:
    message = _message(channel, world=world, to=to, subject=subject, body=body, at=at, person=person)
    message.save()
    return message


def _message(
    channel: Channel,
    *,
    world: World,
    to: str,
    subject: str,
    body: str,
    at: datetime,
    person: AbstractBaseUser | None,
) -> Message:
    return Message(
        world=world,
        person_id=person.pk if person else None,
        channel=channel,
        recipient=to,
        subject=subject,
        body=body,
        sent_at=at,
    )
