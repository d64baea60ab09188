from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PropagationMode(models.TextChoices):
    """How long a change of role takes to reach the applications of a world (design 5)."""

    NORMAL = "NORMAL", _("normal (20 minutes au plus)")
    IMMEDIATE = "IMMEDIATE", _("immédiat")
    SLOW = "SLOW", _("lent (60 minutes)")
    STUCK = "STUCK", _("bloqué")


class Channel(models.TextChoices):
    EMAIL = "EMAIL", _("e-mail")
    SMS = "SMS", _("SMS")


class ImportOutcome(models.TextChoices):
    """What becomes of a line of an imported file; the value stands in the address of the dry run."""

    ADDED = "ajoute", _("ajouté")
    CHANGED = "modifie", _("modifié")
    UNCHANGED = "inchange", _("inchangé")
    REFUSED = "refuse", _("refusé")

    @property
    def plural(self) -> Promise:
        """What all lines of which this becomes are called."""
        return _SEVERAL[self]


_SEVERAL = {
    ImportOutcome.ADDED: _("ajoutés"),
    ImportOutcome.CHANGED: _("modifiés"),
    ImportOutcome.UNCHANGED: _("inchangés"),
    ImportOutcome.REFUSED: _("refusés"),
}
