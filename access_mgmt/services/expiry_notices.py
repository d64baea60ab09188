"""What the simulator mails by itself before something ends: functions of a quality, certificates."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from access_mgmt import selectors
from access_mgmt.models import Certificate, Quality, QualityMember, RoleAssignment
from access_mgmt.selectors.certificates import WARNED_BEFORE
from bhod_portal.core import clock
from bhod_portal.core.messages import Email, absolute, send_emails
from csam.models import Person

logger = logging.getLogger(__name__)

# A digest names so many functions; the others stand on the page to which it leads.
NAMED_AT_MOST = 100

# Functions at work that have come as near to their end as a threshold says, and were further away when they were
# asked for; each world counts the days of its own clock, as Brussels does. No notice tells of them yet.
_CROSSED = """
  SELECT assignment.id AS assignment_id, member.quality_id, threshold.days
    FROM core_world AS world
   CROSS JOIN LATERAL (
         SELECT (COALESCE(world.frozen_at, %(real_now)s + world.clock_offset) AT TIME ZONE 'Europe/Brussels')::date
                AS today
   ) AS clock
    JOIN access_mgmt_roleassignment AS assignment
      ON assignment.revoked_at IS NULL
     AND assignment.valid_until BETWEEN clock.today AND clock.today + %(watched)s
     AND assignment.valid_from <= clock.today
    JOIN access_mgmt_qualitymember AS member ON member.id = assignment.member_id AND member.ended_at IS NULL
    JOIN access_mgmt_quality AS quality ON quality.id = member.quality_id AND quality.deactivated_at IS NULL
    JOIN csam_enterprise AS enterprise ON enterprise.id = quality.enterprise_id AND enterprise.world_id = world.id
    JOIN unnest(%(thresholds)s::int[]) AS threshold(days)
      ON assignment.valid_until - clock.today <= threshold.days
     AND assignment.valid_until - (assignment.requested_at AT TIME ZONE 'Europe/Brussels')::date > threshold.days
   WHERE NOT EXISTS (
         SELECT FROM access_mgmt_expirynotice AS notice
          WHERE notice.assignment_id = assignment.id AND notice.days = threshold.days
   )
"""
_DUE = f"SELECT DISTINCT quality_id FROM ({_CROSSED}) AS crossed ORDER BY quality_id"  # noqa: S608  (constants)
# Two workers at once: the second waits for the first's row, finds it there, and tells nobody.
_CLAIM = f"""
INSERT INTO access_mgmt_expirynotice (assignment_id, days, sent_at)
SELECT assignment_id, days, %(at)s FROM ({_CROSSED}) AS crossed
 WHERE quality_id = %(quality)s
 ORDER BY assignment_id, days
    ON CONFLICT (assignment_id, days) DO NOTHING
RETURNING assignment_id, days
"""  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A manager who is told; `top` is the subdivision with which his branch begins, none when he manages all."""

    person: Person
    email: str
    language: str
    top: int | None = None

    def manages(self, assignment: RoleAssignment) -> bool:
        place = assignment.member.subdivision
        return self.top is None or (place is not None and self.top in (place.pk, *place.ancestors))


def tell_of_ending_functions(*, real_now: datetime) -> int:
    """Mail the managers of each quality one digest of what has come to 30, 7 or 1 days before its end.

    Returns how many mails. Each function is told once per threshold; after a leap of the clock only at the nearest one,
    and not at all when it is over. `real_now` is the machine's time: each world adds its own offset. Safe to run twice
    at once, or twice in a row; a quality that fails is logged, holds no other up, and comes again at the next run.
    """
    return _each(
        "functions of quality", _due_qualities(real_now), lambda pk: _tell_quality(pk, real_now=real_now)
    )


def tell_of_ending_certificates(*, real_now: datetime) -> int:
    """Mail the holder of each certificate that ends within 30 days of its world's time: a person, or managers.

    Returns how many mails; once for each certificate. As safe as `tell_of_ending_functions`.
    """
    due = _ending_certificates(real_now).order_by("pk").values_list("pk", flat=True)
    return _each("certificate", list(due), lambda pk: _tell_holder(pk, real_now=real_now))


def _each(what: str, keys: Iterable[int], tell: Callable[[int], int]) -> int:
    sent = 0
    for key in keys:
        try:
            sent += tell(key)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others get their mail)
            # Without the error's own words: they may hold data of persons.
            logger.warning("no mail about the end of %s %d: %s", what, key, type(error).__name__)
    return sent


def _due_qualities(real_now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, _parameters(real_now))
        return [pk for (pk,) in cursor.fetchall()]


def _parameters(real_now: datetime) -> dict[str, Any]:
    return {
        "real_now": real_now,
        "watched": selectors.WATCHED.days,
        "thresholds": list(selectors.THRESHOLDS),
    }


@transaction.atomic
def _tell_quality(quality_pk: int, *, real_now: datetime) -> int:
    quality = Quality.objects.select_related("enterprise__world").get(pk=quality_pk)
    at = clock.at(quality.enterprise.world, real_now)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, _parameters(real_now) | {"at": at, "quality": quality_pk})
        claimed = {pk for pk, _days in cursor.fetchall()}
    ending = list(
        RoleAssignment.objects.filter(pk__in=claimed)
        .select_related("member__person", "member__subdivision")
        .order_by("valid_until", "member__person__sort_name", "pk")
    )
    readers = [*_readers_of(quality, on=clock.day_of(at)), *_branch_readers_of(quality)]
    digests = [(reader, [each for each in ending if reader.manages(each)]) for reader in readers]
    return send_emails(
        [
            _email(
                reader,
                "access_mgmt/emails/functions_ending",
                quality=quality,
                groups=selectors.by_days_left(told[:NAMED_AT_MOST], on=clock.day_of(at)),
                total=len(told),
                unnamed=max(0, len(told) - NAMED_AT_MOST),
                url=absolute(reverse("access_mgmt:access_watch", args=[quality.pk])),
            )
            for reader, told in digests
            if told
        ],
        world=quality.enterprise.world,
        at=at,
    )


def _ending_certificates(real_now: datetime) -> QuerySet[Certificate]:
    ticking = ExpressionWrapper(Value(real_now) + F("world__clock_offset"), output_field=DateTimeField())
    return (
        Certificate.objects.standing()
        .filter(Q(quality=None) | Q(quality__deactivated_at=None), warned_at=None)
        .alias(world_now=Coalesce("world__frozen_at", ticking))
        .filter(
            valid_until__gt=F("world_now"),
            valid_until__lt=ExpressionWrapper(
                F("world_now") + Value(WARNED_BEFORE), output_field=DateTimeField()
            ),
        )
    )


@transaction.atomic
def _tell_holder(certificate_pk: int, *, real_now: datetime) -> int:
    certificate = (
        Certificate.objects.select_related("world", "person", "quality__enterprise")
        .defer("content")
        .get(pk=certificate_pk)
    )
    at = clock.at(certificate.world, real_now)
    # A second worker, or who revokes it, waits here; whoever comes second finds it changed.
    claimed = Certificate.objects.standing().filter(pk=certificate_pk, warned_at=None).update(warned_at=at)
    if not claimed:
        return 0
    quality = certificate.quality
    if quality:
        readers = _readers_of(quality, on=clock.day_of(at))
        page = reverse("access_mgmt:quality_certificate", args=[quality.pk])
    else:
        holder = cast(Person, certificate.person)
        readers = [_Reader(holder, holder.email, holder.language)]
        page = reverse("access_mgmt:own_certificate")
    emails = [
        _email(
            reader,
            "access_mgmt/emails/certificate_ending",
            certificate=certificate,
            quality=quality,
            url=absolute(page),
        )
        for reader in readers
    ]
    return send_emails(emails, world=certificate.world, at=at)


def _readers_of(quality: Quality, *, on: date) -> list[_Reader]:
    """Who manages the whole quality; where nobody does, the GAP and co-GAP of the entity who have access that day."""
    managers = [_reader(member) for member in selectors.managers_of(quality)]
    if managers:
        return managers
    return [
        _Reader(manager.person, manager.email, manager.person.language)
        for manager in selectors.entity_managers_of(quality.enterprise, on=on)
    ]


def _branch_readers_of(quality: Quality) -> list[_Reader]:
    leaders = QualityMember.objects.subdivision_managers().filter(quality=quality).select_related("person")
    return [_reader(member, top=member.subdivision_id) for member in leaders.order_by("pk")]


def _reader(member: QualityMember, *, top: int | None = None) -> _Reader:
    return _Reader(member.person, member.email, member.language, top)


def _email(reader: _Reader, notice: str, **context: Any) -> Email:
    with translation.override(reader.language):
        context |= {"person": reader.person}
        subject = render_to_string(f"{notice}_subject.txt", context)
        body = render_to_string(f"{notice}_body.txt", context)
    return Email(reader.email, subject, body, reader.person, reader.language)
