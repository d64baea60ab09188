"""The pages of BHOD under which others stand: those of a circle, of INAMI's agents, of a doctor's own guards."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.places import HOME

NAMES: dict[str, str | Promise] = {
    "bhod:home": "BHOD",
    "bhod:guard_month": _("Gardes"),
    "bhod:guard_edit": _("Garde"),
    "bhod:batch_list": _("Actes groupés"),
    "bhod:feed_list": _("Agendas"),
    "bhod:coordination": _("Gardes de plusieurs cercles"),
    "bhod:swap_queue": _("Échanges de gardes"),
    "bhod:planning_import": _("Importer un planning"),
    "bhod:quality": _("Tableau de qualité"),
    "bhod:fairness": _("Répartition des gardes"),
    "bhod:circle": _("Organisation du cercle"),
    "bhod:zone_edit": _("Zone"),
    "bhod:shift_edit": _("Plage"),
    "bhod:doctor_list": _("Médecins inscrits"),
    "bhod:doctor_detail": _("Médecin"),
    "bhod:doctor_end": _("Terminer une inscription"),
    "bhod:doctor_import": _("Importer des médecins"),
    "bhod:finance_overview": _("Informations financières"),
    "bhod:finance_guards": _("Gardes et paiements"),
    "bhod:finance_runs": _("Paiements de l'INAMI"),
    "bhod:question_list": _("Questions des médecins"),
    "bhod:own_guards": _("Mes gardes"),
    "bhod:own_guard": _("Garde"),
    "bhod:swap_offer": _("Proposer une garde"),
    "bhod:own_feeds": _("Mes gardes dans un agenda"),
    "bhod:swap_list": _("Échanges de gardes"),
    "bhod:own_payments": _("Paiements des gardes"),
    "bhod:agent_home": _("Paiements"),
    "bhod:run_detail": _("Paiement"),
    "bhod:run_answer": _("La banque"),
    "bhod:tariff_list": _("Tarifs"),
    "bhod:tariff_edit": _("Tarif"),
    "bhod:ledger": _("Grand livre"),
    "bhod:ledger_accounts": _("Comptes des médecins"),
}

ABOVE = {
    "bhod:home": HOME,
    "bhod:agent_home": HOME,
    "bhod:own_guards": "prosante_login:file_home",
    # The guard is a colleague's still.
    "bhod:swap_accept": "bhod:swap_list",
    "bhod:swap_refuse": "bhod:swap_list",
    "bhod:guard_cancel": "bhod:guard_edit",
    "bhod:guard_confirm_one": "bhod:guard_edit",
    "bhod:guard_history": "bhod:guard_edit",
    "bhod:guard_split": "bhod:guard_edit",
    "bhod:guard_reopen": "bhod:guard_edit",
}
