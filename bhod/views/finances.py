"""« Informations financières »: what the guards of a period come to, and where that money stands."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.eligibility import ONE_DAY
from bhod.forms import StatementForm
from bhod.permissions import Capability
from bhod.selectors.finances import FinanceOverview, MonthSum, finance_overview, to_do
from bhod.selectors.guard_money import Money
from bhod.selectors.guards import month_of
from bhod.selectors.payment_runs import last_period_over
from bhod.selectors.payments import WaitingGuards
from bhod.selectors.tariffs import tariff_book
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.pay_states import FOLLOWS
from bhod_portal.core import clock
from bhod_portal.core.periods import Period, months_later
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Column

STAGES: dict[str, Any] = {
    "paid": gettext_lazy("Payé"),
    "in_payment": gettext_lazy("En paiement"),
    "validated": gettext_lazy("Validé"),
    "expected": gettext_lazy("Attendu"),
    "returned": gettext_lazy("Retourné"),
}


class FinanceMixin(CapabilityRequiredMixin):
    """A page of the finances over a period of the address; this month by default."""

    required_capability = Capability.SEE_FINANCES

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        self.today = clock.day_of(self.at)
        self.book = tariff_book(self.portal_request.world)

    def asked(self) -> QueryDict:
        """The address, with the days of this month where it names none."""
        asked = self.request.GET.copy()
        if not {"du", "au"} & asked.keys():
            asked.update(days_of_address(month_of(self.today)))
        return asked

    def spans(self, shown: Period) -> list[tuple[str, str, bool]]:
        """Periods that one looks at often: what they are called, their addresses, and whether it is the one shown."""
        first = self.today.replace(day=1)
        periods = [
            (_("Ce mois"), month_of(first)),
            (_("Le mois passé"), month_of(first - ONE_DAY)),
            (_("Les deux mois du dernier paiement"), Period(*last_period_over(first))),
            (_("Cette année"), Period(first.replace(month=1), first.replace(month=12, day=31))),
            (_("L'année passée"), Period(months_later(first.replace(month=1), -12), first.replace(month=1) - ONE_DAY)),
        ]  # fmt: skip
        return [
            (label, f"?{urlencode(days_of_address(period))}", period == shown) for label, period in periods
        ]


class FinanceOverviewView(FinanceMixin, TemplateView):
    """Hours and amounts of a period, by doctor, state, category and month, with what the circle has to do."""

    template_name = "bhod/finance_overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = StatementForm(self.asked())
        is_valid = form.is_valid()
        period: Period = form.cleaned_data["period"] if is_valid else month_of(self.today)
        overview = self.overview(period) if is_valid else None
        todo = to_do(self.enterprise_id, at=self.at)
        context: dict[str, Any] = {
            "form": form,
            "period": period,
            "query": urlencode(days_of_address(period)),
            "spans": self.spans(period),
            "todo": todo,
            "refused_url": _address("finance_guards", todo.refused, etat="REFUSED"),
            "confirm_url": _address("guard_confirm", todo.to_confirm),
            "overview": overview,
            "states": [(each, FOLLOWS[each.state]) for each in overview.states] if overview else [],
            "months": _months(overview, period) if overview else [],
            "without_account": overview.without_account if overview else [],
            "tariffs": self.book.over(period),
            "tariff_columns": [_("Du"), _("Au"), Column(_("Montant par heure")), _("Source")],
        }
        if overview:
            context |= {
                "doctor_chart": _by_doctor(overview),
                "month_chart": _by_month(overview),
                **_columns(),
            }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def overview(self, period: Period) -> FinanceOverview:
        return finance_overview(
            enterprise_id=self.enterprise_id,
            world=self.portal_request.world,
            period=period,
            tariffs=self.book,
            at=self.at,
        )


def _columns() -> dict[str, list[Column | str]]:
    hours = (_("Gardes"), _("Week-end"), _("Férié"), _("Nuit de semaine"), _("Total des heures"))
    money = (_("Attendu"), _("Validé"), _("En paiement"), _("Retourné"), _("Payé"), _("Total"))
    return {
        "hour_columns": [_("Médecin"), *map(Column, hours), _("Calcul au tarif"), Column(_("Montant"))],
        "money_columns": [_("Médecin"), *map(Column, money)],
    }


def days_of_address(period: Period) -> dict[str, str]:
    """A period that has an end, as addresses of the finances name it."""
    return {"du": f"{period.start:%d-%m-%Y}", "au": f"{period.end or period.start:%d-%m-%Y}"}


def _address(name: str, waiting: WaitingGuards, **asked: str) -> str:
    """Where those who wait are shown; empty where nobody does."""
    if waiting.first_day is None:
        return ""
    days = days_of_address(Period(waiting.first_day, waiting.last_day))
    return f"{reverse(f'bhod:{name}')}?{urlencode(days | asked)}"


def _months(overview: FinanceOverview, period: Period) -> list[tuple[MonthSum, str]]:
    """The months of a period, each with the days of it that are shown, as an address names them."""
    found = []
    for each in overview.months:
        month = month_of(each.month)
        first = max(month.start, period.start)
        last = min(month.end or first, period.end or first)
        found.append((each, urlencode(days_of_address(Period(first, last)))))
    return found


def _by_doctor(overview: FinanceOverview) -> dict[str, Any]:
    persons = [each.provider.person for each in overview.doctors]
    labels = [f"{person.last_name} {person.first_name[:1]}." for person in persons]
    return _chart(labels, [each.sum.money for each in overview.doctors])


def _by_month(overview: FinanceOverview) -> dict[str, Any]:
    labels = [shown_day(each.month, "YEAR_MONTH_FORMAT") for each in overview.months]
    return _chart(labels, [each.sum.money for each in overview.months])


def _chart(labels: Sequence[str], money: Sequence[Money]) -> dict[str, Any]:
    """What static/js/charts.js draws: the same as stands in the table, without the stages at which nothing stands."""
    series = [
        {"label": str(label), "values": [float(getattr(each, stage)) for each in money]}
        for stage, label in STAGES.items()
    ]
    return {
        "labels": labels,
        "unit": "€",
        "axis": _("Montant en euros"),
        "series": [each for each in series if any(each["values"])],
    }
