from datetime import date
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.models import World
from bhod_portal.core.periods import covering
from csam.models.persons import Person


class Enterprise(models.Model):
    """An enterprise or organisation as the BCE knows it, and whether it is registered in CSAM."""

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="enterprises")
    bce_number = models.CharField(_("numéro d'entreprise"), max_length=10)
    name = models.CharField(_("dénomination"), max_length=200)
    # What BCE Public Search compares (`core.names.plain` of the name); whoever writes an enterprise sets it.
    search_name = models.CharField(max_length=200, editable=False)
    legal_form = models.CharField(_("forme légale"), max_length=60)
    address = models.CharField(_("adresse"), max_length=200)
    onss_number = models.CharField(_("matricule ONSS"), max_length=9, blank=True)
    started_on = models.DateField(_("date de début"))
    stopped_on = models.DateField(_("date d'arrêt"), null=True, blank=True)
    registered_at = models.DateTimeField(_("enregistrée dans CSAM le"), null=True, blank=True)
    registered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "bce_number"], name="enterprise_unique_in_world"),
            in_order("started_on", "stopped_on", name="enterprise_period_in_order"),
            paired("registered_at", "registered_by", name="enterprise_registered_by_someone"),
        ]
        indexes = [
            GinIndex(OpClass("search_name", name="gin_trgm_ops"), name="enterprise_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_active(self, on: date) -> bool:
        return self.stopped_on is None or on <= self.stopped_on


class LegalFunctionQuerySet(models.QuerySet["LegalFunction"]):
    def covering(self, day: date) -> Self:
        """Those that hold on that day; both ends of the period are included."""
        return self.filter(covering(day))


class LegalFunction(models.Model):
    """A mandate in the statutes, with signing power, that the BCE recognises (domain.md 2.1)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="legal_functions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_functions")
    name = models.CharField(_("fonction"), max_length=60)
    valid_from = models.DateField(_("date de début"))
    valid_until = models.DateField(_("date de fin"), null=True, blank=True)

    objects = LegalFunctionQuerySet.as_manager()

    class Meta:
        constraints = [in_order("valid_from", "valid_until", name="legal_function_period_in_order")]

    def __str__(self) -> str:
        return self.name


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def covering(self, day: date) -> Self:
        """Those that hold on that day; both ends of the period are included."""
        return self.filter(covering(day))


class Employment(models.Model):
    """A person who works for an enterprise, as the ONSS knows it."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="employments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    valid_from = models.DateField(_("date de début"))
    valid_until = models.DateField(_("date de fin"), null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints = [in_order("valid_from", "valid_until", name="employment_period_in_order")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.enterprise_id}"
