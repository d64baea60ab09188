from django.urls import path

from bhod.views.agent.bank import (
    RunAnswerCheckView,
    RunAnswerView,
    RunFileView,
    RunReturnView,
    RunWaitingView,
)
from bhod.views.agent.home import AgentHomeView, RoundAskView
from bhod.views.agent.ledger import LedgerAccountsView, LedgerAccountView, LedgerView
from bhod.views.agent.run_lines import RunLinesView
from bhod.views.agent.runs import (
    RunCheckView,
    RunCloseView,
    RunDetailView,
    RunDiscardView,
    RunOpenView,
    RunRecalculateView,
)
from bhod.views.agent.tariffs import TariffAddView, TariffEditView, TariffListView, TariffRemoveView
from bhod.views.batches import BatchListView, BatchUndoView
from bhod.views.bulk import (
    GuardConfirmView,
    GuardCopyView,
    GuardPublishView,
    GuardsCancelView,
    GuardSeriesView,
)
from bhod.views.calendars import FeedView
from bhod.views.circle import (
    CircleEditView,
    CircleView,
    ShiftAddView,
    ShiftEditView,
    ShiftRemoveView,
    ZoneAddView,
    ZoneEditView,
    ZoneRemoveView,
)
from bhod.views.coordination import (
    CoordinationCancelView,
    CoordinationConfirmView,
    CoordinationCopyView,
    CoordinationPublishView,
    CoordinationView,
)
from bhod.views.doctor_changes import DoctorChangeView, DoctorEndGuardsView, DoctorEndView
from bhod.views.doctor_enrolments import DoctorEnrolView, DoctorSearchView
from bhod.views.doctor_imports import (
    DoctorImportCheckView,
    DoctorImportDoneView,
    DoctorImportErrorsView,
    DoctorImportTemplateView,
    DoctorImportView,
)
from bhod.views.doctor_units import DoctorUnitsView
from bhod.views.doctors import DoctorDetailView, DoctorExportView, DoctorListView
from bhod.views.fairness import FairnessExportView, FairnessView
from bhod.views.feeds import FeedListView, FeedRevokeView, OwnFeedRevokeView, OwnFeedsView
from bhod.views.finance_guards import FinanceGuardsView, FinanceGuardView
from bhod.views.finances import FinanceOverviewView
from bhod.views.guard_acts import GuardConfirmOneView, GuardHistoryView, GuardReopenView, GuardSplitView
from bhod.views.guard_check import GuardCheckView
from bhod.views.guard_exports import GuardExportView, GuardSheetView
from bhod.views.guard_lists import GuardListView, GuardWeekView
from bhod.views.guard_quick import GuardQuickView
from bhod.views.guards import GuardCancelView, GuardCreateView, GuardEditView
from bhod.views.home import HomeView
from bhod.views.month import GuardMonthView
from bhod.views.own_guard import OwnGuardView, OwnQuestionView
from bhod.views.own_guards import OwnGuardsView
from bhod.views.own_payments import OwnPaymentsView, OwnPaymentView
from bhod.views.planning_imports import (
    PlanningImportCheckView,
    PlanningImportColumnsView,
    PlanningImportDiscardView,
    PlanningImportDoneView,
    PlanningImportErrorsView,
    PlanningImportOptionsView,
    PlanningImportProgressView,
    PlanningImportTemplateView,
    PlanningImportView,
)
from bhod.views.quality import QualityExportView, QualityView
from bhod.views.questions import QuestionAnswerView, QuestionListView
from bhod.views.statements import FinanceExportView, FinanceRunsView, FinanceRunView, FinanceYearView
from bhod.views.swap_decisions import SwapDecideView, SwapQueueView
from bhod.views.swaps import (
    SwapAcceptView,
    SwapListView,
    SwapOfferCheckView,
    SwapOfferView,
    SwapRefuseView,
    SwapWithdrawView,
)
from bhod.views.units import UnitAddView, UnitEditView

IMPORT = "gardes/importer/<uuid:import_id>/"
RUN = "agent/paiements/<int:run_pk>/"
app_name = "bhod"
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("gardes/", GuardMonthView.as_view(), name="guard_month"),
    path("gardes/liste/", GuardListView.as_view(), name="guard_list"),
    path("gardes/semaine/", GuardWeekView.as_view(), name="guard_week"),
    path("gardes/saisie/", GuardQuickView.as_view(), name="guard_quick"),
    path("gardes/verification/", GuardCheckView.as_view(), name="guard_check"),
    path("gardes/nouvelle/", GuardCreateView.as_view(), name="guard_create"),
    path("gardes/<int:guard_pk>/modifier/", GuardEditView.as_view(), name="guard_edit"),
    path("gardes/<int:guard_pk>/annuler/", GuardCancelView.as_view(), name="guard_cancel"),
    path("gardes/<int:guard_pk>/confirmer/", GuardConfirmOneView.as_view(), name="guard_confirm_one"),
    path("gardes/<int:guard_pk>/rouvrir/", GuardReopenView.as_view(), name="guard_reopen"),
    path("gardes/<int:guard_pk>/partager/", GuardSplitView.as_view(), name="guard_split"),
    path("gardes/<int:guard_pk>/historique/", GuardHistoryView.as_view(), name="guard_history"),
    path("gardes/serie/", GuardSeriesView.as_view(), name="guard_series"),
    path("gardes/copier/", GuardCopyView.as_view(), name="guard_copy"),
    path("gardes/brouillons/", GuardPublishView.as_view(), name="guard_publish"),
    path("gardes/confirmer/", GuardConfirmView.as_view(), name="guard_confirm"),
    path("gardes/annulations/", GuardsCancelView.as_view(), name="guards_cancel"),
    path("gardes/actes/", BatchListView.as_view(), name="batch_list"),
    path("gardes/actes/<int:batch_pk>/annuler/", BatchUndoView.as_view(), name="batch_undo"),
    path("gardes/qualite/", QualityView.as_view(), name="quality"),
    path("gardes/qualite/exporter/", QualityExportView.as_view(), name="quality_export"),
    path("gardes/repartition/", FairnessView.as_view(), name="fairness"),
    path("gardes/repartition/exporter/", FairnessExportView.as_view(), name="fairness_export"),
    path("gardes/importer/", PlanningImportView.as_view(), name="planning_import"),
    path("gardes/importer/modele/", PlanningImportTemplateView.as_view(), name="planning_import_template"),
    path(f"{IMPORT}colonnes/", PlanningImportColumnsView.as_view(), name="planning_import_columns"),
    path(f"{IMPORT}options/", PlanningImportOptionsView.as_view(), name="planning_import_options"),
    path(f"{IMPORT}controle/", PlanningImportCheckView.as_view(), name="planning_import_check"),
    path(f"{IMPORT}refus/", PlanningImportErrorsView.as_view(), name="planning_import_errors"),
    path(f"{IMPORT}abandon/", PlanningImportDiscardView.as_view(), name="planning_import_discard"),
    path(f"{IMPORT}progression/", PlanningImportProgressView.as_view(), name="planning_import_progress"),
    path(f"{IMPORT}fait/", PlanningImportDoneView.as_view(), name="planning_import_done"),
    path("gardes/exporter/", GuardExportView.as_view(), name="guard_export"),
    path("gardes/feuille/", GuardSheetView.as_view(), name="guard_sheet"),
    path("gardes/agendas/", FeedListView.as_view(), name="feed_list"),
    path("gardes/agendas/<int:feed_pk>/revoquer/", FeedRevokeView.as_view(), name="feed_revoke"),
    path("gardes/echanges/", SwapQueueView.as_view(), name="swap_queue"),
    path("gardes/echanges/<int:swap_pk>/", SwapDecideView.as_view(), name="swap_decide"),
    path("gardes/cercles/", CoordinationView.as_view(), name="coordination"),
    path("gardes/cercles/confirmer/", CoordinationConfirmView.as_view(), name="coordination_confirm"),
    path("gardes/cercles/brouillons/", CoordinationPublishView.as_view(), name="coordination_publish"),
    path("gardes/cercles/copier/", CoordinationCopyView.as_view(), name="coordination_copy"),
    path("gardes/cercles/annuler/", CoordinationCancelView.as_view(), name="coordination_cancel"),
    path("medecins/", DoctorListView.as_view(), name="doctor_list"),
    path("medecins/exporter/", DoctorExportView.as_view(), name="doctor_export"),
    path("medecins/importer/", DoctorImportView.as_view(), name="doctor_import"),
    path("medecins/importer/modele/", DoctorImportTemplateView.as_view(), name="doctor_import_template"),
    path("medecins/importer/controle/", DoctorImportCheckView.as_view(), name="doctor_import_check"),
    path("medecins/importer/refus/", DoctorImportErrorsView.as_view(), name="doctor_import_errors"),
    path("medecins/importer/fait/", DoctorImportDoneView.as_view(), name="doctor_import_done"),
    path("medecins/inscrire/", DoctorEnrolView.as_view(), name="doctor_enrol"),
    path("medecins/rechercher/", DoctorSearchView.as_view(), name="doctor_search"),
    path("medecins/<int:doctor_pk>/", DoctorDetailView.as_view(), name="doctor_detail"),
    path("medecins/<int:doctor_pk>/modifier/", DoctorChangeView.as_view(), name="doctor_change"),
    path("medecins/<int:doctor_pk>/fin/", DoctorEndView.as_view(), name="doctor_end"),
    path("medecins/<int:doctor_pk>/fin/gardes/", DoctorEndGuardsView.as_view(), name="doctor_end_guards"),
    path("medecins/<int:doctor_pk>/unites/", DoctorUnitsView.as_view(), name="doctor_units"),
    path("cercle/", CircleView.as_view(), name="circle"),
    path("cercle/decisions/", CircleEditView.as_view(), name="circle_edit"),
    path("cercle/zones/ajouter/", ZoneAddView.as_view(), name="zone_add"),
    path("cercle/zones/<int:zone_pk>/", ZoneEditView.as_view(), name="zone_edit"),
    path("cercle/zones/<int:zone_pk>/supprimer/", ZoneRemoveView.as_view(), name="zone_remove"),
    path("cercle/unites/ajouter/", UnitAddView.as_view(), name="unit_add"),
    path("cercle/unites/<int:unit_pk>/", UnitEditView.as_view(), name="unit_edit"),
    path("cercle/plages/ajouter/", ShiftAddView.as_view(), name="shift_add"),
    path("cercle/plages/<int:shift_pk>/", ShiftEditView.as_view(), name="shift_edit"),
    path("cercle/plages/<int:shift_pk>/supprimer/", ShiftRemoveView.as_view(), name="shift_remove"),
    path("finances/", FinanceOverviewView.as_view(), name="finance_overview"),
    path("finances/gardes/", FinanceGuardsView.as_view(), name="finance_guards"),
    path("finances/gardes/<int:guard_pk>/", FinanceGuardView.as_view(), name="finance_guard"),
    path("finances/paiements/", FinanceRunsView.as_view(), name="finance_runs"),
    path("finances/paiements/<int:run_pk>/", FinanceRunView.as_view(), name="finance_run"),
    path("finances/annee/", FinanceYearView.as_view(), name="finance_year"),
    path("finances/exporter/", FinanceExportView.as_view(), name="finance_export"),
    path("finances/questions/", QuestionListView.as_view(), name="question_list"),
    path("finances/questions/<int:question_pk>/", QuestionAnswerView.as_view(), name="question_answer"),
    path("mes-gardes/", OwnGuardsView.as_view(), name="own_guards"),
    path("mes-gardes/echanges/", SwapListView.as_view(), name="swap_list"),
    path("mes-gardes/paiements/", OwnPaymentsView.as_view(), name="own_payments"),
    path("mes-gardes/paiements/<int:run_number>/", OwnPaymentView.as_view(), name="own_payment"),
    path("mes-gardes/<uuid:reference>/", OwnGuardView.as_view(), name="own_guard"),
    path("mes-gardes/<uuid:reference>/contester/", OwnQuestionView.as_view(), name="own_question"),
    path("mes-gardes/<uuid:reference>/proposer/", SwapOfferView.as_view(), name="swap_offer"),
    path(
        "mes-gardes/<uuid:reference>/proposer/verifier/",
        SwapOfferCheckView.as_view(),
        name="swap_offer_check",
    ),
    path("mes-gardes/<uuid:reference>/reprendre/", SwapAcceptView.as_view(), name="swap_accept"),
    path("mes-gardes/<uuid:reference>/refuser/", SwapRefuseView.as_view(), name="swap_refuse"),
    path("mes-gardes/<uuid:reference>/retirer/", SwapWithdrawView.as_view(), name="swap_withdraw"),
    path("mes-gardes/agenda/", OwnFeedsView.as_view(), name="own_feeds"),
    path(
        "mes-gardes/agenda/<int:own_feed_pk>/revoquer/", OwnFeedRevokeView.as_view(), name="own_feed_revoke"
    ),
    path("agent/", AgentHomeView.as_view(), name="agent_home"),
    path("agent/tarifs/", TariffListView.as_view(), name="tariff_list"),
    path("agent/tarifs/ajouter/", TariffAddView.as_view(), name="tariff_add"),
    path("agent/tarifs/<int:tariff_pk>/", TariffEditView.as_view(), name="tariff_edit"),
    path("agent/tarifs/<int:tariff_pk>/supprimer/", TariffRemoveView.as_view(), name="tariff_remove"),
    path("agent/controle/", RoundAskView.as_view(), name="round_ask"),
    path("agent/paiements/ouvrir/", RunOpenView.as_view(), name="run_open"),
    path(RUN, RunDetailView.as_view(), name="run_detail"),
    path(f"{RUN}lignes/", RunLinesView.as_view(), name="run_lines"),
    path(f"{RUN}recalculer/", RunRecalculateView.as_view(), name="run_recalculate"),
    path(f"{RUN}verifier/", RunCheckView.as_view(), name="run_check"),
    path(f"{RUN}cloturer/", RunCloseView.as_view(), name="run_close"),
    path(f"{RUN}abandonner/", RunDiscardView.as_view(), name="run_discard"),
    path(f"{RUN}fichier/", RunFileView.as_view(), name="run_file"),
    path(f"{RUN}banque/", RunAnswerView.as_view(), name="run_answer"),
    path(f"{RUN}banque/verifier/", RunAnswerCheckView.as_view(), name="run_answer_check"),
    path(f"{RUN}banque/<int:settlement_pk>/", RunReturnView.as_view(), name="run_return"),
    path("agent/paiements/attente/", RunWaitingView.as_view(), name="run_waiting"),
    path("agent/grand-livre/", LedgerView.as_view(), name="ledger"),
    path("agent/grand-livre/comptes/", LedgerAccountsView.as_view(), name="ledger_accounts"),
    path("agent/grand-livre/comptes/<uuid:provider_id>/", LedgerAccountView.as_view(), name="ledger_account"),
    path("agenda/<slug:secret>.ics", FeedView.as_view(), name="feed"),
]
