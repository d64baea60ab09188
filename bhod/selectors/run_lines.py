"""What stands in a payment run, as the agents of INAMI read it: by circle, by doctor, line by line, corrections alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from bhod.eligibility import Eligible
from bhod.enums import CheckOutcome, LineKind, RunState, SettlementOutcome
from bhod.models import GuardCheck, PaymentLine, PaymentRun, Settlement
from bhod.selectors.doctor_lists import named
from bhod.selectors.payments import NOTHING, corrected_in, eligible_of, kind_of
from prosante_login.models import CareProvider

_OF_CHECK = "guard_check__"


@dataclass(frozen=True, slots=True)
class RunLine:
    """A line with what it is to its reader, and the hours that make its amount."""

    line: PaymentLine
    kind: LineKind

    @property
    def eligible(self) -> Eligible:
        return eligible_of(self.line.guard_check)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many guards, of which amount in euros, could be in a run and aren't."""

    guards: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OutcomeSum:
    """For how many doctors a run comes to the same: what it pays them, and what stays between them and INAMI (euros)."""

    outcome: SettlementOutcome
    doctors: int
    paid: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class RunSums:
    """What a run comes to for its doctors, by outcome; those only that there are."""

    by_outcome: Sequence[OutcomeSum]

    @property
    def paid(self) -> Decimal:
        return sum((each.paid for each in self.by_outcome), NOTHING)

    @property
    def paid_doctors(self) -> int:
        return sum(each.doctors for each in self.by_outcome if each.paid)

    @property
    def without_account(self) -> OutcomeSum | None:
        return self._of(SettlementOutcome.NO_ACCOUNT)

    @property
    def offset(self) -> OutcomeSum | None:
        return self._of(SettlementOutcome.OFFSET)

    def _of(self, outcome: SettlementOutcome) -> OutcomeSum | None:
        return next((each for each in self.by_outcome if each.outcome == outcome), None)


@dataclass(frozen=True, slots=True)
class SettledDoctor:
    """What a run comes to for a doctor, and what that is called."""

    provider: CareProvider
    settlement: Settlement
    label: str


def missing_from(run: PaymentRun) -> Missing:
    """What was validated since a run that isn't closed was calculated: it waits for the next one, unless this is calculated anew.

    One query, of the latest checks only.
    """
    found = GuardCheck.objects.standing().filter(
        enterprise__world=run.world_id,
        outcome=CheckOutcome.VALIDATED,
        amount__gt=0,
        checked_at__gte=run.drafted_at,
        first_day__lte=run.last_day,
    )
    unpaid = found.exclude(Exists(PaymentLine.objects.filter(guard_check=OuterRef("pk"), is_reversal=False)))
    summed = unpaid.aggregate(guards=Count("pk"), amount=Sum("amount", default=NOTHING))
    return Missing(summed["guards"], summed["amount"])


def circles_of(run: PaymentRun) -> QuerySet[PaymentLine, Any]:
    """What a run comes to for each circle, by name; a row has `lines`, `reversals`, `doctors`, fees and `total` in euros."""
    rows = run.lines.values(
        f"{_OF_CHECK}enterprise", f"{_OF_CHECK}enterprise__name", f"{_OF_CHECK}enterprise__bce_number"
    )
    summed: QuerySet[PaymentLine, Any] = rows.annotate(
        lines=Count("pk"),
        reversals=Count("pk", filter=Q(is_reversal=True)),
        doctors=Count(f"{_OF_CHECK}provider", distinct=True),
        fees=Sum("amount", filter=Q(is_reversal=False), default=NOTHING),
        taken_back=Sum("amount", filter=Q(is_reversal=True), default=NOTHING),
        total=Sum("amount"),
    )
    return summed.order_by(f"{_OF_CHECK}enterprise__name", f"{_OF_CHECK}enterprise")


def parties_of(run: PaymentRun) -> tuple[int, int]:
    """Of how many circles and how many doctors there are lines in a run; one query."""
    # Of 200,000 lines these are a tenth: told apart at once, where two counts of what differs would sort them twice.
    pairs = set(run.lines.values_list(f"{_OF_CHECK}enterprise", f"{_OF_CHECK}provider").distinct())
    return len({circle for circle, _doctor in pairs}), len({doctor for _circle, doctor in pairs})


def lines_of(run: PaymentRun) -> QuerySet[PaymentLine, Any]:
    """The lines of a run, by circle, doctor and time, what is taken back first."""
    lines = run.lines.select_related(
        "guard_check__enterprise", "guard_check__provider__person", "guard_check__guard__unit"
    )
    return lines.order_by(
        f"{_OF_CHECK}enterprise__name",
        f"{_OF_CHECK}enterprise",
        f"{_OF_CHECK}provider__person__sort_name",
        f"{_OF_CHECK}provider",
        f"{_OF_CHECK}starts_at",
        f"{_OF_CHECK}guard",
        "-is_reversal",
        "pk",
    )


def shown(lines: Iterable[PaymentLine], run: PaymentRun) -> list[RunLine]:
    """Lines of `lines_of`, each with its kind."""
    corrected = corrected_in(run.lines.all())
    return [RunLine(line, kind_of(line, corrected)) for line in lines]


def sums_of(settlements: Iterable[Settlement]) -> RunSums:
    """What settlements of a run come to."""
    by_outcome: dict[str, list[Settlement]] = {}
    for each in settlements:
        by_outcome.setdefault(each.outcome, []).append(each)
    sums = [
        OutcomeSum(
            outcome,
            len(found),
            sum((each.paid for each in found), NOTHING),
            sum((each.closing for each in found), NOTHING),
        )
        for outcome in SettlementOutcome
        if (found := by_outcome.get(outcome.value))
    ]
    return RunSums(sums)


def by_name(settlements: Iterable[Settlement], *, text: str = "") -> Sequence[int]:
    """The keys of their doctors, by name; `text` is a part of a name or of an INAMI number. One query."""
    keys = [each.provider_id for each in settlements]
    doctors = CareProvider.objects.filter(named(text), pk__in=keys)
    return list(doctors.order_by("person__sort_name", "pk").values_list("pk", flat=True))


def label_of(outcome: str, run: PaymentRun) -> str:
    """What an outcome is called in a run: before that is closed, nothing is at the bank."""
    if outcome == SettlementOutcome.SENT and run.state != RunState.CLOSED:
        return _("à verser")
    return str(SettlementOutcome(outcome).label)


def settled_doctors(
    provider_ids: Sequence[int], settlements: Iterable[Settlement], run: PaymentRun
) -> list[SettledDoctor]:
    """The settlements of a run for these doctors, in their order; one query."""
    settled = {each.provider_id: each for each in settlements}
    doctors = CareProvider.objects.select_related("person").in_bulk(provider_ids)
    return [
        SettledDoctor(doctors[key], settled[key], label_of(settled[key].outcome, run)) for key in provider_ids
    ]
