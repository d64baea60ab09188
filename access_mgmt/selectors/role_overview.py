from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access_mgmt.models import QualityMember
from access_mgmt.selectors.qualities import current_assignments
from bhod_portal.core.names import plain


def members_with_functions(
    members: QuerySet[QualityMember], *, on: date, name: str = "", function: str = ""
) -> QuerySet[QualityMember]:
    """These members, each with `functions_count`: what was asked for him and is not over.

    Narrowed to parts of a name, whatever their case, accents and order, and to one function. Built for 10,000
    members: the functions are counted for those who are read, not for all.
    """
    for part in plain(name).split():
        members = members.filter(person__sort_name__contains=part)
    current = current_assignments(on)
    if function:
        members = members.filter(pk__in=current.filter(function=function).values("member"))
    counts = (
        current.filter(member=OuterRef("pk")).values("member").annotate(total=Count("pk")).values("total")
    )
    return members.annotate(functions_count=Coalesce(Subquery(counts, output_field=IntegerField()), 0))
