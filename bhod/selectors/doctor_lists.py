"""The list of doctors of a circle: by criteria, in an order, with no more queries for 200 than for five."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet
from django.db.models.functions import Right

from bhod.enums import EnrolmentState, Qualification
from bhod.models import CircleDoctor, DoctorUnit
from bhod_portal.core.names import plain
from prosante_login.enums import Profession

BY_NAME = "nom"
# What people write between the figures of a number.
_NUMBER = re.compile(r"[\d\s.\-/]+")
_ORDERS: Mapping[str, F | Right] = {
    BY_NAME: F("provider__person__sort_name"),
    "inami": F("provider__inami_number"),
    "qualification": Right("provider__inami_number", 3),
    "du": F("valid_from"),
    "au": F("valid_until"),
    "maitre": F("supervisor__person__sort_name"),
}
SORTS = frozenset(_ORDERS)


@dataclass(frozen=True, slots=True)
class DoctorCriteria:
    """What is asked of the list; an empty criterion asks nothing. `text` is a part of a name or of an INAMI number.

    `on` is the day on which an enrolment is current, to come or ended.
    """

    on: date
    text: str = ""
    state: EnrolmentState | None = None
    qualification: Qualification | None = None
    candidate: bool | None = None
    unit_id: int | None = None


def matching(doctors: QuerySet[CircleDoctor], criteria: DoctorCriteria) -> QuerySet[CircleDoctor]:
    """Those of the enrolments that answer every criterion; a doctor without units of his own is in each of them."""
    doctors = doctors.filter(named(criteria.text, "provider__"), _in_state(criteria))
    if criteria.qualification:
        doctors = doctors.filter(_coded([criteria.qualification]))
    if criteria.candidate is not None:
        candidates = _coded([each for each in Qualification if each.is_candidate])
        doctors = doctors.filter(candidates if criteria.candidate else ~candidates)
    if criteria.unit_id:
        units = DoctorUnit.objects.filter(doctor=OuterRef("pk"))
        doctors = doctors.filter(Exists(units.filter(unit=criteria.unit_id)) | ~Exists(units))
    return doctors


def in_order(doctors: QuerySet[CircleDoctor], sort: str) -> QuerySet[CircleDoctor]:
    """The same, sorted by one of `SORTS` (a minus turns it round), then by name; what is empty comes last."""
    order = _ORDERS[sort.removeprefix("-")]
    first: OrderBy = order.desc(nulls_last=True) if sort.startswith("-") else order.asc(nulls_last=True)
    return doctors.order_by(first, "provider__person__sort_name", "provider_id", "-valid_from", "pk")


def named(text: str, prefix: str = "") -> Q:
    """Providers by parts of a name, in any order, or by a part of an INAMI number; no text asks nothing."""
    text = text.strip()
    if text and _NUMBER.fullmatch(text):
        return Q(**{f"{prefix}inami_number__contains": re.sub(r"\D", "", text)})
    return Q(*(Q(**{f"{prefix}person__sort_name__contains": word}) for word in plain(text).split()))


def _in_state(criteria: DoctorCriteria) -> Q:
    day = criteria.on
    match criteria.state:
        case EnrolmentState.CURRENT:
            return Q(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
        case EnrolmentState.FUTURE:
            return Q(valid_from__gt=day)
        case EnrolmentState.ENDED:
            return Q(valid_until__lt=day)
        case _all:
            return Q()


def _coded(codes: list[Qualification]) -> Q:
    ends = Q()
    for code in codes:
        ends |= Q(provider__inami_number__endswith=code.value)
    return Q(ends, provider__profession=Profession.PHYSICIAN)
