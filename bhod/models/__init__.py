from bhod.models.circles import CircleOrganisation, GuardUnit, GuardZone, Shift
from bhod.models.doctors import CircleDoctor, CircleDoctorQuerySet, DoctorUnit
from bhod.models.feeds import CalendarFeed
from bhod.models.guards import Guard, GuardBatch, GuardChange, GuardQuerySet
from bhod.models.imports import ColumnMapping, PlanningImport
from bhod.models.payments import LedgerCheck, PaymentLine, PaymentRun, Settlement
from bhod.models.questions import GuardQuestion
from bhod.models.swaps import SwapOffer
from bhod.models.tariffs import Tariff
from bhod.models.validations import GuardCheck, GuardCheckQuerySet, ValidationRound

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
    "GuardCheck",
    "GuardCheckQuerySet",
    "GuardQuerySet",
    "GuardQuestion",
    "GuardUnit",
    "GuardZone",
    "LedgerCheck",
    "PaymentLine",
    "PaymentRun",
    "PlanningImport",
    "Settlement",
    "Shift",
    "SwapOffer",
    "Tariff",
    "ValidationRound",
]
