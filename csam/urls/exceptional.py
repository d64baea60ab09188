from django.urls import path

from csam.views import landing

urlpatterns = [
    path("", landing.ExceptionalProcedureView.as_view(), name="exceptional_procedure"),
]
