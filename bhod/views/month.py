from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.views.generic import TemplateView

from bhod.forms import read_month
from bhod.models import CircleOrganisation, GuardUnit
from bhod.permissions import Capability
from bhod.selectors.grid import GridGuard, MonthGrid, month_grid, month_guards
from bhod.selectors.guards import month_of, units_with_circle
from bhod.selectors.swaps import waiting_swaps
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.periods import Period

BY_DOCTOR = "medecins"


class MonthMixin(CapabilityRequiredMixin):
    """A page about one month, named in the address by `mois=2026-03`; the world's current month by default."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.today = clock.today(self.portal_request.world)
        asked = self.request.GET.get("mois", "")
        first = read_month(asked)
        self.month_not_understood = bool(asked) and first is None
        self.month: Period = month_of(first or self.today)

    def month_context(self) -> dict[str, Any]:
        first, last = self.month.start, self.month.end or self.month.start
        return {
            "month": first,
            "month_not_understood": self.month_not_understood,
            "previous_month": _within_reach(first - timedelta(days=1)),
            "next_month": _within_reach(last + timedelta(days=1)),
            "this_month": self.today,
        }


class GridMixin(CapabilityRequiredMixin):
    """A page that shows the grid of a month, or a row of it."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.units: list[GuardUnit] = units_with_circle(self.enterprise_id)
        if self.units:
            # They come with their circle: one query less.
            self.circle = self.units[0].enterprise

    def grid(self, month: Period, *, by_doctor: bool, with_cancelled: bool) -> MonthGrid:
        return month_grid(
            enterprise_id=self.enterprise_id,
            units=self.units,
            month=month,
            at=clock.now(self.portal_request.world),
            tariffs=self.tariffs,
            weeknights=self.organises_weeknights,
            by_doctor=by_doctor,
            with_cancelled=with_cancelled,
        )

    def guards(self, period: Period) -> list[GridGuard]:
        """What the grid is made of, in order of time; of those that begin before the period, too, and go on in it."""
        return month_guards(
            enterprise_id=self.enterprise_id,
            units=self.units,
            month=period,
            at=clock.now(self.portal_request.world),
            tariffs=self.tariffs,
            weeknights=self.organises_weeknights,
        )

    @property
    def organises_weeknights(self) -> bool:
        """As `selectors.circles.organisation_of`, which asks the database for more."""
        return self._organisation.organises_weeknights if self._organisation else True

    def page_context(self) -> dict[str, Any]:
        """How many swaps wait for the circle, too; only a circle that approves swaps asks the database for it."""
        waiting = 0
        if self._organisation and self._organisation.swaps_need_manager:
            waiting = waiting_swaps(self.enterprise_id, at=clock.now(self.portal_request.world))
        return super().page_context() | {"swaps_waiting": waiting}

    @property
    def _organisation(self) -> CircleOrganisation | None:
        if not self.units:
            return None
        try:
            return self.units[0].enterprise.circle_organisation
        except ObjectDoesNotExist:
            return None


class GuardMonthView(GridMixin, MonthMixin, TemplateView):
    """Units by days, or doctors by days (`vue=medecins`); cancelled guards only with `annulees=1`."""

    template_name = "bhod/guard_month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_doctor = self.request.GET.get("vue") == BY_DOCTOR
        with_cancelled = self.request.GET.get("annulees") == "1"
        context = {
            "grid": self.grid(self.month, by_doctor=by_doctor, with_cancelled=with_cancelled),
            "with_cancelled": with_cancelled,
            "view_query": "".join(
                ("&vue=medecins" if by_doctor else "", "&annulees=1" if with_cancelled else "")
            ),
            "uses_htmx": True,
        }
        return super().get_context_data(**kwargs) | self.page_context() | self.month_context() | context


def _within_reach(day: date) -> date | None:
    return day if read_month(f"{day:%Y-%m}") else None
