"""Pages that allauth looks up by these names, outside any namespace."""

from django.urls import path

from csam.views import digital_keys

urlpatterns = [
    path("bloque/", digital_keys.AccountInactiveView.as_view(), name="account_inactive"),
    path("identification/", digital_keys.AccountLoginView.as_view(), name="account_login"),
]
