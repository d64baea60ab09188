"""All the doctors whom INAMI knows, and which of them a circle may choose."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from bhod.eligibility import qualification_of
from bhod.enums import SUPERVISING, Qualification
from bhod.models import CircleDoctor
from bhod.selectors.doctor_lists import named
from bhod_portal.core.keys import key_in
from bhod_portal.core.models import World
from prosante_login.enums import Profession
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class FoundDoctor:
    """A doctor of the world as a circle finds him. `enrolment` is his latest one in that circle, if he has any."""

    provider: CareProvider
    qualification: Qualification | None
    enrolment: CircleDoctor | None

    @property
    def may_supervise(self) -> bool:
        return self.qualification in SUPERVISING


def physicians_named(world: World, text: str) -> QuerySet[CareProvider]:
    """The physicians of a world who have an INAMI number, by a part of it or of their name; in order of names."""
    providers = CareProvider.objects.filter(
        named(text), person__world=world, profession=Profession.PHYSICIAN
    ).exclude(inami_number="")
    return providers.select_related("person").order_by("person__sort_name", "pk")


def physician_chosen(world: World, key: str) -> CareProvider | None:
    """The physician whom an address names by his key; None for what is no key, and in another world."""
    pk = key_in(key)
    return physicians_named(world, "").filter(pk=pk).first() if pk else None


def found_doctors(providers: Iterable[CareProvider], *, enterprise_id: int) -> list[FoundDoctor]:
    """These providers with what they are to a circle; one query."""
    shown = list(providers)
    enrolments = CircleDoctor.objects.filter(enterprise=enterprise_id, provider__in=shown)
    latest = {each.provider_id: each for each in enrolments.order_by("valid_from")}
    return [FoundDoctor(each, qualification_of(each), latest.get(each.pk)) for each in shown]
