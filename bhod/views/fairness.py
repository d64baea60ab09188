"""« Répartition »: how the guards of a circle are shared among its doctors."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.eligibility import MINUTES_OF_AN_HOUR
from bhod.forms.fairness import THIS_QUARTER, FairnessForm
from bhod.permissions import Capability
from bhod.selectors.fairness import SORTS, Fairness, Share, fairness, in_order
from bhod.services.fairness_exports import export_fairness
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file
from bhod_portal.core.ui import Column

BY_HOURS = "-heures"
HEADINGS = {
    "medecin": gettext_lazy("Médecin"),
    "gardes": gettext_lazy("Gardes"),
    "weekend": gettext_lazy("Week-end"),
    "ferie": gettext_lazy("Férié"),
    "semaine": gettext_lazy("Nuit de semaine"),
    "heures": gettext_lazy("Total"),
    "profonde": gettext_lazy("dont 23:00 – 08:00"),
    "ecart": gettext_lazy("Part et écart"),
}


class FairnessMixin(CapabilityRequiredMixin):
    """The shares of the period of the address, in its order."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.today = clock.today(self.portal_request.world)
        self.form = FairnessForm(
            self.request.GET if "periode" in self.request.GET else {"periode": THIS_QUARTER}
        )
        self.form.is_valid()
        self.period = self.form.period(self.today)
        asked = self.request.GET.get("tri", "")
        self.sort = asked if asked.removeprefix("-") in SORTS else BY_HOURS

    def shared(self) -> tuple[Fairness, list[Share]]:
        found = fairness(self.enterprise_id, self.period)
        return found, in_order(found.shares, self.sort)


class FairnessView(FairnessMixin, TemplateView):
    template_name = "bhod/fairness.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, shares = self.shared()
        query = urlencode({"periode": self.form.asked(), "tri": self.sort})
        context = {
            "form": self.form,
            "month": self.today,
            "period": self.period,
            "fairness": found,
            "shares": shares,
            "columns": [self._column(key) for key in HEADINGS],
            "chart": _chart(shares),
            "export_url": f"{reverse('bhod:fairness_export')}?{query}",
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _column(self, key: str) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        # Numbers are looked at from the greatest on.
        first, second = (key, f"-{key}") if key == "medecin" else (f"-{key}", key)
        tri = second if self.sort == first else first
        url = "?" + urlencode({"periode": self.form.asked(), "tri": tri})
        return Column(str(HEADINGS[key]), numeric=key != "medecin", sort_url=url, sorted=now)


class FairnessExportView(FairnessMixin):
    """The shares as a file; a line of the trail is all that it writes."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _found, shares = self.shared()
        rows = export_fairness(
            enterprise=self.circle,
            period=self.period,
            shares=shares,
            by=self.portal_request.user,
            at=clock.now(self.portal_request.world),
        )
        name = f"repartition-{self.circle.bce_number}-{self.period.start}-{self.period.end}.csv"
        return csv_file(rows, name)


def _chart(shares: list[Share]) -> dict[str, Any]:
    """What static/js/charts.js draws: the same as stands in the table, in hours."""

    def in_hours(minutes: int) -> float:
        return round(minutes / MINUTES_OF_AN_HOUR, 2)

    return {
        "labels": [
            f"{share.provider.person.last_name} {share.provider.person.first_name[:1]}." for share in shares
        ],
        "unit": _("h"),
        "axis": _("Heures honorées"),
        "series": [
            {"label": _("Week-end"), "values": [in_hours(share.eligible.weekend) for share in shares]},
            {"label": _("Férié"), "values": [in_hours(share.eligible.holiday) for share in shares]},
            {
                "label": _("Nuit de semaine"),
                "values": [in_hours(share.eligible.weeknight) for share in shares],
            },
        ],
    }
