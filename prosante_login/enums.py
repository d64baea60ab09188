from django.db import models
from django.utils.translation import gettext_lazy as _


class Profession(models.TextChoices):
    PHYSICIAN = "PHYSICIAN", _("Médecin")
    NURSE = "NURSE", _("Infirmier")
    BANDAGIST = "BANDAGIST", _("Bandagiste")


class ProfileKind(models.TextChoices):
    """« Je souhaite me connecter en tant que »."""

    CITIZEN = "citoyen", _("Citoyen")
