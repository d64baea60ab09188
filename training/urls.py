from django.urls import path

from training.views import clock, portal

app_name = "training"
urlpatterns = [
    path("", portal.PortalHomeView.as_view(), name="portal_home"),
    path("formation/horloge/avancer/", clock.ClockAdvanceView.as_view(), name="clock_advance"),
    path("formation/monde/recommencer/", clock.WorldResetView.as_view(), name="world_reset"),
]
