from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import GuardCategory
from csam.models import Enterprise, Person


class CircleOrganisation(models.Model):
    """How a circle organises its guards, as its internal regulation says (AR 8 July 2002, art. 5; domain.md 1.2, 1.4)."""

    enterprise = models.OneToOneField(
        Enterprise, on_delete=models.PROTECT, related_name="circle_organisation"
    )
    organises_weeknights = models.BooleanField(_("organise les nuits de semaine"))
    swaps_need_manager = models.BooleanField(_("le cercle approuve les échanges"))
    changed_at = models.DateTimeField(_("modifiée le"))
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"organisation of {self.enterprise_id}"


class GuardZone(models.Model):
    """A zone of general practitioners: one guard service for all of its population (AR 8 July 2002, art. 4)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="guard_zones")
    name = models.CharField(_("zone"), max_length=60)
    population = models.PositiveIntegerField(_("population"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="guard_zone_name_once",
                violation_error_code="zone_name_taken",
                violation_error_message=_("Votre cercle a déjà une zone de ce nom."),
            ),
            models.CheckConstraint(
                name="guard_zone_populated",
                condition=Q(population__gt=0),
                violation_error_code="zone_without_population",
                violation_error_message=_("Indiquez la population de la zone."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GuardUnit(models.Model):
    """A part of the circle's zone with its own guard service (AR 8 July 2002, art. 4-5).

    From `closed_from` on it has no guards any more.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="guard_units")
    zone = models.ForeignKey(
        GuardZone,
        on_delete=models.PROTECT,
        related_name="units",
        null=True,
        blank=True,
        verbose_name=_("zone"),
    )
    name = models.CharField(_("unité"), max_length=60)
    closed_from = models.DateField(_("fermée à partir du"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="guard_unit_name_once",
                violation_error_code="unit_name_taken",
                violation_error_message=_("Votre cercle a déjà une unité de ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_on(self, day: date) -> bool:
        """Whether it may have guards on that day."""
        return self.closed_from is None or day < self.closed_from


class Shift(models.Model):
    """When a guard of a circle usually starts and ends on a kind of day, by the clock on the wall in Brussels.

    An end at or before the start is on the next day: 08:00 to 08:00 lasts a day.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="shifts")
    category = models.CharField(_("jour"), max_length=9, choices=GuardCategory)
    name = models.CharField(_("plage"), max_length=30)
    starts = models.TimeField(_("début"))
    ends = models.TimeField(_("fin"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "category", "starts"],
                name="shift_starts_once",
                violation_error_code="shift_start_taken",
                violation_error_message=_("Une autre plage de ces jours commence à cette heure."),
            )
        ]

    def __str__(self) -> str:
        return self.name
