from django.db import models
from django.utils.translation import gettext_lazy as _


class Title(models.TextChoices):
    MR = "M", _("M.")
    MRS = "MME", _("Mme")


class Language(models.TextChoices):
    FRENCH = "fr", _("Français")
    DUTCH = "nl", _("Néerlandais")
    GERMAN = "de", _("Allemand")
    ENGLISH = "en", _("Anglais")


class SecurityLevel(models.IntegerChoices):
    """How far a digital key proves who one is (domain.md 4.4)."""

    NONE = 0, _("aucun")
    LEVEL_200 = 200, _("200")
    LEVEL_300 = 300, _("300")
    LEVEL_400 = 400, _("400")
    LEVEL_450 = 450, _("450")
    LEVEL_500 = 500, _("500")


class DigitalKey(models.TextChoices):
    """The keys of « S'identifier à l'administration en ligne », in the order of its page."""

    EID = "eid", _("avec un lecteur de cartes eID")
    ITSME = "itsme", _("via itsme")
    PASSKEY = "passkey", _("avec une clé d'accès (passkey)")
    EMAIL = "email", _("avec un code de sécurité envoyé par e-mail")
    SMS = "sms", _("avec un code de sécurité envoyé par SMS")
    APP = "app", _("avec un code de sécurité via une application mobile")
    TOKEN = "token", _("avec un token papier")
    PASSWORD = "password", _("avec vos codes d'accès")
    EIDAS = "eidas", _("avec une identification électronique reconnue au plan européen")


class ItsmePhoneState(models.TextChoices):
    """What the itsme application on a phone can do."""

    READY = "READY", _("prêt")
    SWITCHED_OFF = "OFF", _("éteint : les demandes n'arrivent pas")
    BLOCKED = "BLOCKED", _("compte itsme bloqué")


class ItsmeState(models.TextChoices):
    """What has become of a request to identify oneself with itsme; USED: a session came of it."""

    PENDING = "PENDING", _("en attente")
    APPROVED = "APPROVED", _("acceptée")
    REFUSED = "REFUSED", _("refusée")
    USED = "USED", _("utilisée")


class ItsmeIcon(models.TextChoices):
    """The pictures of which browser and phone must show the same one."""

    BICYCLE = "bicycle", _("un vélo")
    BOAT = "boat", _("un bateau")
    HOUSE = "house", _("une maison")
    KEY = "key", _("une clé")
    LEAF = "leaf", _("une feuille")
    STAR = "star", _("une étoile")


class StaffRole(models.TextChoices):
    """What a member of the simulator's own staff does; citizens have none."""

    CSAM = "CSAM", _("agent CSAM (procédure exceptionnelle)")
    INAMI = "INAMI", _("agent INAMI (tarifs, paiements)")
    HELPDESK = "HELPDESK", _("centre de contact")
    TRAINER = "TRAINER", _("formateur")


class RequestState(models.TextChoices):
    """A request of the exceptional procedure."""

    SUBMITTED = "SUBMITTED", _("introduite")
    ACCEPTED = "ACCEPTED", _("acceptée")
    REFUSED = "REFUSED", _("refusée")


class DocumentKind(models.TextChoices):
    """What must be joined to a request of the exceptional procedure (a guess: no source lists the documents)."""

    IDENTITY = "IDENTITY", _("pièce d'identité du demandeur")
    MANDATE = "MANDATE", _("preuve de la fonction légale (statuts ou publication)")
    GAP = "GAP", _("pièce d'identité du GAP")


class DocumentType(models.TextChoices):
    """The kinds of file that may be joined, by their content."""

    PDF = "application/pdf", _("PDF")
    JPEG = "image/jpeg", _("JPEG")
    PNG = "image/png", _("PNG")


class Country(models.TextChoices):
    """Countries whose electronic identities eIDAS joins, by ISO 3166 code, in the order of their French names.

    Which of them have notified a scheme changes from year to year: the list is simulated.
    """

    GERMANY = "DE", _("Allemagne")
    AUSTRIA = "AT", _("Autriche")
    BELGIUM = "BE", _("Belgique")
    BULGARIA = "BG", _("Bulgarie")
    CYPRUS = "CY", _("Chypre")
    CROATIA = "HR", _("Croatie")
    DENMARK = "DK", _("Danemark")
    SPAIN = "ES", _("Espagne")
    ESTONIA = "EE", _("Estonie")
    FINLAND = "FI", _("Finlande")
    FRANCE = "FR", _("France")
    GREECE = "GR", _("Grèce")
    HUNGARY = "HU", _("Hongrie")
    IRELAND = "IE", _("Irlande")
    ICELAND = "IS", _("Islande")
    ITALY = "IT", _("Italie")
    LATVIA = "LV", _("Lettonie")
    LIECHTENSTEIN = "LI", _("Liechtenstein")
    LITHUANIA = "LT", _("Lituanie")
    LUXEMBOURG = "LU", _("Luxembourg")
    MALTA = "MT", _("Malte")
    NORWAY = "NO", _("Norvège")
    NETHERLANDS = "NL", _("Pays-Bas")
    POLAND = "PL", _("Pologne")
    PORTUGAL = "PT", _("Portugal")
    ROMANIA = "RO", _("Roumanie")
    UNITED_KINGDOM = "GB", _("Royaume-Uni")
    SLOVAKIA = "SK", _("Slovaquie")
    SLOVENIA = "SI", _("Slovénie")
    SWEDEN = "SE", _("Suède")
    CZECHIA = "CZ", _("Tchéquie")


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
