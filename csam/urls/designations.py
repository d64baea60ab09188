from django.urls import path

from csam.views import designations

urlpatterns = [
    path("", designations.EnterpriseRegisterView.as_view(), name="enterprise_register"),
    path("<bce_number:bce_number>/gap/", designations.GapDesignateView.as_view(), name="gap_designate"),
    path(
        "<bce_number:bce_number>/verification/",
        designations.GapDesignateCheckView.as_view(),
        name="gap_designate_check",
    ),
    path(
        "<bce_number:bce_number>/confirmation/",
        designations.GapDesignateDoneView.as_view(),
        name="gap_designate_done",
    ),
]
