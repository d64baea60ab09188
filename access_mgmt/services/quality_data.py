from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality
from bhod_portal.core import audit, clock
from csam.models import Person


@transaction.atomic
def change_quality(*, quality: Quality, contact_email: str, seen: str, by: Person, at: datetime) -> bool:
    """Change the data of a quality for someone who last saw the address `seen`; returns whether anything changed.

    Raises PermissionDenied, or ValidationError `quality_over`, `changed_meanwhile` (someone else was faster).
    """
    fresh = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )
    if not selectors.manages(by, fresh, on=clock.day_of(at)):
        raise PermissionDenied(_("Seuls les gestionnaires de cette qualité peuvent en modifier les données."))
    if fresh.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    if contact_email == fresh.contact_email:
        return False
    if seen != fresh.contact_email:
        raise ValidationError(
            _("Quelqu'un a modifié cette adresse entre-temps. Comparez, puis enregistrez à nouveau."),
            code="changed_meanwhile",
        )
    fresh.contact_email = contact_email
    fresh.full_clean()
    fresh.save(update_fields=["contact_email"])
    audit.record(selectors.QUALITY_CHANGED, fresh, world=fresh.enterprise.world, by=by, at=at)
    return True
