"""Pages that allauth looks up by these names, outside any namespace."""

from django.urls import path

from csam.views import account_codes, identification

urlpatterns = [
    path("bloque/", identification.AccountInactiveView.as_view(), name="account_inactive"),
    path("identification/", identification.AccountLoginView.as_view(), name="account_login"),
    path("code/", account_codes.SentCodeView.as_view(), name="account_confirm_login_code"),
    path("code-application/", account_codes.HeldCodeView.as_view(), name="mfa_authenticate"),
]
