from django.db import models
from django.utils.translation import gettext_lazy as _


class Profession(models.TextChoices):
    PHYSICIAN = "PHYSICIAN", _("Médecin")
    NURSE = "NURSE", _("Infirmier")
    BANDAGIST = "BANDAGIST", _("Bandagiste")


class ProfileKind(models.TextChoices):
    """« Je souhaite me connecter en tant que »."""

    CITIZEN = "citoyen", _("Citoyen")
    PROVIDER = "prestataire", _("Prestataire de soins professionnel")


class Capacity(models.TextChoices):
    """As what a citizen goes on who can be several things: « Sélection de profil » (seed 003, lines 125-129).

    Without an organisation: mandatary, or citizen with a file of his own. For an organisation that is a circle and holds
    mandates: mandatary, or the application that his function opens.
    """

    CITIZEN = "citoyen", _("Continuer en tant que citoyen")
    MANDATARY = "mandataire", _("Continuer en tant que mandataire")
    APPLICATION = "application", _("Continuer vers l'application")


class ContactRole(models.TextChoices):
    """As what INAMI knows a person who is no care provider (seed 003, last answer)."""

    DIRECTOR = "DIRECTOR", _("Directeur")
    RESPONSIBLE = "RESPONSIBLE", _("Responsable")
    EHEALTH_CERTIFICATES = "CERTIFICATES", _("Gestionnaire de certificats eHealth")


class MandateKind(models.TextChoices):
    """What a mandate is for (domain.md 4.2)."""

    SOCIAL_STATUS = "SOCIAL", _("Statut social INAMI")
    ADMINISTRATIVE_FILE = "ADMIN", _("Dossier administratif INAMI")


class MandateState(models.TextChoices):
    """What a mandate is on a day: never stored, always computed from its dates and acts."""

    TO_ACCEPT = "TO_ACCEPT", _("À accepter")
    REFUSED = "REFUSED", _("Refusé")
    LAPSED = "LAPSED", _("Échu sans être accepté")
    TO_COME = "TO_COME", _("À venir")
    ACTIVE = "ACTIVE", _("Actif")
    EXPIRED = "EXPIRED", _("Expiré")
    STOPPED = "STOPPED", _("Arrêté")


class FilePart(models.TextChoices):
    """The parts of a care provider's file, in the order of its menu."""

    IDENTITY = "identity", _("Mes données")
    ADDRESSES = "addresses", _("Adresses de travail")
    FINANCES = "finances", _("Données financières")
    GUARDS = "guards", _("Mes gardes")
    SOCIAL_STATUS = "social", _("Statut social")
    MANDATES = "mandates", _("Mandats")


class FeeType(models.TextChoices):
    """What INAMI pays a provider and for which he may name an account (domain.md 1.6 names these two)."""

    AVAILABILITY = "AVAILABILITY", _("Honoraires de disponibilité")
    ACCREDITATION = "ACCREDITATION", _("Accréditation")


class FileAct(models.TextChoices):
    """What is done in a provider's file, as its audit row names it and as its owner reads it, e.g. « Adresse ajoutée ».

    Whoever adds an act to the file adds its line here, and writes its row by `services.acting.record`.
    """

    FILE_ENTERED = "prosante.file.entered", _("Dossier ouvert")
    FILE_LEFT = "prosante.file.left", _("Dossier quitté")
    ACCOUNT_ADDED = "prosante.account.added", _("Compte ajouté")
    ACCOUNT_WITHDRAWN = "prosante.account.withdrawn", _("Compte retiré")
    BENEFICIARY_SET = "prosante.beneficiary.set", _("Bénéficiaire fiscal modifié")
    ADDRESS_ADDED = "prosante.address.added", _("Adresse ajoutée")
    ADDRESS_ENDED = "prosante.address.ended", _("Adresse terminée")
    CONTRACT_ADDED = "prosante.contract.added", _("Contrat ajouté")
    CONTRACT_ENDED = "prosante.contract.ended", _("Contrat terminé")
    FEED_CREATED = "prosante.feed.created", _("Adresse d'agenda créée")
    FEED_REVOKED = "prosante.feed.revoked", _("Adresse d'agenda révoquée")
    GUARD_OFFERED = "prosante.guard.offered", _("Garde proposée à des confrères")
    OFFER_WITHDRAWN = "prosante.guard.offer_withdrawn", _("Proposition de garde retirée")
    GUARD_TAKEN = "prosante.guard.taken", _("Garde d'un confrère acceptée")
    OFFER_REFUSED = "prosante.guard.offer_refused", _("Garde d'un confrère refusée")
    GUARD_CONTESTED = "prosante.guard.contested", _("Garde contestée")
