"""When a session ends, which ones a person has open, and closing them. All in real time.

Reads allauth's records of proofs (`csam.security` writes them) and its table of sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.audit import record
from csam.models import Person

IDLE_END = timedelta(minutes=30)
ABSOLUTE_END = timedelta(hours=10)
# How exactly it is known when a session was last used: a page costs a write once a minute at most.
SEEN_EVERY = timedelta(minutes=1)
SEEN_AT = "csam_seen_at"

SessionData = SessionBase | Mapping[str, Any]


class SessionEnd(models.TextChoices):
    """Why a session is over by itself, and what to tell its person."""

    IDLE = (
        "IDLE",
        _("Votre session s'est fermée après 30 minutes sans activité. Identifiez-vous à nouveau."),
    )
    ABSOLUTE = (
        "ABSOLUTE",
        _("Votre session s'est fermée : elle a duré 10 heures, le maximum. Identifiez-vous à nouveau."),
    )


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of a person that is not over, in real time: first proof, last use; `pk` is that of its UserSession."""

    pk: int
    ip: str
    user_agent: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def proved_at(session: SessionData) -> tuple[datetime, datetime] | None:
    """When the first and the last key of a session were proved; none for one without proof."""
    proofs = [entry["at"] for entry in session.get(AUTHENTICATION_METHODS_SESSION_KEY) or ()]
    return (_instant(min(proofs)), _instant(max(proofs))) if proofs else None


def seen_at(session: SessionData) -> datetime | None:
    """When a session was last used, to the minute; a proof is a use."""
    proofs, seen = proved_at(session), session.get(SEEN_AT)
    uses = [*(proofs or ()), *([_instant(seen)] if seen else ())]
    return max(uses, default=None)


def end_of(session: SessionData, real_now: datetime) -> SessionEnd | None:
    """Why a session is over, if it is: idle for 30 minutes, or 10 hours after its first proof."""
    proofs, seen = proved_at(session), seen_at(session)
    if proofs and real_now - proofs[0] >= ABSOLUTE_END:
        return SessionEnd.ABSOLUTE
    if seen and real_now - seen >= IDLE_END:
        return SessionEnd.IDLE
    return None


def mark_as_seen(session: SessionBase, real_now: datetime) -> None:
    """Note that a session is used; most often nothing is written."""
    seen = seen_at(session)
    if seen is None or real_now - seen >= SEEN_EVERY:
        session[SEEN_AT] = real_now.timestamp()


def open_sessions(person: Person, *, current_key: str | None, real_now: datetime) -> list[OpenSession]:
    """The sessions of a person that still open a page, the one with the current key first, then by last use."""
    known = {each.session_key: each for each in of_person(person)}
    stored = Session.objects.filter(session_key__in=known, expire_date__gt=real_now)
    found = []
    for row in stored:
        data, meta = row.get_decoded(), known[row.session_key]
        if not _opens(data, person) or end_of(data, real_now):
            continue
        proofs = proved_at(data)
        found.append(
            OpenSession(
                pk=meta.pk,
                ip=meta.ip,
                user_agent=meta.user_agent,
                began_at=proofs[0] if proofs else meta.created_at,
                seen_at=seen_at(data) or meta.created_at,
                is_current=row.session_key == current_key,
            )
        )
    return sorted(found, key=lambda each: (each.is_current, each.seen_at, each.pk), reverse=True)


def of_person(person: Person) -> QuerySet[UserSession]:
    """The sessions of a person that are known, those that are over included."""
    sessions: QuerySet[UserSession] = UserSession.objects.filter(user=person)
    return sessions


@transaction.atomic
def close(*, sessions: QuerySet[UserSession], by: Person, at: datetime) -> int:
    """End sessions of `by`, at once: the next click in each leads to the identification. Returns how many there were."""
    keys = list(sessions.filter(user=by).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if keys:
        record("csam.sessions.closed", by, world=by.world, by=by, at=at, count=len(keys))
    return len(keys)


@transaction.atomic
def purge(*, real_now: datetime) -> int:
    """Forget sessions that have run out, and what is known of sessions that are no more; returns how many of those."""
    Session.objects.filter(expire_date__lt=real_now).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    purged: int = UserSession.objects.filter(~Exists(alive)).delete()[0]
    return purged


def _opens(data: Mapping[str, Any], person: Person) -> bool:
    """Whether Django would take the data for a session of this person with his present password."""
    is_his = data.get(SESSION_KEY) == str(person.pk)
    return is_his and constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())


def _instant(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
