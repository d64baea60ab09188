"""The pages of CSAM under which others stand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.places import HOME

NAMES: dict[str, str | Promise] = {
    "csam:landing": "CSAM",
    "csam:identification": _("S'identifier à l'administration en ligne"),
    "csam:eidas_country": _("Authentification européenne"),
    "csam:itsme_login": _("Identification via itsme"),
    "csam:whoami": _("Qui suis-je ?"),
    "csam:key_list": _("Mes clés numériques"),
    "mfa_list_webauthn": _("Clés d'accès"),
    "csam:enterprise_register": _("Enregistrement dans CSAM"),
    "csam:managed_enterprises": _("Mes entreprises et leurs gestionnaires"),
    "csam:manager_list": _("Gestionnaires d'accès"),
    "csam:gap_replace": _("Remplacer le Gestionnaire d'Accès Principal"),
    "csam:manager_name": _("Nommer un gestionnaire"),
    "csam:bce_search": _("BCE Public Search"),
    "csam:exceptional_procedure": _("Procédure exceptionnelle"),
    "csam:designation_request": _("Demander la désignation d'un Gestionnaire d'Accès Principal"),
    "csam:request_queue": _("Demandes de la procédure exceptionnelle"),
    "csam:request_detail": _("Demande"),
}

ABOVE = {
    "csam:landing": HOME,
    "mfa_generate_recovery_codes": "csam:key_list",
    "account_login": "csam:identification",
    "account_confirm_login_code": "csam:identification",
    "account_inactive": "csam:identification",
    "mfa_authenticate": "csam:identification",
    "mfa_login_webauthn": "csam:identification",
    "account_change_password": "csam:whoami",
    "account_set_password": "csam:whoami",
    "usersessions_list": "csam:whoami",
    "account_reset_password": "csam:identification",
    "account_reset_password_done": "csam:identification",
    "account_reset_password_from_key": "csam:identification",
    "account_reset_password_from_key_done": "csam:identification",
    # Who sees them has just registered, or may not register again.
    "csam:gap_designate_done": "csam:managed_enterprises",
}
