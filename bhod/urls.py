from django.urls import path

from bhod.views.doctors import DoctorEndView, DoctorEnrolView, DoctorListView
from bhod.views.finances import FinanceOverviewView
from bhod.views.guards import GuardCancelView, GuardCreateView, GuardEditView, GuardListView
from bhod.views.home import HomeView
from bhod.views.month import GuardMonthView
from bhod.views.own_guards import OwnGuardsView
from bhod.views.circle import (
    CircleEditView,
    CircleView,
    ShiftAddView,
    ShiftEditView,
    ShiftRemoveView,
    ZoneAddView,
    ZoneEditView,
    ZoneRemoveView,
)
from bhod.views.units import UnitAddView, UnitEditView

app_name = "bhod"
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("gardes/", GuardMonthView.as_view(), name="guard_month"),
    path("gardes/liste/", GuardListView.as_view(), name="guard_list"),
    path("gardes/nouvelle/", GuardCreateView.as_view(), name="guard_create"),
    path("gardes/<int:guard_pk>/modifier/", GuardEditView.as_view(), name="guard_edit"),
    path("gardes/<int:guard_pk>/annuler/", GuardCancelView.as_view(), name="guard_cancel"),
    path("medecins/", DoctorListView.as_view(), name="doctor_list"),
    path("medecins/inscrire/", DoctorEnrolView.as_view(), name="doctor_enrol"),
    path("medecins/<int:doctor_pk>/fin/", DoctorEndView.as_view(), name="doctor_end"),
    path("mes-gardes/", OwnGuardsView.as_view(), name="own_guards"),
    path("cercle/", CircleView.as_view(), name="circle"),
    path("cercle/decisions/", CircleEditView.as_view(), name="circle_edit"),
    path("cercle/zones/ajouter/", ZoneAddView.as_view(), name="zone_add"),
    path("cercle/zones/<int:zone_pk>/", ZoneEditView.as_view(), name="zone_edit"),
    path("cercle/zones/<int:zone_pk>/supprimer/", ZoneRemoveView.as_view(), name="zone_remove"),
    path("cercle/unites/ajouter/", UnitAddView.as_view(), name="unit_add"),
    path("cercle/unites/<int:unit_pk>/", UnitEditView.as_view(), name="unit_edit"),
    path("cercle/plages/ajouter/", ShiftAddView.as_view(), name="shift_add"),
    path("cercle/plages/<int:shift_pk>/", ShiftEditView.as_view(), name="shift_edit"),
    path("cercle/plages/<int:shift_pk>/supprimer/", ShiftRemoveView.as_view(), name="shift_remove"),
    path("finances/", FinanceOverviewView.as_view(), name="finance_overview"),
]
