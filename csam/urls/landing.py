from django.urls import path

from csam.views import keys, landing, language, session

urlpatterns = [
    path("", landing.LandingView.as_view(), name="landing"),
    path("lien-externe/<slug:slug>/", landing.OutsideView.as_view(), name="outside"),
    path("quitter/", session.LogoutView.as_view(), name="logout"),
    path("langue/", language.LanguageChooseView.as_view(), name="language_choose"),
    path("compte/cles/", keys.KeyListView.as_view(), name="key_list"),
    path("qui-suis-je/", session.WhoamiView.as_view(), name="whoami"),
]
