from django.urls import path

from csam.views import designations, digital_keys, landing

app_name = "csam"
urlpatterns = [
    path("", landing.LandingView.as_view(), name="landing"),
    path(
        "procedure-exceptionnelle/",
        landing.ExceptionalProcedureView.as_view(),
        name="exceptional_procedure",
    ),
    path("lien-externe/<slug:slug>/", landing.OutsideView.as_view(), name="outside"),
    path("identification/", digital_keys.IdentificationView.as_view(), name="identification"),
    path("identification/eid/", digital_keys.EidLoginView.as_view(), name="eid_login"),
    path("identification/mot-de-passe/", digital_keys.PasswordLoginView.as_view(), name="password_login"),
    path("identification/niveau/", digital_keys.LevelTooWeakView.as_view(), name="level_too_weak"),
    path("quitter/", digital_keys.LogoutView.as_view(), name="logout"),
    path("qui-suis-je/", digital_keys.WhoamiView.as_view(), name="whoami"),
    path("enregistrement/", designations.EnterpriseRegisterView.as_view(), name="enterprise_register"),
    path(
        "enregistrement/<bce_number:bce_number>/gap/",
        designations.GapDesignateView.as_view(),
        name="gap_designate",
    ),
    path(
        "enregistrement/<bce_number:bce_number>/verification/",
        designations.GapDesignateCheckView.as_view(),
        name="gap_designate_check",
    ),
    path(
        "enregistrement/<bce_number:bce_number>/confirmation/",
        designations.GapDesignateDoneView.as_view(),
        name="gap_designate_done",
    ),
]
