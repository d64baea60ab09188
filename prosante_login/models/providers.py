from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, DateRange
from csam.models import Person
from prosante_login.enums import Profession


class CareProviderQuerySet(models.QuerySet["CareProvider"]):
    def ready(self, on: date) -> Self:
        """Those whose file INAMI has set up on that day: one may choose their profile."""
        return self.filter(file_ready_on__lte=on)


class CareProvider(models.Model):
    """A person in one health profession, as INAMI knows him. No INAMI number is needed: a visa is enough (seed 003).

    The last three digits of the number are the qualification code (domain.md 5.4).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="care_providers")
    profession = models.CharField(_("profession"), max_length=10, choices=Profession)
    inami_number = models.CharField(_("numéro INAMI"), max_length=11, blank=True)
    file_ready_on = models.DateField(_("dossier configuré le"))

    objects = CareProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "profession"],
                name="care_provider_profession_once",
                violation_error_code="profession_twice",
                violation_error_message=_("Cette personne exerce déjà cette profession."),
            ),
            models.CheckConstraint(
                name="care_provider_inami_11_digits",
                condition=Q(inami_number="") | Q(inami_number__regex=r"^\d{11}$"),
            ),
        ]
        indexes = [models.Index("inami_number", name="care_provider_by_inami")]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def qualification_code(self) -> str:
        return self.inami_number[-3:]

    def is_ready(self, on: date) -> bool:
        """Whether INAMI has set up the file by that day of the world."""
        return self.file_ready_on <= on


class PracticeAddress(models.Model):
    """Where a care provider works, over a period of days, both included."""

    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="practice_addresses")
    name = models.CharField(_("nom du lieu"), max_length=80, blank=True)
    street = models.CharField(_("rue et numéro"), max_length=120)
    postal_code = models.CharField(_("code postal"), max_length=4)
    town = models.CharField(_("localité"), max_length=60)
    valid_from = models.DateField(_("depuis"))
    valid_until = models.DateField(_("jusqu'au"), null=True, blank=True)
    added_at = models.DateTimeField(_("ajoutée le"))
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="practice_address_no_overlap",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("postal_code", RangeOperators.EQUAL),
                    ("street", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                violation_error_code="address_twice",
                violation_error_message=_(
                    "Cette adresse est déjà dans le dossier pour une partie de la période."
                ),
            ),
            models.CheckConstraint(
                name="practice_address_belgian_postal_code",
                condition=Q(postal_code__regex=r"^[1-9][0-9]{3}$"),
            ),
            in_order("valid_from", "valid_until", name="practice_address_period_in_order"),
            paired("ended_at", "ended_by", name="practice_address_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.postal_code} {self.town}"


class SocialContract(models.Model):
    """The insurance contract for which a provider asks the social status of INAMI; days in Brussels, both included.

    One at a time. What INAMI answers and pays is outside of this simulator.
    """

    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="social_contracts")
    insurer = models.CharField(_("assureur"), max_length=80)
    number = models.CharField(_("numéro du contrat"), max_length=40)
    valid_from = models.DateField(_("depuis"))
    valid_until = models.DateField(_("jusqu'au"), null=True, blank=True)
    added_at = models.DateTimeField(_("ajouté le"))
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="social_contract_one_at_a_time",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                violation_error_code="contract_overlap",
                violation_error_message=_("Un autre contrat vaut déjà pour une partie de la période."),
            ),
            in_order("valid_from", "valid_until", name="social_contract_period_in_order"),
            paired("ended_at", "ended_by", name="social_contract_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {self.number}"
