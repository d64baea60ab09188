"""Pages that allauth looks up by these names, outside any namespace."""

from django.urls import include, path

from csam.views import account_codes, identification, passkey, passwords, session

urlpatterns = [
    path("bloque/", identification.AccountInactiveView.as_view(), name="account_inactive"),
    path("identification/", identification.AccountLoginView.as_view(), name="account_login"),
    path("code/", account_codes.SentCodeView.as_view(), name="account_confirm_login_code"),
    path("code-application/", account_codes.HeldCodeView.as_view(), name="mfa_authenticate"),
    path("mot-de-passe/", passwords.PasswordChangeView.as_view(), name="account_change_password"),
    path("mot-de-passe/choisir/", passwords.PasswordSetView.as_view(), name="account_set_password"),
    path("mot-de-passe/oublie/", passwords.PasswordResetView.as_view(), name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        passwords.PasswordResetDoneView.as_view(),
        name="account_reset_password_done",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        passwords.PasswordResetFromKeyDoneView.as_view(),
        name="account_reset_password_from_key_done",
    ),
    path(
        "mot-de-passe/nouveau/<slug:uidb36>/<slug:key>/",
        passwords.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("sessions/", session.SessionListView.as_view(), name="usersessions_list"),
    path("sessions/<int:session_pk>/fermer/", session.SessionCloseView.as_view(), name="usersession_close"),
    path(
        "sessions/fermer-les-autres/",
        session.SessionCloseOthersView.as_view(),
        name="usersession_close_others",
    ),
    path("sessions/fermer-toutes/", session.SessionCloseAllView.as_view(), name="usersession_close_all"),
    path(
        "nouvelle-identification/", identification.AccountLoginView.as_view(), name="account_reauthenticate"
    ),
    path("cle-d-acces/", passkey.PasskeyCheckView.as_view(), name="mfa_login_webauthn"),
    path("cles/", include("csam.urls.keys")),
]
