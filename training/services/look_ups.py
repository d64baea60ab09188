"""The help desk looks at someone's rights: never without a reason, which stays."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit
from csam.models import Enterprise, Person
from training.permissions import helps
from training.selectors.look_ups import LOOKED_UP


@transaction.atomic
def look_up(*, person: Person, enterprise: Enterprise | None, reason: str, by: Person, at: datetime) -> None:
    """Write down that an agent of the help desk looks at what someone may, before he does.

    Raises PermissionDenied for who is no such agent or of another world, ValidationError `reason_missing`.
    """
    if not helps(by) or by.world_id != person.world_id:
        raise PermissionDenied(_("Seul le centre de contact consulte les droits de quelqu'un d'autre."))
    if not reason.strip():
        raise ValidationError(_("Écrivez pourquoi vous consultez ces droits."), code="reason_missing")
    audit.record(
        LOOKED_UP,
        person,
        world=person.world,
        by=by,
        at=at,
        enterprise=enterprise.pk if enterprise else None,
        reason=reason.strip(),
    )
