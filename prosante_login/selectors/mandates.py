"""Which mandates a person may use: his own, and those of the enterprises for which he may act."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from bhod_portal.core.prepared import Prepared
from csam.enums import ManagerKind
from csam.models import AccessManager, Employment, Enterprise, LegalFunction, Person
from csam.models.managers import gap_term
from prosante_login.models import CareProvider, Mandate, MandateDelegate


def usable_mandates(*, person: Person, enterprise_id: int | None, on: date) -> QuerySet[Mandate]:
    """The mandates that a person may use on that day: his own, or those of an enterprise for which he may act.

    None of an enterprise for which he may not.
    """
    mandates = Mandate.objects.usable(on).select_related("provider__person", "holder_enterprise")
    if enterprise_id is None:
        return mandates.filter(holder_person=person)
    return mandates.filter(
        holder_enterprise__in=enterprises_acted_for(person, on=on), holder_enterprise=enterprise_id
    )


def usable_mandate(*, person: Person, enterprise_id: int | None, mandate_id: int, on: date) -> Mandate | None:
    """One of them."""
    return usable_mandates(person=person, enterprise_id=enterprise_id, on=on).filter(pk=mandate_id).first()


def mandates_over(provider: CareProvider, *, person: Person, on: date) -> QuerySet[Mandate]:
    """Those by which a person may act in this provider's file on that day, whether he or an enterprise holds them."""
    his = Q(holder_person=person) | Q(holder_enterprise__in=enterprises_acted_for(person, on=on))
    return Mandate.objects.usable(on).filter(his, provider=provider)


def received_mandates(
    *, person: Person | None = None, enterprise: Enterprise | None = None
) -> QuerySet[Mandate]:
    """The mandates that were ever given to a person, or to an enterprise; the latest first."""
    holder = Q(holder_person=person) if person else Q(holder_enterprise=enterprise)
    return with_parties(Mandate.objects.filter(holder))


def with_parties(mandates: QuerySet[Mandate]) -> QuerySet[Mandate]:
    """Mandates with everybody who signed, refused or stopped them; the latest first."""
    return mandates.select_related(
        "provider__person",
        "holder_person",
        "holder_enterprise",
        "given_by",
        "accepted_by",
        "refused_by",
        "stopped_by",
        "transfers",
    ).order_by("-given_at", "-pk")


def holds_usable_mandates(*, person: Person, enterprise_id: int, on: date) -> bool:
    """Whether an enterprise for which this person may act holds a mandate that he may use on that day."""
    person_pk, world = person.pk, person.world_id
    return bool(_one_of.rows(person=person_pk, world=world, enterprise=enterprise_id, on=on, **gap_term(on)))


def that_hold_mandates(person: Person, managers: QuerySet[AccessManager], *, on: date) -> Q:
    """Those that hold a usable mandate on that day and for which this person may act, as one of its managers perhaps."""
    acted_for = _acted_for(person, managers, on=on)
    holding = Mandate.objects.usable(on).filter(holder_enterprise__in=acted_for)
    return Q(pk__in=holding.values("holder_enterprise"))


def may_use_mandates_of(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """Whether a person has a legal function at the enterprise on that day, is its GAP, or was delegated by them."""
    return enterprises_acted_for(person, on=on).filter(pk=enterprise.pk).exists()


def standing_delegates(on: date) -> QuerySet[MandateDelegate]:
    """Delegates who act on that day: a delegation is no use to who works for the enterprise no longer."""
    works = Employment.objects.covering(on).filter(
        person=OuterRef("person"), enterprise=OuterRef("enterprise")
    )
    return MandateDelegate.objects.filter(Exists(works), ended_at=None)


def enterprises_acted_for(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Where he is legal representative, GAP with access, or a delegate who works there, on that day (design 4, ProSanté 1)."""
    return _acted_for(person, AccessManager.objects.with_access(on), on=on)


def _acted_for(person: Person, managers: QuerySet[AccessManager], *, on: date) -> QuerySet[Enterprise]:
    represented = LegalFunction.objects.covering(on).filter(person=person)
    managed = managers.filter(person=person, kind=ManagerKind.MAIN)
    delegated = standing_delegates(on).filter(person=person)
    return Enterprise.objects.filter(
        Q(pk__in=represented.values("enterprise"))
        | Q(pk__in=managed.values("enterprise"))
        | Q(pk__in=delegated.values("enterprise")),
        world=person.world_id,
    )


@Prepared
def _one_of(
    *, person: int, world: int, enterprise: int, on: date, since: date, designated_since: datetime
) -> QuerySet[Mandate]:
    managers = AccessManager.objects.tied(on, since=since, designated_since=designated_since)
    acted_for = _acted_for(Person(pk=person, world_id=world), managers, on=on)
    usable = Mandate.objects.usable(on)
    return usable.filter(holder_enterprise__in=acted_for, holder_enterprise=enterprise)[:1]
