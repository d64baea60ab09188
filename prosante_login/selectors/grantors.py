"""« Chercher mandant » (seed 003, lines 133-142): a person's usable mandates by what is known of the provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, F, Func, Q, QuerySet, Value, When

from bhod_portal.core.names import Plain, plain
from csam.models import Person
from prosante_login.enums import MandateKind, Profession
from prosante_login.models import Mandate
from prosante_login.selectors.mandates import usable_mandates

BY_NAME = "nom"


def _by_label(field: str, choices: type[Profession] | type[MandateKind]) -> Case:
    """As the page shows the choices: by their words in the language of the request."""
    return Case(
        *(When(**{field: each}, then=Value(plain(str(each.label)))) for each in choices),
        output_field=CharField(),
    )


@dataclass(frozen=True, slots=True)
class GrantorCriteria:
    """What is known of the provider; an empty criterion asks nothing. Numbers are bare digits."""

    inami_number: str = ""
    niss: str = ""
    last_name: str = ""
    first_name: str = ""


def grantors(
    *, person: Person, enterprise_id: int | None, criteria: GrantorCriteria, sort: str = BY_NAME, on: date
) -> QuerySet[Mandate]:
    """The usable mandates of `usable_mandates` whose provider answers all criteria, sorted (a minus turns it round)."""
    mandates = usable_mandates(person=person, enterprise_id=enterprise_id, on=on)
    order = _order(sort.removeprefix("-"))
    first = order.desc() if sort.startswith("-") else order.asc()
    return _matching(mandates, criteria).order_by(first, "provider__person__sort_name", "kind", "pk")


def closed_grantors(
    *, person: Person, enterprise_id: int | None, criteria: GrantorCriteria, on: date
) -> QuerySet[Mandate]:
    """Of the mandates that were given to the same holder, those that answer and can't be used; the latest first.

    The caller has asked whether the person may act for the enterprise.
    """
    held = Q(holder_person=person) if enterprise_id is None else Q(holder_enterprise=enterprise_id)
    mandates = Mandate.objects.filter(held).exclude(
        pk__in=Mandate.objects.usable(on).filter(held).values("pk")
    )
    found = _matching(mandates, criteria).select_related("provider__person", "stopped_by")
    return found.order_by("-given_at", "-pk")


def _order(sort: str) -> F | Func | Case:
    orders: Mapping[str, F | Func | Case] = {
        BY_NAME: F("provider__person__sort_name"),
        "profession": _by_label("provider__profession", Profession),
        "inami": F("provider__inami_number"),
        "type": _by_label("kind", MandateKind),
        "du": F("valid_from"),
    }
    return orders[sort]


def _matching(mandates: QuerySet[Mandate], criteria: GrantorCriteria) -> QuerySet[Mandate]:
    if criteria.inami_number:
        mandates = mandates.filter(provider__inami_number=criteria.inami_number)
    if criteria.niss:
        mandates = mandates.filter(provider__person__niss=criteria.niss)
    for name in ("last_name", "first_name"):
        if typed := plain(getattr(criteria, name)):
            mandates = mandates.alias(**{f"plain_{name}": Plain(f"provider__person__{name}")})
            mandates = mandates.filter(**{f"plain_{name}__contains": typed})
    return mandates
