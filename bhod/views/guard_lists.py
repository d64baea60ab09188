from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.eligibility import legal_holidays
from bhod.forms import read_month
from bhod.forms.guards import GuardFilterForm, read_day
from bhod.permissions import Capability
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.grid import GridDay, GridGuard, with_payments
from bhod.selectors.guards import WEEK, days_of, month_of, week_of
from bhod.views.month import GridMixin, MonthMixin
from bhod_portal.core import clock
from bhod_portal.core.names import plain
from bhod_portal.core.ui import Column

PER_PAGE = 25
BY_START = "debut"
HEADINGS = {
    BY_START: gettext_lazy("Début"),
    "fin": gettext_lazy("Fin"),
    "unite": gettext_lazy("Unité"),
    "medecin": gettext_lazy("Médecin"),
    "heures": gettext_lazy("Heures honorées"),
}
_KEYS: dict[str, Callable[[GridGuard], Any]] = {
    BY_START: lambda guard: guard.hours.starts_at,
    "fin": lambda guard: guard.hours.ends_at,
    "unite": lambda guard: plain(guard.unit),
    "medecin": lambda guard: plain(f"{guard.doctor} {guard.first_name}"),
    "heures": lambda guard: guard.hours.eligible.minutes,
}


class GuardListView(GridMixin, MonthMixin, TemplateView):
    """The guards that begin in a month, by whatever one asks of them; cancelled ones when one asks for them."""

    template_name = "bhod/guard_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = doctors_to_choose(self.enterprise_id, on=self.month.start)
        form = GuardFilterForm(self.request.GET, units=self.units, providers=providers)
        form.is_valid()
        guards = [guard for guard in self.guards(self.month) if guard.hours.first_day >= self.month.start]
        found = [guard for guard in guards if is_asked_for(guard, form.cleaned_data)]
        found.sort(key=_KEYS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        asked = {"mois": f"{self.month.start:%Y-%m}"} | {
            name: "1" if value is True else str(value) for name, value in form.cleaned_data.items() if value
        }
        columns: list[Column | str] = [Column(_("Choisir"), numeric=False, hidden=True)]
        columns += [self._column(key, asked) for key in HEADINGS]
        if self.can_see_finances:
            columns += [Column(_("Montant")), _("Paiement")]
            page.object_list = with_payments(page.object_list, at=clock.now(self.portal_request.world))
        sort = {"tri": self.sort} if self.sort != BY_START else {}
        context = {
            "filters": form,
            "filtered": len(asked) > 1,
            "page_obj": page,
            "columns": [*columns, _("État"), ""],
            "query": urlencode(asked | sort),
            "keeps": "".join(
                f"&{urlencode({name: value})}" for name, value in (asked | sort).items() if name != "mois"
            ),
            "sort": self.sort if sort else "",
            "uses_htmx": True,
        }
        return super().get_context_data(**kwargs) | self.page_context() | self.month_context() | context

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("tri", "")
        return asked if asked.removeprefix("-") in HEADINGS else BY_START

    def _column(self, key: str, asked: dict[str, str]) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        tri = f"-{key}" if now == "ascending" else key
        url = "?" + urlencode(asked | {"tri": tri})
        return Column(str(HEADINGS[key]), numeric=False, sort_url=url, sorted=now)


class GuardWeekView(GridMixin, TemplateView):
    """The guards of a week, day by day: that of the day or the first of the month that is asked, else of today."""

    required_capability = Capability.MANAGE_GUARDS
    template_name = "bhod/guard_week.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.portal_request.world)
        asked = self.request.GET.get("jour", "")
        read = read_day(asked)
        first_of_month = read_month(self.request.GET.get("mois", ""))
        day = read or today
        if first_of_month and not asked and not month_of(first_of_month).covers(today):
            day = first_of_month
        week = week_of(day)
        with_cancelled = self.request.GET.get("annulees") == "1"
        guards = [each for each in self.guards(week) if with_cancelled or not each.is_cancelled]
        days = [
            {
                "column": GridDay(each, legal_holidays(each.year).get(each, ""), is_today=each == today),
                "guards": [guard for guard in guards if guard.hours.first_day == each],
                "going_on": [guard for guard in guards if each in guard.hours.later_days],
            }
            for each in days_of(week)
        ]
        context = {
            "days": days,
            "week": week,
            "month": day,
            "day_not_understood": bool(asked) and read is None,
            "previous_week": _within_reach(week.start - WEEK),
            "next_week": _within_reach(week.start + WEEK),
            "today": today,
            "is_this_week": week.covers(today),
            "with_cancelled": with_cancelled,
            "has_units": bool(self.units),
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


def is_asked_for(guard: GridGuard, asked: dict[str, Any]) -> bool:
    """Whether a guard is one of those that are asked for."""
    if guard.is_cancelled and not (asked.get("annulees") or asked.get("etat") == guard.state):
        return False
    return (
        asked.get("unite") in {None, guard.unit_id}
        and asked.get("medecin") in {None, guard.provider_id}
        and asked.get("etat") in {None, guard.state}
        and (asked.get("categorie") is None or asked["categorie"] in guard.hours.eligible.by_category)
        and (not asked.get("problemes") or bool(guard.problems))
    )


def _within_reach(day: date) -> date | None:
    return day if read_day(day.isoformat()) else None
