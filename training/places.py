"""The pages of the simulator itself under which others stand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.places import HOME

NAMES: dict[str, str | Promise] = {
    "training:portal_home": _("Accueil du simulateur"),
    "training:device_list": _("Téléphones et boîtes aux lettres"),
    "training:message_list": _("Tous les messages envoyés"),
    "training:persona_detail": _("Personne"),
    "training:why": _("Pourquoi est-ce que je ne vois pas mon organisation ?"),
    "training:why_helpdesk": _("Centre de contact : pourquoi ne voit-on pas une organisation ?"),
}

ABOVE = {
    "training:portal_home": HOME,
    "training:persona_detail": "training:device_list",
}
