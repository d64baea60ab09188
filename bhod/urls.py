from django.urls import path

from bhod.views.doctors import DoctorEndView, DoctorEnrolView, DoctorListView
from bhod.views.finances import FinanceOverviewView
from bhod.views.guards import GuardCancelView, GuardCreateView, GuardEditView, GuardListView
from bhod.views.home import HomeView
from bhod.views.month import GuardMonthView
from bhod.views.own_guards import OwnGuardsView

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
    path("finances/", FinanceOverviewView.as_view(), name="finance_overview"),
]
