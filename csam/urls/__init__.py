from django.urls import include, path

app_name = "csam"
urlpatterns = [
    path("", include("csam.urls.landing")),
    path("identification/", include("csam.urls.identification")),
    path("enregistrement/", include("csam.urls.designations")),
    path("gestionnaires/", include("csam.urls.managers")),
    path("procedure-exceptionnelle/", include("csam.urls.exceptional")),
    path("agent/", include("csam.urls.agent")),
    path("bce/", include("csam.urls.public_search")),
]
