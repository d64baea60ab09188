"""What a calendar feed publishes: the guards of a doctor, of a unit or of a circle, and those that left it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import MD5, Coalesce

from access_mgmt.enums import CIRCLE_FUNCTIONS
from access_mgmt.selectors import effective_roles_on
from bhod.eligibility import ONE_DAY
from bhod.enums import GuardState, SwapState
from bhod.models import CalendarFeed, Guard, GuardChange, GuardQuerySet, GuardUnit, SwapOffer
from bhod.selectors.guards import beginning_in, midnight, month_of
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period, months_later
from csam.models import Enterprise
from prosante_login.enums import FilePart, MandateKind
from prosante_login.models import CareProvider
from prosante_login.profiles import OPENED_BY
from prosante_login.selectors import mandates_over

# Whole months, so that what a feed publishes does not change with each day that passes.
MONTHS_BACK, MONTHS_AHEAD = 3, 15
# What a doctor or a unit knows of (drafts are the circle's own business).
_KNOWN = (GuardState.REGISTERED, GuardState.CONFIRMED)
# Of what a feed says of a guard, all that may change; a new form of the events counts as a change too.
_SAYS = ("reference", "version", "unit__name", "provider__person__last_name", "provider__person__first_name")
_FORM = 1


@dataclass(frozen=True, slots=True)
class Published:
    """A guard as a calendar shows it; `is_over` for one that was cancelled or left, `wavers` while a swap is decided."""

    reference: str
    version: int
    unit: str
    circle: str
    doctor: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    is_over: bool
    wavers: bool


@dataclass(frozen=True, slots=True)
class FeedState:
    """Whether a feed may still be read, and a mark that is another as soon as it says anything else."""

    is_open: bool
    mark: str


def feed_under(secret: str) -> CalendarFeed | None:
    """The feed that is read under this secret, with whose it is; None when there is none, or it was revoked."""
    feeds = CalendarFeed.objects.filter(secret_hash=digest(secret), revoked_at=None)
    return feeds.select_related(
        "provider__person__world", "unit__enterprise__world", "enterprise__world", "created_by"
    ).first()


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256."""
    return sha256(secret.encode()).hexdigest()


def circle_of(feed: CalendarFeed) -> Enterprise | None:
    """The circle whose feed it is, or that of its unit; None for a doctor's, which is of every circle."""
    return feed.unit.enterprise if feed.unit else feed.enterprise


def world_of_feed(feed: CalendarFeed) -> World:
    """The world whose clock says what the feed publishes; not that of who asks, whom nobody knows."""
    circle = circle_of(feed)
    if circle is None:
        assert feed.provider is not None  # noqa: S101  (a constraint: a feed is of one of the three)
        return feed.provider.person.world
    return circle.world


def feeds_of_circle(enterprise_id: int) -> QuerySet[CalendarFeed]:
    """Every feed of a circle and of its units, revoked ones too: the circle's first, then by unit, the latest first."""
    feeds = CalendarFeed.objects.filter(Q(enterprise=enterprise_id) | Q(unit__enterprise=enterprise_id))
    feeds = feeds.select_related("unit__enterprise__world", "enterprise__world", "created_by", "revoked_by")
    return feeds.order_by(F("unit__name").asc(nulls_first=True), "-created_at", "-pk")


def feeds_of_provider(provider: CareProvider) -> QuerySet[CalendarFeed]:
    """Every feed of a doctor, revoked ones too; the latest first."""
    feeds = CalendarFeed.objects.filter(provider=provider)
    return feeds.select_related("provider__person__world", "created_by", "revoked_by").order_by(
        "-created_at", "-pk"
    )


def window_on(day: date) -> Period:
    """The months that a feed publishes on a day: three before that day's, and fifteen after."""
    first = month_of(months_later(day, -MONTHS_BACK)).start
    return Period(first, month_of(months_later(day, MONTHS_AHEAD)).end)


def feed_state(feed: CalendarFeed, *, window: Period, on: date) -> FeedState:
    """One query, whatever the number of guards, none of which is loaded; one more for a feed that a mandatary made.

    The feed of a circle or of a unit is open while somebody holds a function of the circle, who could revoke it; that of
    a doctor, when a mandatary made it, while he may still act for him.
    """
    circle = circle_of(feed)
    held = effective_roles_on(on).filter(enterprise=circle, function__in=CIRCLE_FUNCTIONS)
    standing = _standing(feed, window).annotate(wavers=_wavers())
    told = CalendarFeed.objects.filter(pk=feed.pk).values_list(
        _mark(standing, *_SAYS, "wavers"),
        _mark(_left(feed, window), *(f"guard__{name}" for name in _SAYS)),
        Exists(held),
    )
    here, left, is_held = told.get()
    says = (_FORM, feed.pk, window.start, circle.name if circle else "", here, left)
    is_open = is_held if circle else is_maker_still_in(feed, on=on)
    return FeedState(is_open, sha256(repr(says).encode()).hexdigest())


def is_maker_still_in(feed: CalendarFeed, *, on: date) -> bool:
    """Whether who made a doctor's feed is that doctor, or may act for him in this part of his file on that day."""
    assert feed.provider is not None  # noqa: S101  (of doctors' feeds only)
    if feed.created_by_id == feed.provider.person_id:
        return True
    mandates = mandates_over(feed.provider, person=feed.created_by, on=on)
    return any(FilePart.GUARDS in OPENED_BY[MandateKind(each.kind)] for each in mandates)


def closed_with_their_mandate(provider: CareProvider, *, on: date) -> list[CalendarFeed]:
    """The feeds of a doctor that give nothing any more although nobody has revoked them."""
    feeds = feeds_of_provider(provider).filter(revoked_at=None)
    return [feed for feed in feeds if not is_maker_still_in(feed, on=on)]


def published(feed: CalendarFeed, *, window: Period) -> list[Published]:
    """What the feed publishes, in order of time; two queries.

    A guard that was taken from the doctor or the unit stands where it was known last, as cancelled.
    """
    there = published_guards(_standing(feed, window))
    left = _left(feed, window).select_related("guard", "before_unit__enterprise", "before_provider__person")
    return sorted([*there, *map(_as_it_was, left)], key=lambda each: (each.starts_at, each.reference))


def published_guards(guards: GuardQuerySet) -> Iterable[Published]:
    """Guards as calendars show them, drafts left out."""
    latest = GuardChange.objects.filter(guard=OuterRef("pk")).order_by("-number").values("done_at")[:1]
    rows = guards.published().annotate(
        changed_at=Coalesce(Subquery(latest), F("registered_at")), wavers=_wavers()
    )
    for guard in rows.select_related("unit__enterprise", "provider__person").iterator(chunk_size=500):
        yield Published(
            reference=str(guard.reference),
            version=guard.version,
            unit=guard.unit.name,
            circle=guard.unit.enterprise.name,
            doctor=str(guard.provider.person),
            starts_at=guard.starts_at,
            ends_at=guard.ends_at,
            changed_at=guard.changed_at,
            is_over=guard.state == GuardState.CANCELLED,
            wavers=guard.wavers,
        )


def _standing(feed: CalendarFeed, window: Period) -> GuardQuerySet:
    """The guards of the feed that begin in the window and that are its owner's now, cancelled ones too."""
    if feed.provider_id:
        guards = Guard.objects.filter(provider=feed.provider_id)
    elif feed.unit_id:
        guards = Guard.objects.filter(unit=feed.unit_id)
    else:
        guards = Guard.objects.filter(unit__enterprise=feed.enterprise_id)
    return beginning_in(guards.published(), window).order_by("starts_at", "pk")


def _left(feed: CalendarFeed, window: Period) -> QuerySet[GuardChange]:
    """For each guard that is the owner's no more, the act by which it left: what it was before is what he knew."""
    if feed.provider_id:
        was, still = Q(before_provider=feed.provider_id), Q(guard__provider=feed.provider_id)
    elif feed.unit_id:
        was, still = Q(before_unit=feed.unit_id), Q(guard__unit=feed.unit_id)
    else:
        units = GuardUnit.objects.filter(enterprise=feed.enterprise_id)
        was, still = Q(before_unit__in=units), Q(guard__unit__in=units)
    # A guard that became a draft again, when its publication was undone, is nobody's but the circle's.
    changes = GuardChange.objects.filter(was, before_state__in=_KNOWN).exclude(
        still, guard__is_published=True
    )
    last = changes.order_by("guard", "-number").distinct("guard")
    assert window.end is not None  # noqa: S101  (a window of months)
    hours = Q(
        before_starts_at__gte=midnight(window.start), before_starts_at__lt=midnight(window.end + ONE_DAY)
    )
    return GuardChange.objects.filter(hours, pk__in=last.values("pk")).order_by("before_starts_at", "pk")


def _wavers() -> Exists:
    """A colleague took the guard over, and the circle has still to say yes."""
    return Exists(SwapOffer.objects.filter(guard=OuterRef("pk"), state=SwapState.ACCEPTED))


def _mark(rows: QuerySet, *fields: str) -> MD5:
    """What these fields of all the rows say, in a few letters that the database works out."""
    each = Func(Value("|"), *map(F, fields), function="concat_ws", output_field=CharField())
    every = Func(
        ArraySubquery(rows.values_list(each)),
        Value(";"),
        function="array_to_string",
        output_field=CharField(),
    )
    return MD5(every)


def _as_it_was(change: GuardChange) -> Published:
    unit, provider = change.before_unit, change.before_provider
    starts_at, ends_at = change.before_starts_at, change.before_ends_at
    assert unit and provider and starts_at and ends_at  # noqa: PT018, S101  (whole, says the constraint)
    return Published(
        reference=str(change.guard.reference),
        version=change.guard.version,
        unit=unit.name,
        circle=unit.enterprise.name,
        doctor=str(provider.person),
        starts_at=starts_at,
        ends_at=ends_at,
        changed_at=change.done_at,
        is_over=True,
        wavers=False,
    )
