from datetime import date, timedelta
from typing import Any

from django.views.generic import TemplateView

from bhod.forms import read_month
from bhod.permissions import Capability
from bhod.selectors import guards
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.periods import Period


class MonthMixin(CapabilityRequiredMixin):
    """A page about one month, named in the address by `mois=2026-03`; the world's current month by default."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.today = clock.today(self.portal_request.world)
        asked = self.request.GET.get("mois", "")
        first = read_month(asked)
        self.month_not_understood = bool(asked) and first is None
        self.month: Period = guards.month_of(first or self.today)

    def month_context(self) -> dict[str, Any]:
        first, last = self.month.start, self.month.end or self.month.start
        return {
            "month": first,
            "month_not_understood": self.month_not_understood,
            "previous_month": _within_reach(first - timedelta(days=1)),
            "next_month": _within_reach(last + timedelta(days=1)),
            "this_month": self.today,
        }


class GuardMonthView(MonthMixin, TemplateView):
    template_name = "bhod/guard_month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        units = list(guards.units_of(self.enterprise_id))
        if units:
            # They come with their circle: one query less.
            self.circle = units[0].enterprise
        grid = guards.month_grid(
            enterprise_id=self.enterprise_id,
            units=units,
            month=self.month,
            today=self.today,
            tariffs=self.tariffs,
        )
        return (
            super().get_context_data(**kwargs) | self.page_context() | self.month_context() | {"grid": grid}
        )


def _within_reach(day: date) -> date | None:
    return day if read_month(f"{day:%Y-%m}") else None
