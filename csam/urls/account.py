"""Pages that allauth looks up by these names, outside any namespace."""

from django.urls import path

from csam.views import identification

urlpatterns = [
    path("bloque/", identification.AccountInactiveView.as_view(), name="account_inactive"),
    path("identification/", identification.AccountLoginView.as_view(), name="account_login"),
]
