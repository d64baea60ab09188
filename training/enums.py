from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockStep(models.TextChoices):
    """How far one click moves a world's clock; a day and a month are those of the calendar in Brussels."""

    FIVE_MINUTES = "5-minutes", _("+ 5 min")
    TWENTY_MINUTES = "20-minutes", _("+ 20 min")
    DAY = "1-jour", _("+ 1 jour")
    MONTH = "1-mois", _("+ 1 mois")
