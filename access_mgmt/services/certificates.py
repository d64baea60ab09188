"""Certificates: a person's own for the portal, a quality's for its REST channels. A new one revokes the one before."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Certificate, Quality
from access_mgmt.services.certificate_files import ReadCertificate
from bhod_portal.core import audit, clock
from bhod_portal.core.models import World
from bhod_portal.core.shown import shown_day
from csam.models import Person


@transaction.atomic
def register_certificate(
    *, holder: Person | Quality, certificate: ReadCertificate, by: Person, at: datetime
) -> Certificate:
    """Register a certificate that is valid at the world's instant; the one before, if any, is revoked.

    Raises PermissionDenied, or ValidationError `expired`, `not_yet_valid`, `already_known`; of a quality also
    `self_signed` (domain.md 3.7).
    """
    _hold(holder, by, at)
    if certificate.valid_until <= at:
        raise ValidationError(
            _("Ce certificat a expiré le %(day)s : demandez-en un nouveau à son émetteur."),
            code="expired",
            params={"day": shown_day(clock.day_of(certificate.valid_until))},
        )
    if certificate.valid_from > at:
        raise ValidationError(
            _("Ce certificat n'est valable qu'à partir du %(day)s : enregistrez-le ce jour-là."),
            code="not_yet_valid",
            params={"day": shown_day(clock.day_of(certificate.valid_from))},
        )
    if isinstance(holder, Quality) and certificate.is_self_signed:
        raise ValidationError(
            _("Un certificat auto-signé n'est pas accepté : demandez-en un à une autorité de certification."),
            code="self_signed",
        )
    before = selectors.standing_certificate(holder)
    if before:
        _revoke(before, by, at)
    registered = Certificate(
        world=_world_of(holder),
        person=holder if isinstance(holder, Person) else None,
        quality=holder if isinstance(holder, Quality) else None,
        content=certificate.content,
        fingerprint=certificate.fingerprint,
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        registered_at=at,
        registered_by=by,
    )
    registered.full_clean()
    registered.save()
    _record("registered", registered, by, at)
    return registered


@transaction.atomic
def revoke_certificate(*, holder: Person | Quality, by: Person, at: datetime) -> bool:
    """Revoke the certificate of a person or a quality; False when there was none (any more). Raises PermissionDenied."""
    _hold(holder, by, at)
    certificate = selectors.standing_certificate(holder)
    if certificate is None:
        return False
    _revoke(certificate, by, at)
    return True


def _hold(holder: Person | Quality, by: Person, at: datetime) -> None:
    """Lock the holder, one act at a time, and check the right to act for him."""
    if isinstance(holder, Quality):
        stands = Quality.objects.select_for_update(of=("self",), no_key=True).get(pk=holder.pk)
        if not selectors.manages(by, holder, on=clock.day_of(at)):
            raise PermissionDenied(_("Seuls les gestionnaires de la qualité gèrent ses certificats."))
        if stands.deactivated_at is not None:
            raise PermissionDenied(_("Cette qualité n'est plus active : ses certificats ne changent plus."))
        return
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=holder.pk)
    if holder != by:
        raise PermissionDenied(_("Chacun gère lui-même son certificat."))


def _world_of(holder: Person | Quality) -> World:
    return holder.enterprise.world if isinstance(holder, Quality) else holder.world


def _revoke(certificate: Certificate, by: Person, at: datetime) -> None:
    certificate.revoked_at, certificate.revoked_by = at, by
    certificate.save(update_fields=["revoked_at", "revoked_by"])
    _record("revoked", certificate, by, at)


def _record(act: str, certificate: Certificate, by: Person, at: datetime) -> None:
    audit.record(f"access_mgmt.certificate.{act}", certificate, world=certificate.world, by=by, at=at)
