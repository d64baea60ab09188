"""Under /csam/compte/cles/: « Mes clés numériques », by the names under which allauth looks its pages up."""

from django.urls import path

from csam.views import keys, passkey

urlpatterns = [
    path("", keys.KeyListView.as_view(), name="mfa_index"),
    path("application/ajouter/", keys.AppEnrolView.as_view(), name="mfa_activate_totp"),
    path("application/retirer/", keys.AppRemoveView.as_view(), name="mfa_deactivate_totp"),
    path("token/", keys.TokenView.as_view(), name="mfa_view_recovery_codes"),
    path("token/nouveau/", keys.TokenIssueView.as_view(), name="mfa_generate_recovery_codes"),
    path("token/telecharger/", keys.TokenDownloadView.as_view(), name="mfa_download_recovery_codes"),
    path("cles-d-acces/", passkey.PasskeyListView.as_view(), name="mfa_list_webauthn"),
    path("cles-d-acces/ajouter/", passkey.PasskeyAddView.as_view(), name="mfa_add_webauthn"),
    path(
        "cles-d-acces/<int:passkey_pk>/renommer/",
        passkey.PasskeyEditView.as_view(),
        name="mfa_edit_webauthn",
    ),
    path(
        "cles-d-acces/<int:passkey_pk>/retirer/",
        passkey.PasskeyRemoveView.as_view(),
        name="mfa_remove_webauthn",
    ),
]
