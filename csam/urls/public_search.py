from django.urls import path

from csam.views import public_search

urlpatterns = [
    path("", public_search.BceSearchView.as_view(), name="bce_search"),
    path("<bce_number:bce_number>/", public_search.BceEnterpriseView.as_view(), name="bce_enterprise"),
]
