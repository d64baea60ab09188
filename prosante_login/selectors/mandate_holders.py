"""What mandates are on a day, who is a party to them, and who acts for an enterprise that holds some."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, LegalFunction, Person
from csam.selectors import is_linked, manager_kinds
from prosante_login.enums import MandateState
from prosante_login.models import CareProvider, Mandate, MandateDelegate
from prosante_login.selectors.mandates import (
    enterprises_acted_for,
    may_use_mandates_of,
    standing_delegates,
    with_parties,
)

# From how many days before its last one a mandate is shown as ending soon (no source: a guess).
SOON = timedelta(days=30)


def state_of(mandate: Mandate, on: date) -> MandateState:
    """What a mandate is on that day of the world, of its acts and dates; both ends of the period are included."""
    over = mandate.valid_until is not None and mandate.valid_until < on
    if mandate.refused_at:
        return MandateState.REFUSED
    if mandate.stopped_at:
        return MandateState.STOPPED
    if not mandate.accepted_at:
        return MandateState.LAPSED if over else MandateState.TO_ACCEPT
    if over:
        return MandateState.EXPIRED
    return MandateState.TO_COME if on < mandate.valid_from else MandateState.ACTIVE


def days_left(mandate: Mandate, on: date) -> int | None:
    """How many days an active mandate still opens something, today included, where it is thirty or fewer."""
    if mandate.valid_until is None or state_of(mandate, on) != MandateState.ACTIVE:
        return None
    return (mandate.valid_until - on).days + 1 if mandate.valid_until - on < SOON else None


def given_mandates(provider: CareProvider) -> QuerySet[Mandate]:
    """All that a care provider ever gave, the latest first."""
    return with_parties(Mandate.objects.filter(provider=provider))


def mandates_known_to(person: Person, *, on: date) -> QuerySet[Mandate]:
    """Those that he gave or got, and those of the enterprises for which he acts on that day."""
    for_enterprise = enterprises_acted_for(person, on=on)
    return with_parties(
        Mandate.objects.filter(
            Q(provider__person=person)
            | Q(holder_person=person)
            | Q(holder_enterprise__in=for_enterprise.values("pk"))
        )
    )


def enterprises_signed_for(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Those for which he acts on that day, by name, each with how many mandates wait for its signature: `to_sign`."""
    waiting = Q(mandates_held__in=Mandate.objects.to_accept(on))
    enterprises = enterprises_acted_for(person, on=on)
    return enterprises.annotate(to_sign=Count("mandates_held", filter=waiting)).order_by("name", "pk")


def is_holder(person: Person, mandate: Mandate, *, on: date) -> bool:
    """Whether a person signs on the holder's side: he himself, or who acts for the enterprise on that day."""
    if mandate.holder_enterprise is None:
        return mandate.holder_person_id == person.pk
    return may_use_mandates_of(person, mandate.holder_enterprise, on=on)


def may_name_delegates(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """Whether a person represents the enterprise on that day or is its GAP: they decide who acts for it beside them."""
    return any(who == person for who in heads_of(enterprise, on=on))


def heads_of(enterprise: Enterprise, *, on: date) -> list[Person]:
    """The GAP with access and the legal representatives of an enterprise on that day, the GAP first."""
    gaps = AccessManager.objects.with_access(on).filter(enterprise=enterprise, kind=ManagerKind.MAIN)
    functions = LegalFunction.objects.covering(on).filter(enterprise=enterprise)
    ties: list[Iterable[AccessManager | LegalFunction]] = [
        gaps.select_related("person"),
        functions.select_related("person").order_by("person__sort_name", "pk"),
    ]
    return list(dict.fromkeys(tie.person for some in ties for tie in some))


def delegates_of(enterprise: Enterprise, *, on: date) -> list[tuple[MandateDelegate, bool]]:
    """Whom its heads let act for an enterprise, by name, and whether they do: who works there no longer doesn't."""
    acting = set(standing_delegates(on).filter(enterprise=enterprise).values_list("pk", flat=True))
    delegates = MandateDelegate.objects.filter(enterprise=enterprise, ended_at=None)
    named = delegates.select_related("person", "delegated_by").order_by("person__sort_name", "pk")
    return [(delegate, delegate.pk in acting) for delegate in named]


def delegates_ever(enterprise: Enterprise) -> QuerySet[MandateDelegate]:
    """Who acted for an enterprise and no longer does; the latest first."""
    ended = MandateDelegate.objects.filter(enterprise=enterprise, ended_at__isnull=False)
    return ended.select_related("person", "delegated_by", "ended_by").order_by("-ended_at", "-pk")


def those_who_act_for(enterprise: Enterprise, *, on: date) -> list[Person]:
    """Everybody who signs for an enterprise on that day: GAP, legal representatives, delegates."""
    delegates = standing_delegates(on).filter(enterprise=enterprise).select_related("person")
    named = [delegate.person for delegate in delegates.order_by("person__sort_name", "pk")]
    return list(dict.fromkeys([*heads_of(enterprise, on=on), *named]))


def is_known_at(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """Whether a person works for the enterprise, represents it or manages accesses of it: he is told who may."""
    return is_linked(person, enterprise, on) or bool(manager_kinds(person, enterprise))
