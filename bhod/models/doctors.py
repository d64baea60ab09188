from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bhod.models.circles import GuardUnit
from bhod_portal.core.constraints import in_order
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, DateRange, covering
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider


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
    acquired_rights = models.BooleanField(_("droits acquis"), default=False)
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


class DoctorUnit(models.Model):
    """A unit in which an enrolled doctor may be on duty; one who has none may be in every unit of the circle."""

    doctor = models.ForeignKey(CircleDoctor, on_delete=models.PROTECT, related_name="allowed_units")
    unit = models.ForeignKey(GuardUnit, on_delete=models.PROTECT, related_name="allowed_doctors")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["doctor", "unit"], name="doctor_unit_once")]

    def __str__(self) -> str:
        return f"{self.doctor_id} @ {self.unit_id}"
