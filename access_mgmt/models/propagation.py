from django.contrib.postgres.fields import ArrayField
from django.db import models

from bhod_portal.core.models import World


class PropagationDay(models.Model):
    """How many changes of a world were applied on a day (UTC, real time), and how long they had waited (world's time).

    `lags` says how many had waited no longer than each of `propagation.LAG_BOUNDS`; `lag_total` is the sum, in seconds.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="propagation_days")
    day = models.DateField()
    applied = models.PositiveBigIntegerField()
    lag_total = models.FloatField()
    lags = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "day"], name="propagation_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.applied}"
