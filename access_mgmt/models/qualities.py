from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import QualityKind
from bhod_portal.core.constraints import paired
from bhod_portal.core.identifiers import format_bce, format_onss
from csam.models import Enterprise, Person


class QualityQuerySet(models.QuerySet["Quality"]):
    def active(self) -> Self:
        return self.filter(deactivated_at=None)


class Quality(models.Model):
    """A capacity in which an enterprise uses the portal; it has its own managers and users (domain.md 3.1)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="qualities")
    kind = models.CharField(_("qualité"), max_length=30, choices=QualityKind)
    contact_email = models.EmailField(_("adresse e-mail de contact"))
    activated_at = models.DateTimeField(_("activée le"))
    activated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deactivated_at = models.DateTimeField(_("désactivée le"), null=True, blank=True)
    deactivated_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = QualityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                name="quality_active_once",
                condition=Q(deactivated_at=None),
                violation_error_code="already_active",
                violation_error_message=_("Cette qualité est déjà active pour l'entreprise."),
            ),
            paired("deactivated_at", "deactivated_by", name="quality_deactivated_by_someone"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def identifier_name(self) -> str:
        """The kind of number under which the quality is known (seed 000, lines 185 and 266)."""
        return (
            gettext("Matricule ONSS") if self.kind == QualityKind.EMPLOYER else gettext("Numéro d'entreprise")
        )

    @property
    def identifier(self) -> str:
        """That number, as the forms print it; reads `enterprise`, to be selected along."""
        if self.kind == QualityKind.EMPLOYER:
            return format_onss(self.enterprise.onss_number)
        return format_bce(self.enterprise.bce_number)
