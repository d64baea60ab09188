from django.urls import path

from csam.views import agent

urlpatterns = [
    path("", agent.RequestQueueView.as_view(), name="request_queue"),
    path("<int:designation_pk>/", agent.RequestDetailView.as_view(), name="request_detail"),
    path("<int:designation_pk>/decision/", agent.RequestDecideView.as_view(), name="request_decide"),
    path(
        "<int:designation_pk>/documents/<uuid:document_id>/",
        agent.RequestDocumentView.as_view(),
        name="request_document",
    ),
]
