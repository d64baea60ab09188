from django.urls import path

from csam.views import digital_keys

urlpatterns = [
    path("", digital_keys.IdentificationView.as_view(), name="identification"),
    path("eid/", digital_keys.EidLoginView.as_view(), name="eid_login"),
    path("mot-de-passe/", digital_keys.PasswordLoginView.as_view(), name="password_login"),
    path("niveau/", digital_keys.LevelTooWeakView.as_view(), name="level_too_weak"),
]
