"""Addresses under which calendar programs read guards: made, revoked, read.

The address bears a secret and is shown once; only the SHA-256 of the secret is kept. Whoever has the address reads the
guards, until somebody of the circle, or the doctor, revokes it; one that a mandatary made for a doctor, as long as his
mandate lasts. Raises PermissionDenied for who may not manage the guards of the circle, or act in the file.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bhod.models import CalendarFeed, GuardUnit
from bhod.permissions import Capability
from bhod.selectors.calendars import circle_of, digest, feeds_of_circle, feeds_of_provider
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from csam.models import Enterprise, Person
from prosante_login.enums import FileAct
from prosante_login.models import CareProvider, Mandate
from prosante_login.services import acting

SECRET_BYTES = 32
# A reading is noted at most so often: programs come every quarter of an hour.
NOTED_EVERY = timedelta(hours=1)
# Addresses in use at once (our guess of what is plenty).
MOST_OF_CIRCLE, MOST_OF_DOCTOR = 100, 10


def offer_secret() -> str:
    """A secret for an address that is still to be made, signed: a form carries it, and no other is taken."""
    return _signer().sign(token_urlsafe(SECRET_BYTES))


def secret_offered(offer: str) -> str:
    """The secret of an offer. Raises ValidationError `secret_not_offered` for one that was not offered here."""
    try:
        return str(_signer().unsign(offer))
    except BadSignature:
        raise ValidationError(
            _("Cette page n'est plus valable : ouvrez-la à nouveau, puis créez l'adresse."),
            code="secret_not_offered",
        ) from None


@transaction.atomic
def create_circle_feed(
    *, enterprise: Enterprise, unit: GuardUnit | None, label: str, secret: str, by: Person, at: datetime
) -> CalendarFeed:
    """Open the guards of a circle, or of one of its units, to calendars; with the same secret again, the same feed.

    Raises ValidationError `too_many_feeds`, or `secret_taken` for the secret of another's address.
    """
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    if unit is not None and unit.enterprise_id != enterprise.pk:
        raise ValidationError(_("Cette unité appartient à un autre cercle."), code="unit_of_another_circle")
    # Two clicks at once make one.
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    feeds = feeds_of_circle(enterprise.pk)
    if same := feeds.filter(secret_hash=digest(secret), created_by=by, revoked_at=None).first():
        return same
    if feeds.filter(revoked_at=None).count() >= MOST_OF_CIRCLE:
        raise _too_many()
    feed = _made(
        CalendarFeed(enterprise=None if unit else enterprise, unit=unit), label, secret, by=by, at=at
    )
    audit.record(
        "bhod.feed.created", feed, world=enterprise.world, by=by, at=at, unit=unit.pk if unit else None
    )
    return feed


@transaction.atomic
def create_own_feed(
    *,
    provider: CareProvider,
    mandate: Mandate | None,
    label: str,
    secret: str,
    by: Person,
    at: datetime,
) -> CalendarFeed:
    """Open a doctor's guards, in every circle, to calendars; refuses as `create_circle_feed`."""
    acting.lock_file(provider.pk)
    feeds = feeds_of_provider(provider)
    if same := feeds.filter(secret_hash=digest(secret), created_by=by, revoked_at=None).first():
        return same
    if feeds.filter(revoked_at=None).count() >= MOST_OF_DOCTOR:
        raise _too_many()
    feed = _made(CalendarFeed(provider=provider), label, secret, by=by, at=at)
    acting.record(
        FileAct.FEED_CREATED, provider=provider, mandate=mandate, by=by, at=at, about=label, feed=feed.pk
    )
    return feed


@transaction.atomic
def revoke_circle_feed(*, feed: CalendarFeed, by: Person, at: datetime) -> bool:
    """End an address of a circle or a unit at once; False when that was done already."""
    circle = circle_of(feed)
    if circle is None:
        raise ValueError("A doctor's feed is revoked in his file.")
    check_capability(by=by, enterprise_id=circle.pk, capability=Capability.MANAGE_GUARDS, at=at)
    if not _revoked(feed, by=by, at=at):
        return False
    audit.record("bhod.feed.revoked", feed, world=circle.world, by=by, at=at)
    return True


@transaction.atomic
def revoke_own_feed(
    *, feed: CalendarFeed, provider: CareProvider, mandate: Mandate | None, by: Person, at: datetime
) -> bool:
    """End an address of a doctor at once, whoever made it; False when that was done already."""
    if not _revoked(feed, by=by, at=at):
        return False
    acting.record(
        FileAct.FEED_REVOKED,
        provider=provider,
        mandate=mandate,
        by=by,
        at=at,
        about=feed.label,
        feed=feed.pk,
    )
    return True


def note_reading(feed: CalendarFeed, *, at: datetime) -> None:
    """Remember that the feed is read, once an hour at most and by one statement, whoever else reads it now."""
    if feed.last_read_at is not None and feed.last_read_at > at - NOTED_EVERY:
        return
    long_ago = Q(last_read_at=None) | Q(last_read_at__lte=at - NOTED_EVERY)
    CalendarFeed.objects.filter(long_ago, pk=feed.pk).update(last_read_at=at)


def _signer() -> Signer:
    return Signer(salt="bhod.calendar_feed")


def _made(feed: CalendarFeed, label: str, secret: str, *, by: Person, at: datetime) -> CalendarFeed:
    if CalendarFeed.objects.filter(secret_hash=digest(secret)).exists():
        raise ValidationError(
            _("Cette adresse existe déjà : ouvrez la page à nouveau pour en créer une autre."),
            code="secret_taken",
        )
    feed.label, feed.secret_hash = label, digest(secret)
    feed.created_at, feed.created_by = at, by
    feed.save(force_insert=True)
    return feed


def _revoked(feed: CalendarFeed, *, by: Person, at: datetime) -> bool:
    standing = CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None)
    return standing.update(revoked_at=at, revoked_by=by) == 1


def _too_many() -> ValidationError:
    return ValidationError(
        _("Vous avez déjà beaucoup d'adresses en usage : révoquez d'abord celles qui ne servent plus."),
        code="too_many_feeds",
    )
