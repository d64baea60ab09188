"""The guards behind the finances: a list by where their money stands, and each with its calculation and its payments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.eligibility import amount
from bhod.enums import CheckOutcome, PayState
from bhod.forms.finances import FinanceFilterForm
from bhod.models import GuardCheck, PaymentLine, PaymentRun
from bhod.selectors.doctors import doctors_of, doctors_to_choose
from bhod.selectors.finances import money_of_period
from bhod.selectors.guard_money import Calculation, GuardMoney, Money, money_of_guards
from bhod.selectors.guards import guard_line, guards_of, month_of, units_of
from bhod.selectors.payments import checks_of, problems_of
from bhod.selectors.quality import Finding
from bhod.selectors.questions import questions_about
from bhod.selectors.statements import told_outcome
from bhod.views.finances import FinanceMixin, days_of_address
from bhod.views.pay_states import following, stages_of
from bhod.views.quality_links import Link, mending_links
from bhod_portal.core import clock
from bhod_portal.core.names import plain
from bhod_portal.core.periods import Period
from bhod_portal.core.ui import Column
from prosante_login.models import CareProvider

PER_PAGE = 25
BY_START = "debut"
HEADINGS = {
    BY_START: gettext_lazy("Début"),
    "unite": gettext_lazy("Unité"),
    "medecin": gettext_lazy("Médecin"),
    "heures": gettext_lazy("Heures honorées"),
    "montant": gettext_lazy("Montant"),
    "paye": gettext_lazy("Payé"),
    "etat": gettext_lazy("État du paiement"),
}
_NUMBERS = {"montant", "paye"}
_ORDER = {state: place for place, state in enumerate(PayState)}
_KEYS: dict[str, Callable[[GuardMoney], Any]] = {
    BY_START: lambda each: each.guard.starts_at,
    "unite": lambda each: plain(each.guard.unit.name),
    "medecin": lambda each: each.guard.provider.person.sort_name,
    "heures": lambda each: each.counted.minutes,
    # What nobody knows yet comes before what is nothing.
    "montant": lambda each: -1 if each.worth is None else each.worth,
    "paye": lambda each: each.pay.paid,
    "etat": lambda each: _ORDER[each.pay.state],
}


class FinanceGuardsView(FinanceMixin, TemplateView):
    """The guards of a period with their money: by state, doctor, unit and category, in any order."""

    template_name = "bhod/finance_guards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked()
        form = FinanceFilterForm(
            asked,
            units=units_of(self.enterprise_id),
            providers=doctors_to_choose(self.enterprise_id, on=self.today),
        )
        form.is_valid()
        period: Period | None = form.cleaned_data.get("period")
        found = self.found(period, form.cleaned_data) if period else []
        shown = period or month_of(self.today)
        days = days_of_address(shown)
        choices = {
            name: str(form.cleaned_data[name])
            for name in ("etat", "medecin", "unite", "categorie")
            if form.cleaned_data.get(name)
        }
        sort = {"tri": self.sort} if self.sort != BY_START else {}
        context = {
            "form": form,
            "period": shown,
            "is_understood": period is not None,
            "spans": self.spans(shown),
            "keeps": f"&{urlencode(choices | sort)}" if choices or sort else "",
            "all_query": urlencode(days) if choices else "",
            "sort": self.sort if sort else "",
            "query": urlencode(days | choices | sort),
            "page_obj": Paginator(found, PER_PAGE).get_page(self.request.GET.get("page")),
            "money": sum((each.money for each in found), Money()),
            "columns": [*(self._column(key, days | choices) for key in HEADINGS), ""],
            "uses_htmx": True,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def found(self, period: Period, asked: dict[str, Any]) -> list[GuardMoney]:
        guards = money_of_period(
            enterprise_id=self.enterprise_id, period=period, tariffs=self.book, at=self.at
        )
        found = [each for each in guards if _is_asked_for(each, asked)]
        found.sort(key=_KEYS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        return found

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("tri", "")
        return asked if asked.removeprefix("-") in HEADINGS else BY_START

    def _column(self, key: str, asked: dict[str, str]) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        tri = f"-{key}" if now == "ascending" else key
        url = "?" + urlencode(asked | {"tri": tri})
        return Column(str(HEADINGS[key]), numeric=key in _NUMBERS, sort_url=url, sorted=now)


@dataclass(frozen=True, slots=True)
class CalculationLine:
    """« 13 h × 6,20 € = 80,60 € » of one category; `is_evened` when the cents of all are rounded once, and show here."""

    label: str
    minutes: int
    amount: Any
    is_evened: bool


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of a payment about the guard; `settled_by` is the number of the later payment that settles it, if one does."""

    line: PaymentLine
    provider: CareProvider
    outcome: str
    settled_by: int | None

    @property
    def run(self) -> PaymentRun:
        return self.line.run


@dataclass(frozen=True, slots=True)
class CheckLine:
    """What INAMI found at one time, with the sentences of its reasons."""

    check: GuardCheck
    calculation: Calculation
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why INAMI refuses it, and the pages that mend that."""

    text: str
    links: Sequence[Link]


class FinanceGuardView(FinanceMixin, TemplateView):
    """One guard: what it comes to and why, its lines in payments, what INAMI found of it, what its doctors asked."""

    template_name = "bhod/finance_guard.html"

    def load(self) -> None:
        super().load()
        self.guard = get_object_or_404(guards_of(self.enterprise_id), pk=self.kwargs["guard_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        money = next(iter(money_of_guards([self.guard], tariffs=self.book, at=self.at)), None)
        checks = list(checks_of(self.guard))
        context = {
            "line": guard_line(self.guard, None),
            "money": money,
            "follows": following(money) if money else "",
            "stages": _stages(money, checks) if money else [],
            "calculation": _calculation_lines(money.calculation) if money and money.calculation else [],
            "tariff": self._tariff(money),
            "reasons": self._reasons(money),
            "ledger": _ledger_lines(money, checks) if money else [],
            "ledger_columns": [
                _("Paiement"),
                _("Médecin"),
                _("Ligne"),
                Column(_("Montant")),
                _("Où il en est"),
            ],
            "checks": [
                CheckLine(each, Calculation.of(each), [problem.text for problem in problems_of(each)])
                for each in checks
            ],
            "check_columns": [_("Quand"), _("Médecin et heures"), _("Résultat"), Column(_("Montant"))],
            "questions": questions_about(self.guard),
            "is_found": money is not None and _is_found(money),
            "month_query": urlencode(days_of_address(month_of(clock.day_of(self.guard.starts_at)))),
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _tariff(self, money: GuardMoney | None) -> Any:
        """The tariff of the amount: INAMI's, else the one of the day."""
        if money is None or money.calculation is None:
            return None
        if money.pay.check and money.pay.check.tariff:
            return money.pay.check.tariff
        return self.book.on(clock.day_of(self.guard.starts_at))

    def _reasons(self, money: GuardMoney | None) -> list[Reason]:
        if money is None or money.pay.check is None or not money.is_refused:
            return []
        enrolment = doctors_of(self.enterprise_id).filter(provider=self.guard.provider_id).first()
        return [
            Reason(
                problem.text,
                mending_links(
                    Finding(
                        problem,
                        guard=self.guard,
                        unit_pk=self.guard.unit_id,
                        doctor_pk=enrolment.pk if enrolment else None,
                    )
                ),
            )
            for problem in problems_of(money.pay.check)
        ]


def _is_asked_for(each: GuardMoney, asked: dict[str, Any]) -> bool:
    state = asked.get("etat")
    # One that was paid before it was changed and refused is both.
    is_in_state = state in {None, each.pay.state} or (state == PayState.REFUSED and each.is_refused)
    return (
        is_in_state
        and asked.get("medecin") in {None, each.guard.provider_id}
        and asked.get("unite") in {None, each.guard.unit_id}
        and (asked.get("categorie") is None or asked["categorie"] in each.counted.by_category)
    )


def _is_found(money: GuardMoney) -> bool:
    return money.pay.check is not None and money.pay.check.outcome == CheckOutcome.VALIDATED


def _calculation_lines(calculation: Calculation) -> list[CalculationLine]:
    hourly = calculation.hourly
    return [
        CalculationLine(
            str(part.category.label),
            part.minutes,
            part.amount,
            hourly is not None and part.amount != amount(part.minutes, hourly),
        )
        for part in calculation.parts
    ]


def _ledger_lines(money: GuardMoney, checks: Sequence[GuardCheck]) -> list[LedgerLine]:
    providers = {each.provider_id: each.provider for each in checks}
    found = []
    for each in money.pay.lines:
        settled = each.settlement
        outcome = _("paiement en préparation")
        if settled:
            outcome = str(told_outcome(settled, each.line.amount).label)
        if each.line.is_reversal and each.is_received:
            outcome = _("déduit de ce qui lui revient")
        later = settled.run.number if settled and settled.run_id != each.line.run_id else None
        found.append(LedgerLine(each.line, providers[each.line.guard_check.provider_id], outcome, later))
    return found


def _stages(money: GuardMoney, checks: Sequence[GuardCheck]) -> list[tuple[str, Decimal]]:
    """Where the euros stand; whose they are, where several doctors have had the guard."""
    shares = {pk: each for pk, each in money.shares.items() if each != Money()}
    if len(shares) <= 1:
        return [(str(label), euros) for label, euros in stages_of(money.money)]
    providers = {each.provider_id: each.provider for each in checks}
    providers[money.guard.provider_id] = money.guard.provider
    return [
        (f"{providers[pk].person} – {label}", euros)
        for pk, share in shares.items()
        for label, euros in stages_of(share)
    ]
