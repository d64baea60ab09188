"""Which mandates a person may use: his own, and those of the enterprises for which he may act."""

from datetime import date

from django.db.models import Q, QuerySet

from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, LegalFunction, Person
from prosante_login.models import Mandate, MandateDelegate


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


def enterprises_holding_mandates(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """The enterprises that hold a usable mandate on that day and for which this person may act; by name."""
    holding = Mandate.objects.usable(on).filter(holder_enterprise__in=enterprises_acted_for(person, on=on))
    return Enterprise.objects.filter(pk__in=holding.values("holder_enterprise")).order_by("name", "pk")


def may_use_mandates_of(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """Whether a person has a legal function at the enterprise on that day, is its GAP, or was delegated by them."""
    return enterprises_acted_for(person, on=on).filter(pk=enterprise.pk).exists()


def enterprises_acted_for(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Where he is legal representative, GAP with access, or delegated, on that day (design 4, ProSanté 1)."""
    represented = LegalFunction.objects.covering(on).filter(person=person)
    managed = AccessManager.objects.with_access(on).filter(person=person, kind=ManagerKind.MAIN)
    delegated = MandateDelegate.objects.filter(person=person, ended_at=None)
    return Enterprise.objects.filter(
        Q(pk__in=represented.values("enterprise"))
        | Q(pk__in=managed.values("enterprise"))
        | Q(pk__in=delegated.values("enterprise")),
        world=person.world_id,
    )
