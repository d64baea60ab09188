"""The pages of « Gestion des accès » under which others stand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bhod_portal.core.places import HOME

NAMES: dict[str, str | Promise] = {
    "access_mgmt:landing": _("Sécurité sociale"),
    "access_mgmt:home": _("Gestion des accès"),
    "access_mgmt:contact": _("Formulaire de contact"),
    "access_mgmt:own_data": _("Modifier mes données personnelles"),
    "access_mgmt:own_certificate": _(
        "Gestion du certificat à utiliser sur le portail de la Sécurité Sociale"
    ),
    "access_mgmt:quality_list": _("Liste des qualités"),
    "access_mgmt:quality_activate": _("Activer une qualité"),
    "access_mgmt:quality_detail": _("Qualité"),
    "access_mgmt:local_manager_name": _("Désigner le Gestionnaire Local"),
    "access_mgmt:successor_name": _("Nommer un remplaçant"),
    "access_mgmt:member_list": _("Utilisateurs"),
    "access_mgmt:member_edit": pgettext_lazy("une page", "Utilisateur"),
    "access_mgmt:member_import": _("Importer des utilisateurs"),
    "access_mgmt:subdivision_list": _("Subdivisions"),
    "access_mgmt:subdivision_detail": _("Subdivision"),
    "access_mgmt:role_overview": _("Fonctions"),
    "access_mgmt:role_list": _("Fonctions exercées"),
    "access_mgmt:role_email": _("Envoyer un e-mail à l'utilisateur"),
    "access_mgmt:responsibility_list": _("Hiérarchie des responsabilités"),
    "access_mgmt:responsibility_create": _("Désigner un responsable"),
    "access_mgmt:review_list": _("Révision des fonctions"),
    "access_mgmt:review_detail": _("Révision"),
    "access_mgmt:messaging": _("Messages structurés"),
    "access_mgmt:channel_activate": _("Activer un canal"),
}

ABOVE = {
    "access_mgmt:landing": HOME,
    "access_mgmt:quality_list": "access_mgmt:home",
    "access_mgmt:quality_detail": "access_mgmt:home",
    "access_mgmt:propagation_queue": "access_mgmt:home",
    "access_mgmt:member_search": "access_mgmt:home",
    "access_mgmt:responsibles": "access_mgmt:home",
    "access_mgmt:own_data": "access_mgmt:home",
    # Who was replaced has no place in the quality any longer.
    "access_mgmt:successor_done": "access_mgmt:home",
    "access_mgmt:member_edit": "access_mgmt:member_list",
    "access_mgmt:member_import": "access_mgmt:member_list",
    # What comes back from there is the list itself, with what is wrong.
    "access_mgmt:member_identify": "access_mgmt:quality_detail",
    "access_mgmt:subdivision_detail": "access_mgmt:subdivision_list",
    "access_mgmt:role_edit": "access_mgmt:role_list",
    "access_mgmt:role_delete": "access_mgmt:role_list",
    "access_mgmt:responsibility_end": "access_mgmt:responsibility_list",
    "access_mgmt:channel_remove": "access_mgmt:messaging",
    "access_mgmt:quality_certificate_revoke": "access_mgmt:messaging",
}
