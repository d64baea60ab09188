from datetime import date

from django.db.models import Q, QuerySet

from access_mgmt.selectors import (
    LostFunction,
    effective_functions,
    enterprises_with_effective_functions,
    lost_function,
    pending_changes,
)
from bhod_portal.core import clock
from csam.http import PortalRequest
from csam.models import Enterprise, Person
from prosante_login import http
from prosante_login.enums import Profession, ProfileKind
from prosante_login.models import CareProvider
from prosante_login.profiles import FUNCTION_PREFIX, ActiveProfile
from prosante_login.selectors.mandates import enterprises_holding_mandates, usable_mandate


def active_profile(request: PortalRequest) -> ActiveProfile | None:
    """The profile of this request: chosen in the session, but what it grants is read here, each time.

    None without a choice, when it names an enterprise of another world, a file of one's own that is not there (any more),
    or a mandate that may no longer be used. A choice whose functions have ended stays, with an empty set: the
    applications refuse and explain.
    """
    choice = http.remembered(request)
    if choice is None or not isinstance(request.user, Person):
        return None
    today = clock.today(request.world)
    if choice.kind == ProfileKind.PROVIDER:
        provider = own_providers(request.user, on=today).filter(profession=choice.profession).first()
        return ActiveProfile(choice, provider=provider) if provider else None
    if choice.mandate_id is not None:
        mandate = usable_mandate(
            person=request.user, enterprise_id=choice.enterprise_id, mandate_id=choice.mandate_id, on=today
        )
        return ActiveProfile(choice, provider=mandate.provider, mandate=mandate) if mandate else None
    if choice.enterprise_id is None:
        return ActiveProfile(choice)
    if not Enterprise.objects.filter(pk=choice.enterprise_id, world=request.world).exists():
        return None
    functions = effective_functions(person=request.user, enterprise_id=choice.enterprise_id, on=today)
    return ActiveProfile(choice, functions)


def own_providers(person: Person, *, on: date) -> QuerySet[CareProvider]:
    """The professions whose profile a person may choose on that day: his file is set up; by name of the profession."""
    return (
        CareProvider.objects.ready(on).filter(person=person).select_related("person").order_by("profession")
    )


def is_physician(person: Person) -> bool:
    """Whether INAMI knows a person as a doctor."""
    return CareProvider.objects.filter(person=person, profession=Profession.PHYSICIAN).exists()


def organisations_of(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """What « Au sein de l'organisation » offers on that day of the world, by name.

    Where he holds an effective function of INAMI, and what holds a mandate and lets him use it (design 4, ProSanté 1).
    """
    by_function = enterprises_with_effective_functions(person=person, prefix=FUNCTION_PREFIX, on=on)
    by_mandate = enterprises_holding_mandates(person, on=on)
    found = Q(pk__in=by_function.order_by().values("pk")) | Q(pk__in=by_mandate.order_by().values("pk"))
    return Enterprise.objects.filter(found).order_by("name", "pk")


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
