from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QualityKind(models.TextChoices):
    """Capacities of an enterprise on the portal. « Soins de Santé » is not « eHealth Soins de Santé » (seed 000, line 164)."""

    EMPLOYER = "employeur-onss", _("Employeur ONSS")
    HEALTH_CARE = "soins-de-sante", _("Soins de Santé")
    EHEALTH = "ehealth-soins-de-sante", _("eHealth Soins de Santé")


# « Employeur ONSS » opens by itself for an ONSS employer; the others are activated by hand.
OFFERED_QUALITIES = (QualityKind.HEALTH_CARE, QualityKind.EHEALTH)
# Known by name only (domain.md 3.2): listed, never activated here.
OTHER_QUALITIES = (
    _("Prestataire de services"),
    _("Secrétariat social"),
    _("Gestionnaire pensions complémentaires"),
    _("Soins résidentiels"),
)


class MemberKind(models.TextChoices):
    LOCAL_MANAGER = "gl", _("Gestionnaire Local")
    CO_LOCAL_MANAGER = "co-gl", _("Co-Gestionnaire Local")
    SUBDIVISION_MANAGER = "gs", _("Gestionnaire de Subdivision")
    USER = "utilisateur", _("Utilisateur")


MANAGING_KINDS = (MemberKind.LOCAL_MANAGER, MemberKind.CO_LOCAL_MANAGER)
# Who manages the quality, or a part of it.
ACTING_KINDS = (*MANAGING_KINDS, MemberKind.SUBDIVISION_MANAGER)
# The local manager is named when the quality is activated.
ADDED_KINDS = (MemberKind.USER, MemberKind.CO_LOCAL_MANAGER)


class Afterwards(models.TextChoices):
    """What becomes of a manager whose place somebody takes; the seeds don't say (decision 8)."""

    CO_LOCAL_MANAGER = "co-gl", _("Co-Gestionnaire Local")
    USER = "utilisateur", _("Utilisateur")
    GONE = "parti", _("plus membre de la qualité")


# The column « Type » of the users list (seed 000, lines 319 and 433).
MEMBER_TYPES = {
    MemberKind.LOCAL_MANAGER: _("GL"),
    MemberKind.CO_LOCAL_MANAGER: _("Co-GL"),
    MemberKind.SUBDIVISION_MANAGER: _("GS"),
    MemberKind.USER: _("Utilisateur"),
}


class MemberStatus(models.TextChoices):
    """The column « Statut » of the users list (seed 000, line 319); the name of the second one is a guess (domain.md 3.4)."""

    ACTIVE = "actif", _("Actif")
    BLOCKED = "bloque", _("Bloqué")


class MemberLink(models.TextChoices):
    """What ties a user to the enterprise (domain.md 3.4)."""

    WORKER = "WORKER", _("membre du personnel")
    BOARD = "BOARD", _("administrateur ou gérant")
    MEMBER = "MEMBER", _("membre ou associé")


class SecuredApplication(models.TextChoices):
    """The check list of the creation form (seed 000, lines 377-384)."""

    BHOD = "BHOD", _("Honoraires de disponibilité (INAMI)")
    TUMOROTHEQUE = "TUMOROTHEQUE", _("Catalogue de la Tumorothèque Virtuelle Belge")
    CHAPTER_IV = "CHAPTER_IV", _("Chapter IV Agreement Requesting System")


class Function(models.TextChoices):
    """The functions of the drop-down, in the seed's order (seed 000, lines 546 and 550-560)."""

    FILEMANAGER_CIRCLE = (
        "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE",
        "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE",
    )
    HERACLES_COUNCIL = "HERACLES_COUNCIL", "Membre de conseil du Consortium (Heracles)"
    OA_ADMIN = "OA_ADMIN", "OA_ADMIN"
    HEALTHDATA_USER = "HEALTHDATA_USER", "Healthdata - utilisateur standard entreprise"
    CRM_HEAD = "CRM_HEAD", "Responsable CRM"
    APIPORTAL_OPERATOR = "APIPORTAL_OPERATOR", "APIPORTAL - Opérateur"
    FILEMANAGER_BCE = "INAMI_FILEMANAGER_BCE", "INAMI_FILEMANAGER_BCE"
    HERACLES_ADMIN = "HERACLES_ADMIN", "Administrative du Consortium (Heracles)"
    HEALTHDATA_MANAGER = "HEALTHDATA_MANAGER", "Healthdata - gestionnaire entreprise"
    VSB_OCC_UPDATE = "VSB_OCC_UPDATE", "VSB OCC - update"
    CRM_ADMIN = "CRM_ADMIN", "Admin CRM"
    GUARDPOST_CIRCLE = (
        "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE",
        "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE",
    )


CIRCLE_FUNCTIONS = frozenset({Function.FILEMANAGER_CIRCLE, Function.GUARDPOST_CIRCLE})


class ChangeKind(models.TextChoices):
    GRANTED = "GRANTED", _("attribution")
    EDITED = "EDITED", _("modification")
    REVOKED = "REVOKED", _("suppression")


class AssignmentState(models.TextChoices):
    """What a row of « Fonctions exercées » shows (design 4, Gestion des accès 7)."""

    PENDING = "PENDING", _("en attente")
    # Django's own catalogue has « active », an English word.
    ACTIVE = "ACTIVE", pgettext_lazy("fonction", "active")
    FUTURE = "FUTURE", _("à venir")
    EXPIRED = "EXPIRED", _("expirée")
    WITHDRAWN = "WITHDRAWN", _("retirée")


class AccessReason(models.TextChoices):
    """How a function that was asked stood at an instant: seen by the applications on one of its days, or why not."""

    HELD = "HELD", _("donnait accès")
    OUTSIDE_DATES = "OUTSIDE_DATES", _("hors de ses dates")
    NOT_YET_SEEN = "NOT_YET_SEEN", _("pas encore propagée")
    WITHDRAWN = "WITHDRAWN", _("déjà retirée")
    ASKED_LATER = "ASKED_LATER", _("demandée plus tard")


class ReviewOutcome(models.TextChoices):
    """What the yearly review decides on a function."""

    CONFIRMED = "CONFIRMED", _("confirmée")
    ENDED = "ENDED", _("mettre fin")


class ChannelKind(models.TextChoices):
    """How structured messages travel (domain.md 3.7)."""

    FTP = "FTP", "FTP"
    REST = "REST", "REST"


class CertificateState(models.TextChoices):
    """How a certificate stands at an instant of the world."""

    VALID = "VALID", _("valable")
    ENDING = "ENDING", _("expire bientôt")
    EXPIRED = "EXPIRED", _("expiré")
    REVOKED = "REVOKED", _("révoqué")
