from django.db import models
from django.utils.translation import gettext_lazy as _


class Title(models.TextChoices):
    MR = "M", _("M.")
    MRS = "MME", _("Mme")


class Language(models.TextChoices):
    FRENCH = "fr", _("Français")
    DUTCH = "nl", _("Néerlandais")
    GERMAN = "de", _("Allemand")


class SecurityLevel(models.IntegerChoices):
    """How far a digital key proves who one is (domain.md 4.4)."""

    NONE = 0, _("aucun")
    LEVEL_200 = 200, _("200")
    LEVEL_300 = 300, _("300")
    LEVEL_450 = 450, _("450")
    LEVEL_500 = 500, _("500")


class DigitalKey(models.TextChoices):
    """The keys of « S'identifier à l'administration en ligne »."""

    EID = "eid", _("avec un lecteur de cartes eID")
    PASSWORD = "password", _("avec vos codes d'accès")


class ManagerKind(models.TextChoices):
    """Who manages the accesses of an enterprise (domain.md 2.1)."""

    MAIN = "GAP", _("Gestionnaire d'Accès Principal")
    CO_MAIN = "CO_GAP", _("co-Gestionnaire d'Accès Principal")
    DOMAIN = "GA", _("Gestionnaire d'Accès")
    DPO = "DPO", _("Data protection officer")


class AccessDomain(models.TextChoices):
    """Groups of applications of a GA. Only finance and mobility are named by the seeds; the list is a guess."""

    SOCIAL_SECURITY = "SOCIAL_SECURITY", _("Sécurité sociale")
    HEALTH_CARE = "HEALTH_CARE", _("Soins de santé")
    FINANCE = "FINANCE", _("Finances")
    MOBILITY = "MOBILITY", _("Mobilité")
    ECONOMY = "ECONOMY", _("Économie")
    JUSTICE = "JUSTICE", _("Justice")
    INTERIOR = "INTERIOR", _("Intérieur")
    REGIONS = "REGIONS", _("Régions")
