from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order
from bhod_portal.core.models import World
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, DateRange


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
