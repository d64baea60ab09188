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


class Qualification(models.TextChoices):
    """Qualification codes that are paid for guards: the last three digits of the INAMI number (domain.md 1.3).

    The words that tell 003 from 004 and 005 from 006 are not in our sources: both of a pair are called the same.
    General physicians with acquired rights come later.
    """

    RECOGNISED_003 = "003", _("Médecin généraliste agréé (003)")
    RECOGNISED_004 = "004", _("Médecin généraliste agréé (004)")
    CANDIDATE_005 = "005", _("Candidat médecin généraliste (005)")
    CANDIDATE_006 = "006", _("Candidat médecin généraliste (006)")

    @property
    def is_candidate(self) -> bool:
        return self in {Qualification.CANDIDATE_005, Qualification.CANDIDATE_006}


class EnrolmentState(models.TextChoices):
    """Where an enrolment stands on a day."""

    CURRENT = "CURRENT", _("en cours")
    FUTURE = "FUTURE", _("à venir")
    ENDED = "ENDED", _("terminée")
