from django.urls import path

from prosante_login.views import files, pages, profiles

app_name = "prosante_login"
urlpatterns = [
    path("", pages.LandingView.as_view(), name="landing"),
    path("aide/", pages.HelpView.as_view(), name="help"),
    path("profil/", profiles.ProfileChooseView.as_view(), name="profile_choose"),
    path("profil/selection/", profiles.ProfileSelectView.as_view(), name="profile_select"),
    path("citoyen/", profiles.CitizenHomeView.as_view(), name="citizen_home"),
    path("dossier/", files.FileHomeView.as_view(), name="file_home"),
    path("organisation/", profiles.OrganisationClosedView.as_view(), name="organisation_closed"),
]
