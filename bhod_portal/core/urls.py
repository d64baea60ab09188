from django.urls import path

from bhod_portal.core.views.health import HealthView

app_name = "core"
urlpatterns = [path("healthz", HealthView.as_view(), name="health")]
