from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import ReturnReason, RunState, SettlementOutcome
from bhod.models.validations import GuardCheck
from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.models import World
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider, ProviderAccount


class PaymentRun(models.Model):
    """A payment of INAMI for all circles of a world: the validated guards that begin up to `last_day`, and corrections.

    `first_day` to `last_day` are the two months for which it is named; older guards that are ready come along. Of a world
    one is open at a time; a closed one never changes (a trigger holds that). `remark` tells why it is a draft again.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="payment_runs")
    number = models.PositiveIntegerField(_("numéro"))
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    state = models.CharField(_("état"), max_length=9, choices=RunState, default=RunState.REQUESTED)
    opened_at = models.DateTimeField(_("ouvert le"))
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    drafted_at = models.DateTimeField(_("calculé le"), null=True, blank=True)
    checked_at = models.DateTimeField(_("vérifié le"), null=True, blank=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(_("clôturé le"), null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    told_at = models.DateTimeField(_("médecins prévenus le"), null=True, blank=True)
    remark = models.CharField(_("remarque"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "number"], name="payment_run_number_once"),
            models.UniqueConstraint(
                fields=["world"],
                name="payment_run_one_open",
                condition=~Q(state=RunState.CLOSED),
                violation_error_code="run_open",
                violation_error_message=_("Un paiement est déjà ouvert."),
            ),
            in_order("first_day", "last_day", name="payment_run_period_in_order"),
            paired("checked_at", "checked_by", name="payment_run_checked_by_someone"),
            paired("closed_at", "closed_by", name="payment_run_closed_by_someone"),
            models.CheckConstraint(
                name="payment_run_checked_before_closed",
                condition=Q(state__in=[RunState.REQUESTED, RunState.DRAFT], checked_at=None)
                | Q(
                    state__in=[RunState.CHECKED, RunState.CLOSING, RunState.CLOSED], checked_at__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="payment_run_closed_says_when",
                condition=~Q(state__in=[RunState.CLOSING, RunState.CLOSED]) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class PaymentLine(models.Model):
    """A line of the ledger: the amount of one checked guard, or the same amount taken back; append-only once its run is closed.

    A guard that was paid and is another one now gives two lines: the old amount taken back, the new one due. That each
    check is paid once and taken back once at most is held here, whoever runs what twice. That run and check exist is held by
    triggers, for all lines of a statement at once (decision 0014).
    """

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    guard_check = models.ForeignKey(
        GuardCheck, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    is_reversal = models.BooleanField(_("reprise"))
    amount = models.DecimalField(_("montant"), max_digits=8, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guard_check", "is_reversal"], name="payment_line_once"),
            models.CheckConstraint(
                name="payment_line_sign",
                condition=Q(is_reversal=True, amount__lt=0) | Q(is_reversal=False, amount__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.amount}"


class Settlement(models.Model):
    """What a closed run comes to for one doctor, in euros: what was owed before and what he earns is paid or stays owed.

    `opening` is the balance after his last settlement, `returned` what the bank has sent back since, `earned` the sum of
    his lines, `closing` what is owed to him after it: below zero, he was paid too much and the next runs take it back.
    `account` and `beneficiary` (None: himself) are those of the day. That run, doctor and account exist is held by triggers, as
    for the lines.
    """

    run = models.ForeignKey(
        PaymentRun, on_delete=models.PROTECT, related_name="settlements", db_constraint=False, db_index=False
    )
    provider = models.ForeignKey(
        CareProvider,
        on_delete=models.PROTECT,
        related_name="settlements",
        db_constraint=False,
        db_index=False,
    )
    opening = models.DecimalField(_("solde précédent"), max_digits=10, decimal_places=2)
    returned = models.DecimalField(_("retourné par la banque"), max_digits=10, decimal_places=2)
    earned = models.DecimalField(_("honoraires"), max_digits=10, decimal_places=2)
    paid = models.DecimalField(_("versé"), max_digits=10, decimal_places=2)
    closing = models.DecimalField(_("nouveau solde"), max_digits=10, decimal_places=2)
    outcome = models.CharField(_("résultat"), max_length=10, choices=SettlementOutcome)
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        related_name="settlements",
        null=True,
        blank=True,
        db_constraint=False,
    )
    beneficiary = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="settlements", null=True, blank=True
    )
    answered_at = models.DateTimeField(_("réponse de la banque le"), null=True, blank=True)
    return_reason = models.CharField(_("motif du retour"), max_length=4, choices=ReturnReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "provider"], name="settlement_once"),
            models.CheckConstraint(
                name="settlement_adds_up",
                condition=Q(closing=F("opening") + F("returned") + F("earned") - F("paid")),
            ),
            models.CheckConstraint(
                name="settlement_pays_as_it_says",
                condition=Q(
                    outcome__in=[
                        SettlementOutcome.SENT,
                        SettlementOutcome.PAID,
                        SettlementOutcome.RETURNED,
                    ],
                    paid__gt=0,
                    closing=0,
                    account__isnull=False,
                )
                | Q(outcome=SettlementOutcome.NO_ACCOUNT, paid=0, closing__gt=0, account=None)
                | Q(outcome=SettlementOutcome.OFFSET, paid=0, closing__lte=0, account=None),
            ),
            models.CheckConstraint(name="settlement_returns_come_back", condition=Q(returned__gte=0)),
            models.CheckConstraint(
                name="settlement_answered_says_when",
                condition=Q(
                    outcome__in=[SettlementOutcome.PAID, SettlementOutcome.RETURNED],
                    answered_at__isnull=False,
                )
                | Q(
                    outcome__in=[
                        SettlementOutcome.SENT,
                        SettlementOutcome.NO_ACCOUNT,
                        SettlementOutcome.OFFSET,
                    ],
                    answered_at=None,
                ),
            ),
            models.CheckConstraint(
                name="settlement_returned_says_why",
                condition=(Q(outcome=SettlementOutcome.RETURNED) & ~Q(return_reason=""))
                | (~Q(outcome=SettlementOutcome.RETURNED) & Q(return_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "run"], name="settlement_of_provider"),
            models.Index(
                fields=["provider"],
                name="settlement_sent_back",
                condition=Q(outcome=SettlementOutcome.RETURNED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.provider_id} {self.paid}"


class LedgerCheck(models.Model):
    """One time that all lines, payments and balances of a world were added up anew (euros); `faults` is empty when all agree.

    earned = paid − returned + balance.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="ledger_checks")
    checked_at = models.DateTimeField(_("contrôlé le"))
    earned = models.DecimalField(_("honoraires"), max_digits=12, decimal_places=2)
    paid = models.DecimalField(_("versé"), max_digits=12, decimal_places=2)
    returned = models.DecimalField(_("retourné"), max_digits=12, decimal_places=2)
    balance = models.DecimalField(_("solde"), max_digits=12, decimal_places=2)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["world", "-checked_at"], name="ledger_check_of_world")]

    def __str__(self) -> str:
        return f"{self.world_id} {self.checked_at:%Y-%m-%d}"
