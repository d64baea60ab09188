"""The pages of ProSanté under which others stand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.places import HOME

NAMES: dict[str, str | Promise] = {
    "prosante_login:landing": _("ProSanté"),
    "prosante_login:help": _("Besoin d'aide ?"),
    "prosante_login:profile_choose": _("Choisissez votre profil"),
    "prosante_login:grantor_search": _("Chercher mandant"),
    "prosante_login:received_mandates": _("Mandats reçus"),
    "prosante_login:mandate_detail": _("Mandat"),
    "prosante_login:mandate_transfer": _("Transférer le mandat"),
    "prosante_login:enterprise_mandates": _("Mandats de l'entreprise"),
    "prosante_login:delegate_list": _("Qui agit avec ces mandats"),
    "prosante_login:delegate_add": _("Désigner quelqu'un"),
    "prosante_login:file_home": _("Dossier"),
    "prosante_login:address_list": _("Adresses de travail"),
    "prosante_login:social_contract_list": _("Statut social"),
    "prosante_login:financial_data": _("Données financières"),
    "prosante_login:account_add": _("Ajouter un compte"),
    "prosante_login:mandate_list": _("Mandats"),
    "prosante_login:mandate_give": _("Donner un mandat"),
}

ABOVE = {
    "prosante_login:landing": HOME,
    "prosante_login:enterprise_mandates": "prosante_login:received_mandates",
    "prosante_login:delegate_list": "prosante_login:enterprise_mandates",
    # A withdrawn account's page stands beside, not below, the form that adds one.
    "prosante_login:account_withdraw": "prosante_login:financial_data",
}
