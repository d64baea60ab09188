from django.urls import path

from csam.views import agent

urlpatterns = [
    path("", agent.RequestQueueView.as_view(), name="request_queue"),
    path("<int:request_pk>/", agent.RequestDetailView.as_view(), name="request_detail"),
    path("<int:request_pk>/decision/", agent.RequestDecideView.as_view(), name="request_decide"),
    path(
        "<int:request_pk>/documents/<uuid:document_id>/",
        agent.RequestDocumentView.as_view(),
        name="request_document",
    ),
]
