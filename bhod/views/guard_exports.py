"""Files of guards: a table, a calendar, and the sheet of a month to print."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bhod.forms.exports import GuardExportForm
from bhod.models import GuardQuerySet
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import guards_of
from bhod.services import guard_exports as services
from bhod.services.calendar_files import CONTENT_TYPE
from bhod.services.guard_sheets import month_sheet
from bhod.views.guard_lists import is_asked_for
from bhod.views.month import GridMixin, MonthMixin
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file, to_keep

TABLE, CALENDAR = "csv", "ics"


class GuardExportView(GridMixin, MonthMixin):
    """Which guards, and as what file; `fichier` in the address gives the file itself, which writes but its trace."""

    http_method_names = ["get", "options"]

    def load(self) -> None:
        super().load()
        self.wanted = self.request.GET.get("fichier", "")
        self.form = GuardExportForm(
            self._asked(),
            units=self.units,
            providers=doctors_to_choose(self.enterprise_id, on=self.month.start),
            may_see_amounts=self.can_see_finances,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.wanted not in {TABLE, CALENDAR} or not self.form.is_valid():
            files = {"table_file": TABLE, "calendar_file": CALENDAR}
            context = (
                self.page_context() | self.month_context() | files | {"form": self.form, "units": self.units}
            )
            return render(request, "bhod/guard_export.html", context)
        guards, who = self._found(), self.portal_request.user
        at = clock.now(self.portal_request.world)
        period = self.form.cleaned_data["period"]
        name = f"gardes-{self.circle.bce_number}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}.{self.wanted}"
        if self.wanted == CALENDAR:
            content = services.export_calendar(enterprise=self.circle, guards=guards, by=who, at=at)
            return to_keep(HttpResponse(content, content_type=CONTENT_TYPE), name)
        rows = services.export_table(
            enterprise=self.circle,
            guards=guards,
            with_amounts=self.form.cleaned_data.get("montants", False),
            by=who,
            at=at,
        )
        return csv_file(rows, name)

    def _asked(self) -> dict[str, Any]:
        """What the address asks; the month that it names, or this one, where it names no days."""
        asked = {name: value for name, value in self.request.GET.items() if value}
        if not {"du", "au"} & asked.keys():
            last = self.month.end or self.month.start
            asked |= {"du": f"{self.month.start:%d-%m-%Y}", "au": f"{last:%d-%m-%Y}"}
        return asked

    def _found(self) -> GuardQuerySet:
        asked = self.form.cleaned_data
        period = asked["period"]
        found = [
            guard.pk
            for guard in self.guards(period)
            if guard.hours.first_day >= period.start and is_asked_for(guard, asked)
        ]
        return guards_of(self.enterprise_id).filter(pk__in=found)


class GuardSheetView(GridMixin, MonthMixin):
    """The guards of a month to print: of every unit, or of the one that the address names."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.request.GET.get("unite", "")
        units = [unit for unit in self.units if asked in {"", str(unit.pk)}]
        if not self.units:
            messages.info(
                request, _("Votre cercle n'a pas encore d'unité de garde : il n'y a rien à imprimer.")
            )
            return redirect("bhod:guard_month")
        if not units:
            raise Http404
        content = month_sheet(
            enterprise=self.circle,
            units=units,
            month=self.month,
            by=str(self.portal_request.user),
            at=clock.now(self.portal_request.world),
        )
        response = HttpResponse(content, content_type="application/pdf")
        name = f"gardes-{self.circle.bce_number}-{self.month.start:%Y-%m}.pdf"
        response["Content-Disposition"] = f'inline; filename="{name}"'
        return response
