from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from access_mgmt.selectors import effective_functions
from bhod.permissions import Capability, grant, is_inami_agent
from bhod_portal.core import clock
from csam.models import Person


def check_capability(*, by: Person, enterprise_id: int, capability: Capability, at: datetime) -> None:
    """Raises PermissionDenied unless a function of this person, effective on that day, gives it for this circle."""
    functions = effective_functions(person=by, enterprise_id=enterprise_id, on=clock.day_of(at))
    if not grant(functions, capability):
        raise PermissionDenied(
            _(
                "Aucune de vos fonctions dans ce cercle, telles que BHOD les connaît aujourd'hui, ne permet cet acte."
            )
        )


def check_inami_agent(by: Person) -> None:
    """Raises PermissionDenied for who is no agent of INAMI."""
    if not is_inami_agent(by):
        raise PermissionDenied(_("Cet acte est réservé aux agents de l'INAMI."))
