from django.urls import path

from csam.views import manager_naming, managers

urlpatterns = [
    path("", managers.ManagedEnterprisesView.as_view(), name="managed_enterprises"),
    path("<bce_number:bce_number>/", managers.ManagerListView.as_view(), name="manager_list"),
    path("<bce_number:bce_number>/gap/", manager_naming.GapReplaceView.as_view(), name="gap_replace"),
    path(
        "<bce_number:bce_number>/gap/verification/",
        manager_naming.GapReplaceCheckView.as_view(),
        name="gap_replace_check",
    ),
    path(
        "<bce_number:bce_number>/nommer/<slug:manager_kind>/",
        manager_naming.ManagerNameView.as_view(),
        name="manager_name",
    ),
    path(
        "<bce_number:bce_number>/nommer/<slug:manager_kind>/verification/",
        manager_naming.ManagerNameCheckView.as_view(),
        name="manager_name_check",
    ),
    path(
        "<bce_number:bce_number>/<int:manager_pk>/confirmation/",
        managers.ManagerNameDoneView.as_view(),
        name="manager_name_done",
    ),
    path(
        "<bce_number:bce_number>/<int:manager_pk>/retirer/",
        managers.ManagerRemoveView.as_view(),
        name="manager_remove",
    ),
    path(
        "<bce_number:bce_number>/<int:manager_pk>/recu/",
        managers.DesignationReceiptView.as_view(),
        name="designation_receipt",
    ),
]
