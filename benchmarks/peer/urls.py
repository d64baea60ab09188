from django.urls import include, path

urlpatterns = [
    path("digid/idp/", include("digid_eherkenning.mock.idp.digid_urls")),
    path("digid/", include("digid_eherkenning.mock.digid_urls")),
]
