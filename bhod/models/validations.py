from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from bhod.enums import CheckOutcome
from bhod.models.guards import Guard
from bhod.models.tariffs import Tariff
from bhod_portal.core.models import World
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider

_AMOUNTS = ("tariff", "hourly", "amount")


def _all_null(*, null: bool) -> Q:
    return Q(**{f"{name}__isnull": null for name in _AMOUNTS})


class GuardCheckQuerySet(models.QuerySet["GuardCheck"]):
    def standing(self) -> "GuardCheckQuerySet":
        """Those that are the last word on their guard: it hasn't changed since."""
        return self.filter(superseded_at=None)


class GuardCheck(models.Model):
    """What INAMI found of one version of a confirmed guard, with all that its amount is made of (design.md 4, BHOD 1).

    Never edited: a guard that changes, or is found otherwise later, gets another one, and this one is superseded. Minutes
    are those that count; `first_day` is the day in Brussels on which the guard begins, whose tariff holds. Amounts in
    euros, there only when it is validated. `problems` are the reasons of a refusal: codes of the rules with what their
    sentences need.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="guard_checks", db_index=False
    )
    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="checks")
    version = models.PositiveIntegerField()
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="guard_checks")
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    first_day = models.DateField(_("jour"))
    outcome = models.CharField(_("résultat"), max_length=9, choices=CheckOutcome)
    problems = models.JSONField(default=list)
    weekend = models.PositiveSmallIntegerField(_("minutes de week-end"), default=0)
    holiday = models.PositiveSmallIntegerField(_("minutes de jour férié"), default=0)
    weeknight = models.PositiveSmallIntegerField(_("minutes de nuit de semaine"), default=0)
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="checks", null=True, blank=True)
    hourly = models.DecimalField(
        _("montant par heure"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    amount = models.DecimalField(_("montant"), max_digits=8, decimal_places=2, null=True, blank=True)
    checked_at = models.DateTimeField(_("contrôlée le"))
    superseded_at = models.DateTimeField(_("remplacée le"), null=True, blank=True)

    objects = GuardCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guard"], name="guard_check_one_stands", condition=Q(superseded_at=None)
            ),
            models.CheckConstraint(
                name="guard_check_validated_has_amount",
                condition=(Q(outcome=CheckOutcome.VALIDATED) & _all_null(null=False))
                | (~Q(outcome=CheckOutcome.VALIDATED) & _all_null(null=True)),
            ),
            # Half a cent is rounded up, as `eligibility.amount` does it: PostgreSQL rounds numbers above zero so.
            models.CheckConstraint(
                name="guard_check_amount_is_hours_times_tariff",
                condition=Q(amount=None)
                | Q(
                    amount=Func(
                        (F("weekend") + F("holiday") + F("weeknight")) * F("hourly") / Value(60),
                        Value(2),
                        function="ROUND",
                        output_field=models.DecimalField(max_digits=8, decimal_places=2),
                    )
                ),
            ),
            models.CheckConstraint(name="guard_check_in_order", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [
            models.Index(fields=["enterprise", "first_day"], name="guard_check_of_circle"),
            models.Index(
                fields=["guard"], name="guard_check_superseded", condition=Q(superseded_at__isnull=False)
            ),
            # Rows come in the order of time: a run finds those since the last one, however many there were before.
            BrinIndex(fields=["checked_at"], name="guard_check_by_time", autosummarize=True),
            BrinIndex(fields=["first_day"], name="guard_check_by_day", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.guard_id} v{self.version} {self.outcome}"

    @property
    def minutes(self) -> int:
        """All minutes that count."""
        return self.weekend + self.holiday + self.weeknight


class ValidationRound(models.Model):
    """One time that the confirmed guards of a world are checked: of a night (a day of its clock), or asked by an agent.

    A round that isn't finished waits for the task, which does it as a whole.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="validation_rounds")
    night_of = models.DateField(_("nuit du"), null=True, blank=True)
    opened_at = models.DateTimeField(_("demandé le"))
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    validated = models.PositiveIntegerField(_("validées"), default=0)
    refused = models.PositiveIntegerField(_("refusées"), default=0)
    waiting = models.PositiveIntegerField(_("sans tarif"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "night_of"], name="validation_round_once_a_night"),
            models.UniqueConstraint(
                fields=["world"], name="validation_round_one_at_a_time", condition=Q(finished_at=None)
            ),
            models.CheckConstraint(
                name="validation_round_of_night_or_agent",
                condition=Q(night_of__isnull=True, asked_by__isnull=False)
                | Q(night_of__isnull=False, asked_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.world_id} {self.opened_at:%Y-%m-%d}"
