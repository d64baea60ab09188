from django.urls import path

from csam.views import digital_keys, landing

urlpatterns = [
    path("", landing.LandingView.as_view(), name="landing"),
    path("lien-externe/<slug:slug>/", landing.OutsideView.as_view(), name="outside"),
    path("quitter/", digital_keys.LogoutView.as_view(), name="logout"),
    path("qui-suis-je/", digital_keys.WhoamiView.as_view(), name="whoami"),
]
