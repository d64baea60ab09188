"""Guards that doctors offer to their colleagues: who sees which offer, and whether it still holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole
from bhod.enums import GuardState, SwapLapse, SwapState
from bhod.models import CircleDoctor, Guard, GuardChange, SwapOffer
from bhod.selectors.guards import GuardLine, days_of_guard, guard_line
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.periods import covering
from csam.models import Person
from prosante_login.models import CareProvider

STANDING = (SwapState.OPEN, SwapState.ACCEPTED)
_TONES = {SwapState.OPEN: "info", SwapState.ACCEPTED: "warning", SwapState.DONE: "success"}


@dataclass(frozen=True, slots=True)
class SwapLine:
    """An offer as a reader sees it at an instant: by whom, and why it holds no longer where it doesn't.

    `unit`, `starts_at` and `ends_at` are those of the guard when it was offered: what has become of it since, in the hands
    of another perhaps, is not for who offered it.
    """

    offer: SwapOffer
    offerer: CareProvider
    lapse: SwapLapse | None
    unit: str
    starts_at: datetime
    ends_at: datetime

    @property
    def line(self) -> GuardLine:
        """The guard, without amounts."""
        return guard_line(self.offer.guard, None)

    @property
    def is_open(self) -> bool:
        return self.lapse is None and self.offer.state == SwapState.OPEN

    @property
    def is_waiting(self) -> bool:
        """Whether a colleague accepted it and the circle has still to decide."""
        return self.lapse is None and self.offer.state == SwapState.ACCEPTED

    @property
    def stands(self) -> bool:
        return self.is_open or self.is_waiting

    @property
    def state(self) -> str:
        """Where it stands, in a few words."""
        if self.lapse:
            return _("caduque : %(reason)s") % {"reason": self.lapse.label}
        if self.offer.state == SwapState.WITHDRAWN and self.offer.close_reason:
            return _("caduque : %(reason)s") % {"reason": self.offer.close_reason}
        return str(SwapState(self.offer.state).label)

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return "neutral" if self.lapse else _TONES.get(SwapState(self.offer.state), "neutral")


def lapse_of(offer: SwapOffer, *, at: datetime) -> SwapLapse | None:
    """Why an offer that nobody has closed holds no longer; None while it holds, and for one that is over."""
    if offer.state not in STANDING:
        return None
    guard = offer.guard
    if guard.state == GuardState.CANCELLED:
        return SwapLapse.CANCELLED
    if guard.state == GuardState.CONFIRMED:
        return SwapLapse.CONFIRMED
    if guard.version != offer.guard_version:
        return SwapLapse.CHANGED
    return SwapLapse.BEGAN if guard.starts_at <= at else None


def swap_lines(offers: Iterable[Any], *, at: datetime) -> list[SwapLine]:
    """Offers of `_offers` with who offers them; one query more, whatever their number."""
    offers = list(offers)
    providers = CareProvider.objects.select_related("person").in_bulk({each.offerer_pk for each in offers})
    return [
        SwapLine(
            each,
            providers[each.offerer_pk],
            lapse_of(each, at=at),
            each.was_unit,
            each.was_starts_at,
            each.was_ends_at,
        )
        for each in offers
    ]


def offers_to(provider: CareProvider, *, at: datetime) -> list[SwapLine]:
    """What this doctor may take over now, or accepted and has to wait for: the next guard first."""
    offers = (
        _offers()
        .filter(_meant_for(provider), _holding(at))
        .filter(Q(state=SwapState.OPEN) | Q(taker=provider))
        .exclude(guard__provider=provider)
    )
    return swap_lines(offers.order_by("guard__starts_at", "pk"), at=at)


def own_offers(provider: CareProvider, *, at: datetime, since: datetime) -> list[SwapLine]:
    """What this doctor offered from an instant on, and what became of it; the latest first."""
    offers = _offers().filter(offerer_pk=provider.pk, offered_at__gte=since)
    return swap_lines(offers.order_by("-offered_at", "-pk"), at=at)


def last_own_offer(provider: CareProvider, reference: UUID, *, at: datetime) -> SwapLine | None:
    """This doctor's last offer of a guard, whatever became of it."""
    offers = _offers().filter(offerer_pk=provider.pk, guard__reference=reference)
    return _first(offers, at=at)


def last_offer_to(provider: CareProvider, reference: UUID, *, at: datetime) -> SwapLine | None:
    """The last offer of a guard that was meant for this doctor, by name or as one of the circle; whatever became of it."""
    offers = _offers().filter(_meant_for(provider), guard__reference=reference)
    return _first(offers.exclude(offerer_pk=provider.pk), at=at)


def offers_of_guards(guards: Iterable[Guard], *, at: datetime) -> Mapping[int, SwapLine]:
    """For each of these guards whose doctor offers it, the offer that holds; by the guard's key."""
    offers = _offers().filter(_holding(at), guard__in=[each.pk for each in guards])
    return {each.offer.guard_id: each for each in swap_lines(offers, at=at)}


def offer_of(guard: Guard, *, at: datetime) -> SwapLine | None:
    """The offer of a guard that holds, if its doctor offers it."""
    return offers_of_guards([guard], at=at).get(guard.pk)


def swaps_of_circle(enterprise_id: int, *, at: datetime, since: datetime) -> list[SwapLine]:
    """Every offer of a circle's guards from an instant on, and those that are not closed; the next guard first."""
    offers = _offers().filter(guard__unit__enterprise=enterprise_id)
    offers = offers.filter(Q(state__in=STANDING) | Q(offered_at__gte=since) | Q(closed_at__gte=since))
    return swap_lines(offers.order_by("guard__starts_at", "-pk"), at=at)


def swap_of_circle(enterprise_id: int, swap_pk: int, *, at: datetime) -> SwapLine | None:
    """One of them, however old."""
    return _first(_offers().filter(guard__unit__enterprise=enterprise_id, pk=swap_pk), at=at)


def waiting_swaps(enterprise_id: int, *, at: datetime) -> int:
    """How many accepted swaps wait for the circle's decision."""
    accepted = SwapOffer.objects.filter(_holding(at), state=SwapState.ACCEPTED)
    return accepted.filter(guard__unit__enterprise=enterprise_id).count()


def colleagues_for(guard: Guard) -> list[CareProvider]:
    """Who may be asked to take over a guard: enrolled in its circle on each of its days; by name."""
    days = days_of_guard(guard.starts_at, guard.ends_at)
    enrolled = [_enrolled(guard.unit.enterprise_id, day) for day in (days[0], days[-1])]
    providers = CareProvider.objects.filter(*enrolled).exclude(pk=guard.provider_id)
    return list(providers.select_related("person").order_by("person__sort_name", "pk"))


def deciders_of(enterprise_id: int, *, on: date) -> list[Person]:
    """The managers of a circle, or where it has none its administrative users."""
    roles = EffectiveRole.objects.known().filter(covering(on), enterprise=enterprise_id)
    for function in (Function.FILEMANAGER_CIRCLE, Function.GUARDPOST_CIRCLE):
        persons = Person.objects.filter(pk__in=roles.filter(function=function).values("person"))
        if found := list(persons.select_related("world").order_by("pk")):
            return found
    return []


def _offers() -> QuerySet[Any]:
    """Offers with the doctor who made them, he who had the guard at that version, and with what it was then."""
    change = GuardChange.objects.filter(guard=OuterRef("guard"), number=OuterRef("guard_version") + 1)

    def before(name: str) -> Subquery:
        return Subquery(change.values(f"before_{name}")[:1])

    first_day = TruncDate("guard__starts_at", tzinfo=BRUSSELS)
    offers = SwapOffer.objects.alias(first_day=first_day).select_related(
        "guard__unit__enterprise__world",
        "guard__provider__person",
        "offered_to__person",
        "taker__person",
        "closed_by",
    )
    return offers.annotate(
        offerer_pk=Coalesce(before("provider"), F("guard__provider"), output_field=BigIntegerField()),
        was_unit=Coalesce(before("unit__name"), F("guard__unit__name")),
        was_starts_at=Coalesce(before("starts_at"), F("guard__starts_at")),
        was_ends_at=Coalesce(before("ends_at"), F("guard__ends_at")),
    )


def _first(offers: QuerySet[Any], *, at: datetime) -> SwapLine | None:
    lines = swap_lines(offers.order_by("-pk")[:1], at=at)
    return lines[0] if lines else None


def _holding(at: datetime) -> Q:
    """As `lapse_of` says, asked of many."""
    return Q(
        state__in=STANDING,
        guard__state=GuardState.REGISTERED,
        guard__version=F("guard_version"),
        guard__starts_at__gt=at,
    )


def _meant_for(provider: CareProvider) -> Q:
    """Offers of `_offers` to him, or to a circle on whose list he is on the day on which the guard begins."""
    first_day = OuterRef("first_day")
    enrolments = CircleDoctor.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first_day),
        enterprise=OuterRef("guard__unit__enterprise"),
        provider=provider,
        valid_from__lte=first_day,
    )
    return Q(offered_to=provider) | Q(Exists(enrolments), offered_to=None)


def _enrolled(enterprise_id: int, day: date) -> Exists:
    doctors = CircleDoctor.objects.covering(day).filter(enterprise=enterprise_id, provider=OuterRef("pk"))
    return Exists(doctors)
