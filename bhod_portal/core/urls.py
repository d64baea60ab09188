from django.conf import settings
from django.urls import path

from bhod_portal.core.views.accessibility import AccessibilityView
from bhod_portal.core.views.components import ComponentsView
from bhod_portal.core.views.health import HealthView
from bhod_portal.core.views.metrics import MetricsView

app_name = "core"
urlpatterns = [
    path("accessibilite/", AccessibilityView.as_view(), name="accessibility"),
    path("healthz", HealthView.as_view(), name="health"),
    path("metrics", MetricsView.as_view(), name="metrics"),
]
if settings.SHOWS_COMPONENTS:
    urlpatterns += [path("composants/", ComponentsView.as_view(), name="components")]
