from django.urls import path

from bhod_portal.core.views.health import HealthView
from bhod_portal.core.views.metrics import MetricsView

app_name = "core"
urlpatterns = [
    path("healthz", HealthView.as_view(), name="health"),
    path("metrics", MetricsView.as_view(), name="metrics"),
]
