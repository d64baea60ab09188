from django.urls import path

from prosante_login.views import (
    acting_log,
    contacts,
    delegates,
    files,
    finances,
    grantors,
    mandate_giving,
    mandates,
    pages,
    profiles,
    provider_files,
    questions,
    received_mandates,
)

app_name = "prosante_login"
urlpatterns = [
    path("", pages.LandingView.as_view(), name="landing"),
    path("aide/", questions.HelpView.as_view(), name="help"),
    path("aide/<slug:question>/", questions.HelpQuestionView.as_view(), name="help_question"),
    path("profil/", profiles.ProfileChooseView.as_view(), name="profile_choose"),
    path("profil/selection/", profiles.ProfileSelectView.as_view(), name="profile_select"),
    path("citoyen/", profiles.CitizenHomeView.as_view(), name="citizen_home"),
    path("dossier/", files.FileHomeView.as_view(), name="file_home"),
    path("dossier/adresses/", provider_files.AddressListView.as_view(), name="address_list"),
    path("dossier/adresses/ajouter/", provider_files.AddressAddView.as_view(), name="address_add"),
    path(
        "dossier/adresses/<int:row_pk>/terminer/", provider_files.AddressEndView.as_view(), name="address_end"
    ),
    path(
        "dossier/statut-social/",
        provider_files.SocialContractListView.as_view(),
        name="social_contract_list",
    ),
    path(
        "dossier/statut-social/ajouter/",
        provider_files.SocialContractAddView.as_view(),
        name="social_contract_add",
    ),
    path(
        "dossier/statut-social/<int:row_pk>/terminer/",
        provider_files.SocialContractEndView.as_view(),
        name="social_contract_end",
    ),
    path("dossier/donnees-financieres/", finances.FinancialDataView.as_view(), name="financial_data"),
    path("dossier/donnees-financieres/compte/", finances.AccountAddView.as_view(), name="account_add"),
    path(
        "dossier/donnees-financieres/compte/verifier/",
        finances.AccountAddCheckView.as_view(),
        name="account_add_check",
    ),
    path(
        "dossier/donnees-financieres/compte/<int:account_pk>/retirer/",
        finances.AccountWithdrawView.as_view(),
        name="account_withdraw",
    ),
    path(
        "dossier/donnees-financieres/beneficiaire/<slug:fee_type>/<int:year>/",
        finances.BeneficiaryEditView.as_view(),
        name="beneficiary_edit",
    ),
    path("dossier/mandats/actes/", acting_log.ActingLogView.as_view(), name="acting_log"),
    path("mon-dossier/", contacts.NonProviderFileView.as_view(), name="non_provider_file"),
    path("mandants/", grantors.GrantorSearchView.as_view(), name="grantor_search"),
    path("mandants/quitter/", grantors.GrantorLeaveView.as_view(), name="grantor_leave"),
    path("mandants/<uuid:search>/", grantors.GrantorResultsView.as_view(), name="grantor_results"),
    path("mandants/<uuid:mandate>/entrer/", grantors.GrantorEnterView.as_view(), name="grantor_enter"),
    path("dossier/mandats/", mandates.MandateListView.as_view(), name="mandate_list"),
    path("dossier/mandats/donner/", mandate_giving.MandateGiveView.as_view(), name="mandate_give"),
    path(
        "dossier/mandats/donner/verifier/",
        mandate_giving.MandateGiveCheckView.as_view(),
        name="mandate_give_check",
    ),
    path(
        "dossier/mandats/donner/<uuid:mandate>/",
        mandate_giving.MandateGiveDoneView.as_view(),
        name="mandate_give_done",
    ),
    path("mandats/recus/", received_mandates.ReceivedMandatesView.as_view(), name="received_mandates"),
    path("mandats/<uuid:mandate>/", mandates.MandateDetailView.as_view(), name="mandate_detail"),
    path("mandats/<uuid:mandate>/arreter/", mandates.MandateStopView.as_view(), name="mandate_stop"),
    path(
        "mandats/<uuid:mandate>/repondre/",
        received_mandates.MandateAnswerView.as_view(),
        name="mandate_answer",
    ),
    path(
        "mandats/<uuid:mandate>/transferer/",
        mandate_giving.MandateTransferView.as_view(),
        name="mandate_transfer",
    ),
    path(
        "mandats/<uuid:mandate>/transferer/verifier/",
        mandate_giving.MandateTransferCheckView.as_view(),
        name="mandate_transfer_check",
    ),
    path(
        "entreprises/<bce_number:bce>/mandats/",
        received_mandates.EnterpriseMandatesView.as_view(),
        name="enterprise_mandates",
    ),
    path(
        "entreprises/<bce_number:bce>/mandataires/",
        delegates.DelegateListView.as_view(),
        name="delegate_list",
    ),
    path(
        "entreprises/<bce_number:bce>/mandataires/ajouter/",
        delegates.DelegateAddView.as_view(),
        name="delegate_add",
    ),
    path(
        "entreprises/<bce_number:bce>/mandataires/ajouter/verifier/",
        delegates.DelegateAddCheckView.as_view(),
        name="delegate_add_check",
    ),
    path(
        "entreprises/<bce_number:bce>/mandataires/<int:delegate_pk>/retirer/",
        delegates.DelegateRemoveView.as_view(),
        name="delegate_remove",
    ),
    path("organisation/", profiles.OrganisationClosedView.as_view(), name="organisation_closed"),
]
