from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.models.qualities import Quality
from bhod_portal.core.constraints import paired
from bhod_portal.core.models import World
from csam.models import Person


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def standing(self) -> Self:
        return self.filter(revoked_at=None)


class Certificate(models.Model):
    """An X.509 certificate that a person uses on the portal, or a quality on its REST channels. Revoked, never deleted.

    `content` is its DER form; the rest is what stands in it. No private key ever comes here.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="certificates")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True
    )
    quality = models.ForeignKey(
        Quality, on_delete=models.PROTECT, related_name="certificates", null=True, blank=True
    )
    content = models.BinaryField(_("contenu"))
    fingerprint = models.CharField(_("empreinte SHA-256"), max_length=64)
    subject = models.CharField(_("titulaire"), max_length=1000, blank=True)
    issuer = models.CharField(_("émetteur"), max_length=1000, blank=True)
    serial = models.CharField(_("numéro de série"), max_length=64)
    valid_from = models.DateTimeField(_("valable à partir du"))
    valid_until = models.DateTimeField(_("valable jusqu'au"))
    registered_at = models.DateTimeField(_("enregistré le"))
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    warned_at = models.DateTimeField(_("fin annoncée le"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_of_a_person_or_a_quality",
                condition=Q(person=None, quality__isnull=False) | Q(person__isnull=False, quality=None),
            ),
            models.UniqueConstraint(
                fields=["person"], name="certificate_one_per_person", condition=Q(revoked_at=None)
            ),
            models.UniqueConstraint(
                fields=["quality"], name="certificate_one_per_quality", condition=Q(revoked_at=None)
            ),
            models.UniqueConstraint(
                fields=["world", "fingerprint"],
                name="certificate_once_in_world",
                violation_error_code="already_known",
                violation_error_message=_(
                    "Ce certificat est ou a déjà été enregistré : demandez-en un autre à son émetteur."
                ),
            ),
            models.CheckConstraint(
                name="certificate_validity_in_order", condition=Q(valid_until__gte=F("valid_from"))
            ),
            paired("revoked_at", "revoked_by", name="certificate_revoked_by_someone"),
        ]

    def __str__(self) -> str:
        return self.fingerprint
