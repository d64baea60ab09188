from django.urls import path

from csam.views import exceptional

urlpatterns = [
    path("", exceptional.ExceptionalProcedureView.as_view(), name="exceptional_procedure"),
    path("demande/", exceptional.DesignationRequestView.as_view(), name="designation_request"),
    path(
        "demande/documents/",
        exceptional.DesignationRequestDocumentsView.as_view(),
        name="designation_request_documents",
    ),
    path(
        "demande/envoyee/",
        exceptional.DesignationRequestDoneView.as_view(),
        name="designation_request_done",
    ),
    path("suivi/", exceptional.DesignationFollowUpView.as_view(), name="designation_follow_up"),
]
