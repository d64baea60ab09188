from datetime import date, datetime

from django.db.models import Q, QuerySet

from access_mgmt.selectors import (
    LostFunction,
    enterprises_with_effective_functions,
    lost_function,
    lost_organisations,
    organisation_with_functions,
    pending_changes,
)
from bhod_portal.core import clock
from bhod_portal.core.prepared import Prepared
from csam.http import PortalRequest
from csam.models import AccessManager, Enterprise, Person
from csam.models.managers import gap_term
from prosante_login import http
from prosante_login.enums import Profession, ProfileKind
from prosante_login.models import CareProvider
from prosante_login.profiles import FUNCTION_PREFIX, ActiveProfile, ProfileChoice
from prosante_login.selectors.mandates import that_hold_mandates, usable_mandate


def active_profile(request: PortalRequest) -> ActiveProfile | None:
    """The profile of this request: chosen in the session, but what it grants is read here, each time.

    None without a choice, when it names an enterprise of another world, a file of one's own that is not there (any more),
    or a mandate that may no longer be used. A choice whose functions have ended stays, with an empty set: the
    applications refuse and explain.
    """
    choice = http.remembered(request)
    if choice is None or not isinstance(request.user, Person):
        return None
    return profile_of(person=request.user, choice=choice, on=clock.today(request.world))


def profile_of(*, person: Person, choice: ProfileChoice, on: date) -> ActiveProfile | None:
    """What a choice grants a person on that day of the world; None as `active_profile` says."""
    if choice.kind == ProfileKind.PROVIDER:
        provider = own_providers(person, on=on).filter(profession=choice.profession).first()
        return ActiveProfile(choice, provider=provider) if provider else None
    if choice.mandate_id is not None:
        mandate = usable_mandate(
            person=person, enterprise_id=choice.enterprise_id, mandate_id=choice.mandate_id, on=on
        )
        if mandate is None:
            return None
        return ActiveProfile(
            choice, provider=mandate.provider, mandate=mandate, enterprise=mandate.holder_enterprise
        )
    if choice.enterprise_id is None:
        return ActiveProfile(choice)
    found = organisation_with_functions(person=person, enterprise_id=choice.enterprise_id, on=on)
    if found is None:
        return None
    enterprise, functions = found
    return ActiveProfile(choice, functions, enterprise=enterprise)


def may_choose(*, person: Person, choice: ProfileChoice, on: date) -> ActiveProfile | None:
    """The profile of a choice that the page of choices, the selection or « Chercher mandant » would let a person make now.

    None for any other, those that it refuses included.
    """
    profile = profile_of(person=person, choice=choice, on=on)
    if profile is None or (choice.kind == ProfileKind.PROVIDER and choice.enterprise_id is not None):
        return None
    if choice.enterprise_id is None or choice.mandate_id is not None:
        return profile
    offered = organisations_of(person, on=on)
    return profile if any(each.pk == choice.enterprise_id for each in offered) else None


def own_providers(person: Person, *, on: date) -> QuerySet[CareProvider]:
    """The professions whose profile a person may choose on that day: his file is set up; by name of the profession."""
    return (
        CareProvider.objects.ready(on).filter(person=person).select_related("person").order_by("profession")
    )


def care_providers_of(person: Person) -> QuerySet[CareProvider]:
    """Every profession in which INAMI knows a person, its file set up or not; by name of the profession."""
    return CareProvider.objects.filter(person=person).order_by("profession")


def is_physician(person: Person) -> bool:
    """Whether INAMI knows a person as a doctor."""
    return CareProvider.objects.filter(person=person, profession=Profession.PHYSICIAN).exists()


def organisations_of(person: Person, *, on: date) -> list[Enterprise]:
    """What « Au sein de l'organisation » offers on that day of the world, by name.

    Where he holds an effective function of INAMI, and what holds a mandate and lets him use it (design 4, ProSanté 1).
    """
    return _organisations.rows(person=person.pk, world=person.world_id, on=on, **gap_term(on))


@Prepared
def _organisations(
    *, person: int, world: int, on: date, since: date, designated_since: datetime
) -> QuerySet[Enterprise]:
    somebody = Person(pk=person, world_id=world)
    by_function = enterprises_with_effective_functions(person=somebody, prefix=FUNCTION_PREFIX, on=on)
    managers = AccessManager.objects.tied(on, since=since, designated_since=designated_since)
    by_mandate = that_hold_mandates(somebody, managers, on=on)
    found = Q(pk__in=by_function.order_by().values("pk")) | by_mandate
    return Enterprise.objects.filter(found).order_by("name", "pk")


def lost_organisations_of(person: Person, *, on: date) -> list[tuple[Enterprise, LostFunction]]:
    """The organisations that « Au sein de l'organisation » doesn't offer any more, or not yet, and why; by name."""
    return lost_organisations(person=person, prefix=FUNCTION_PREFIX, on=on)


def lost_access(person: Person, enterprise_id: int, *, on: date) -> LostFunction:
    """Why no function of INAMI is effective for an organisation on that day of the world; asked when none is."""
    return lost_function(person=person, enterprise_id=enterprise_id, on=on, prefix=FUNCTION_PREFIX)


def awaits_a_change(person: Person) -> bool:
    """Whether a function of INAMI that a manager gave or changed has not reached the applications yet."""
    return (
        pending_changes(person.world)
        .filter(
            Q(grants__member__person=person, grants__function__startswith=FUNCTION_PREFIX)
            | Q(withdraws__member__person=person, withdraws__function__startswith=FUNCTION_PREFIX)
        )
        .exists()
    )
