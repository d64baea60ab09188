from django.urls import include, path, register_converter

from bhod_portal.core.converters import BceNumberConverter

register_converter(BceNumberConverter, "bce_number")

handler400 = "bhod_portal.core.views.errors.bad_request"
handler500 = "bhod_portal.core.views.errors.server_error"

urlpatterns = [
    path("", include("training.urls")),
    path("", include("bhod_portal.core.urls")),
    path("csam/", include("csam.urls")),
    path("csam/compte/", include("csam.urls.account")),
    path("securite-sociale/", include("access_mgmt.urls")),
    path("prosante/", include("prosante_login.urls")),
    path("bhod/", include("bhod.urls")),
]
