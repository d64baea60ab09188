from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockStep(models.TextChoices):
    """How far one click moves a world's clock; a day and a month are those of the calendar in Brussels."""

    FIVE_MINUTES = "5-minutes", _("+ 5 min")
    TWENTY_MINUTES = "20-minutes", _("+ 20 min")
    DAY = "1-jour", _("+ 1 jour")
    MONTH = "1-mois", _("+ 1 mois")


class PersonaState(models.TextChoices):
    """A state in which a trainer puts what someone has in hand; the label is that of its button."""

    CARD_READY = "carte-en-ordre", _("Carte en ordre")
    CARD_BLOCKED = "carte-bloquee", _("Carte bloquée")
    CARD_EXPIRED = "carte-expiree", _("Carte expirée")
    READER_ABSENT = "lecteur-absent", _("Lecteur débranché")
    ITSME_READY = "itsme-pret", _("itsme prêt")
    ITSME_OFF = "itsme-eteint", _("Téléphone éteint")
    ITSME_BLOCKED = "itsme-bloque", _("Compte itsme bloqué")
    ACCOUNT_ACTIVE = "compte-actif", _("Accès ouvert")
    ACCOUNT_BLOCKED = "compte-bloque", _("Accès bloqué")
    PASSWORD_DEMO = "mot-de-passe-de-la-demo", _("Mot de passe de la démonstration")
    PASSWORD_TEMPORARY = "mot-de-passe-temporaire", _("Mot de passe temporaire")
    PASSWORD_EXPIRED = "mot-de-passe-expire", _("Mot de passe temporaire expiré")
    APP_REMOVED = "application-retiree", _("Application retirée")
    TOKEN_REMOVED = "token-retire", _("Token papier retiré")
    PASSKEYS_REMOVED = "cles-d-acces-retirees", _("Clés d'accès retirées")
    FUNCTION_ENDED = "fonction-terminee", _("Fonction terminée hier")
    FUNCTION_RETURNED = "fonction-rendue", _("Fonction en cours")
