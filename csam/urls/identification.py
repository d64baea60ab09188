from django.urls import path

from csam.enums import DigitalKey
from csam.views import eid_login, eidas, identification, itsme, passkey
from csam.views.password_login import PasswordLoginView

urlpatterns = [
    path("", identification.IdentificationView.as_view(), name="identification"),
    path("eid/", eid_login.EidLoginView.as_view(), name="eid_login"),
    path("itsme/", itsme.ItsmeLoginView.as_view(), name="itsme_login"),
    path("itsme/attente/", itsme.ItsmeWaitView.as_view(), name="itsme_wait"),
    path("code-e-mail/", PasswordLoginView.as_view(key=DigitalKey.EMAIL), name="email_login"),
    path("code-sms/", PasswordLoginView.as_view(key=DigitalKey.SMS), name="sms_login"),
    path("application/", PasswordLoginView.as_view(key=DigitalKey.APP), name="app_login"),
    path("token/", PasswordLoginView.as_view(key=DigitalKey.TOKEN), name="token_login"),
    path("mot-de-passe/", PasswordLoginView.as_view(), name="password_login"),
    path("eidas/", eidas.EidasCountryView.as_view(), name="eidas_country"),
    path("eidas/<slug:country>/", eidas.EidasLoginView.as_view(), name="eidas_login"),
    path("cle-d-acces/", passkey.PasskeyLoginView.as_view(), name="passkey_login"),
    path("niveau/", identification.LevelTooWeakView.as_view(), name="level_too_weak"),
]
