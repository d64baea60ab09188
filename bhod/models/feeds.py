from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod.models.circles import GuardUnit
from bhod_portal.core.constraints import paired
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads the guards of a doctor, of a unit or of a circle.

    Only the SHA-256 of the secret is kept: the address is shown once. A feed never tells an amount.
    """

    provider = models.ForeignKey(
        CareProvider, on_delete=models.PROTECT, related_name="calendar_feeds", null=True, blank=True
    )
    unit = models.ForeignKey(
        GuardUnit, on_delete=models.PROTECT, related_name="calendar_feeds", null=True, blank=True
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="calendar_feeds", null=True, blank=True
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("nom"), max_length=60)
    created_at = models.DateTimeField(_("créé le"))
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    last_read_at = models.DateTimeField(_("lu la dernière fois le"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_feed_of_one",
                condition=Q(provider__isnull=False, unit__isnull=True, enterprise__isnull=True)
                | Q(provider__isnull=True, unit__isnull=False, enterprise__isnull=True)
                | Q(provider__isnull=True, unit__isnull=True, enterprise__isnull=False),
            ),
            paired("revoked_at", "revoked_by", name="calendar_feed_revoked_by_someone"),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
