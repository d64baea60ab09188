from django.urls import path

from csam.views import eid_login, identification, password_login

urlpatterns = [
    path("", identification.IdentificationView.as_view(), name="identification"),
    path("eid/", eid_login.EidLoginView.as_view(), name="eid_login"),
    path("mot-de-passe/", password_login.PasswordLoginView.as_view(), name="password_login"),
    path("niveau/", identification.LevelTooWeakView.as_view(), name="level_too_weak"),
]
