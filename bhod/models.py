from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import GuardState
from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.models import World
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, END_EXCLUDED, DateRange, InstantRange, covering
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider


class GuardUnit(models.Model):
    """A part of the circle's zone with its own guard service (AR 8 July 2002, art. 4-5)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="guard_units")
    name = models.CharField(_("unité"), max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "name"], name="guard_unit_name_once")]

    def __str__(self) -> str:
        return self.name


class CircleDoctorQuerySet(models.QuerySet["CircleDoctor"]):
    def covering(self, day: date) -> Self:
        """Those that hold on that day; both ends of the period are included."""
        return self.filter(covering(day))


class CircleDoctor(models.Model):
    """A doctor's enrolment on the list of a circle over a period, both ends included."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="circle_doctors")
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="enrolments")
    supervisor = models.ForeignKey(
        CareProvider,
        on_delete=models.PROTECT,
        related_name="supervised_enrolments",
        null=True,
        blank=True,
        verbose_name=_("maître de stage"),
    )
    valid_from = models.DateField(_("inscrit du"))
    valid_until = models.DateField(_("au"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("inscrit le"))
    enrolled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = CircleDoctorQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="circle_doctor_no_overlap",
                expressions=[
                    ("enterprise", RangeOperators.EQUAL),
                    ("provider", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                violation_error_code="already_enrolled",
                violation_error_message=_(
                    "Ce médecin est déjà inscrit dans le cercle pour une partie de la période."
                ),
            ),
            models.CheckConstraint(
                name="circle_doctor_not_own_supervisor",
                condition=Q(supervisor=None) | ~Q(supervisor=F("provider")),
            ),
            in_order("valid_from", "valid_until", name="circle_doctor_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} @ {self.enterprise_id}"


class GuardQuerySet(models.QuerySet["Guard"]):
    def standing(self) -> Self:
        return self.exclude(state=GuardState.CANCELLED)


class Guard(models.Model):
    """A doctor on duty for a unit from one instant to another (end excluded)."""

    unit = models.ForeignKey(GuardUnit, on_delete=models.PROTECT, related_name="guards")
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="guards")
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    state = models.CharField(_("état"), max_length=10, choices=GuardState, default=GuardState.REGISTERED)
    registered_at = models.DateTimeField(_("enregistrée le"))
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    cancel_reason = models.CharField(_("motif"), max_length=200, blank=True)

    objects = GuardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guard_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_code="guard_out_of_order",
                violation_error_message=_("La fin de la garde doit suivre son début."),
            ),
            ExclusionConstraint(
                name="guard_no_overlap_of_a_doctor",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (InstantRange("starts_at", "ends_at", END_EXCLUDED), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=GuardState.CANCELLED),
                violation_error_code="guard_overlap",
                violation_error_message=_("Ce médecin est déjà de garde pendant une partie de ces heures."),
            ),
            models.CheckConstraint(
                name="guard_cancelled_says_when",
                condition=Q(state=GuardState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=GuardState.CANCELLED) & Q(cancelled_at__isnull=True)),
            ),
            paired("cancelled_at", "cancelled_by", name="guard_cancelled_by_someone"),
        ]
        indexes = [models.Index("unit", "starts_at", name="guard_of_unit")]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Tariff(models.Model):
    """The amount of one eligible hour over a period of days, both included (domain.md 1.5)."""

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="tariffs")
    valid_from = models.DateField(_("du"))
    valid_until = models.DateField(_("au"), null=True, blank=True)
    amount = models.DecimalField(_("montant par heure"), max_digits=6, decimal_places=2)
    source = models.CharField(_("source"), max_length=200)
    is_simulated = models.BooleanField(_("simulé"))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tariff_no_overlap",
                expressions=[
                    ("world", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                violation_error_code="tariff_overlap",
                violation_error_message=_("Un autre tarif vaut déjà pour une partie de la période."),
            ),
            in_order("valid_from", "valid_until", name="tariff_period_in_order"),
            models.CheckConstraint(name="tariff_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} €"
