from datetime import date

from django.db.models import QuerySet

from bhod_portal.core.periods import covering
from csam.models import Person
from prosante_login.models import AdministrativeContact


def contacts_of(person: Person, *, on: date) -> QuerySet[AdministrativeContact]:
    """The administrative roles in which INAMI knows a person on that day, the oldest first; none of who is unknown."""
    return AdministrativeContact.objects.filter(covering(on), person=person).order_by("valid_from", "pk")
