from django.db import models
from django.utils.translation import gettext_lazy as _


class GuardState(models.TextChoices):
    """States of a guard so far; confirmation and payment add theirs (design 4, BHOD 1)."""

    REGISTERED = "REGISTERED", _("enregistrée")
    CANCELLED = "CANCELLED", _("annulée")


class GuardCategory(models.TextChoices):
    """Which rule makes an hour eligible (domain.md 1.2)."""

    WEEKEND = "WEEKEND", _("week-end")
    HOLIDAY = "HOLIDAY", _("férié")
    WEEKNIGHT = "WEEKNIGHT", _("nuit de semaine")
