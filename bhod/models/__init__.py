from bhod.models.circles import CircleOrganisation, GuardUnit, GuardZone, Shift
from bhod.models.doctors import CircleDoctor, CircleDoctorQuerySet, DoctorUnit
from bhod.models.feeds import CalendarFeed
from bhod.models.guards import Guard, GuardBatch, GuardChange, GuardQuerySet
from bhod.models.imports import ColumnMapping, PlanningImport
from bhod.models.swaps import SwapOffer
from bhod.models.tariffs import Tariff

__all__ = [
    "CalendarFeed",
    "CircleDoctor",
    "CircleDoctorQuerySet",
    "CircleOrganisation",
    "ColumnMapping",
    "DoctorUnit",
    "Guard",
    "GuardBatch",
    "GuardChange",
    "GuardQuerySet",
    "GuardUnit",
    "GuardZone",
    "PlanningImport",
    "Shift",
    "SwapOffer",
    "Tariff",
]
