from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.forms import StatementForm
from bhod.permissions import Capability
from bhod.selectors.finances import finance_overview
from bhod.selectors.guards import month_of
from bhod.selectors.tariffs import tariff_book
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.ui import Column


class FinanceOverviewView(CapabilityRequiredMixin, TemplateView):
    """Hours and amounts of a period, by doctor, with the tariffs that make them."""

    required_capability = Capability.SEE_FINANCES
    template_name = "bhod/finance_overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = month_of(clock.today(self.portal_request.world))
        form = self.form(month)
        is_valid = form.is_valid()
        period: Period = form.cleaned_data["period"] if is_valid else month
        tariffs = tariff_book(self.portal_request.world)
        overview = None
        if is_valid:
            overview = finance_overview(enterprise_id=self.enterprise_id, period=period, tariffs=tariffs)
        context = {
            "form": form,
            "period": period,
            "overview": overview,
            "tariffs": tariffs.over(period),
            "tariff_columns": [_("Du"), _("Au"), Column(_("Montant par heure")), _("Source")],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form(self, month: Period) -> StatementForm:
        if {"du", "au"} & self.request.GET.keys():
            return StatementForm(self.request.GET)
        assert month.end is not None  # noqa: S101  (a month has an end)
        return StatementForm({"du": f"{month.start:%d-%m-%Y}", "au": f"{month.end:%d-%m-%Y}"})
