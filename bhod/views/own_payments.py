"""What INAMI pays a doctor for his guards, in the part « Mes gardes » of his file."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.selectors.own_payments import (
    OwnPayment,
    PayMonth,
    balance,
    guard_years,
    own_lines,
    own_payments,
    own_settlements,
    pay_months,
    payment_years,
)
from bhod.selectors.tariffs import tariff_book
from bhod.templatetags.guards import euros
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Column, Row


class OwnPaymentsView(ProviderFileView, TemplateView):
    """A year of guards by where their amounts stand, every payment, and each year's total."""

    template_name = "bhod/own_payments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.day_of(self.at)
        years = guard_years(self.provider, on=today)
        asked = self.request.GET.get("annee", "")
        year = next((each for each in years if str(each) == asked), today.year)
        months = pay_months(self.provider, year, tariffs=tariff_book(self.portal_request.world), at=self.at)
        settlements = list(own_settlements(self.provider))
        amounts = [Column(_("Attendu")), Column(_("Validé")), Column(_("En paiement")), Column(_("Payé"))]
        return super().get_context_data(**kwargs) | {
            "years": years,
            "year": year,
            "months": months,
            "total": reduce(add, months) if months else None,
            "month_columns": [_("Mois"), Column(_("Gardes")), *amounts],
            "chart": _chart(months),
            "payments": own_payments(settlements),
            "balance": balance(settlements),
            "owed": -balance(settlements),
            "columns": [
                _("Paiement"),
                Column(_("Solde précédent")),
                Column(_("Retourné")),
                Column(_("Honoraires")),
                Column(_("Versé")),
                Column(_("Nouveau solde")),
                _("État"),
            ],
            "payment_years": payment_years(settlements),
            "year_columns": [
                _("Année du paiement"),
                Column(_("Honoraires")),
                Column(_("Versé")),
                Column(_("Envoyé à la banque")),
                Column(_("Retourné par la banque")),
            ],
        }


class OwnPaymentView(ProviderFileView, TemplateView):
    """One payment: how its amount is made, guard by guard (404 for one that doesn't concern this doctor)."""

    template_name = "bhod/own_payment.html"

    def load(self) -> None:
        self.settlement = get_object_or_404(
            own_settlements(self.provider), run__number=self.kwargs["run_number"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment = own_payments([self.settlement])[0]
        return super().get_context_data(**kwargs) | {
            "payment": payment,
            "rows": _rows(payment),
            "lines": own_lines(self.settlement),
            "columns": [_("Garde"), _("Cercle"), _("Calcul"), Column(_("Montant"))],
        }


def _rows(payment: OwnPayment) -> list[Row]:
    settlement = payment.settlement
    run = settlement.run
    period = {"start": shown_day(run.first_day), "end": shown_day(run.last_day)}
    rows = [
        Row(_("Gardes"), _("du %(start)s au %(end)s, et plus anciennes") % period),
        Row(_("Solde précédent"), euros(settlement.opening)),
        Row(_("Retourné par la banque"), euros(settlement.returned)),
        Row(_("Honoraires"), euros(payment.fees)),
        Row(_("Repris sur des gardes modifiées"), euros(payment.taken_back)),
        Row(_("Versé"), euros(settlement.paid)),
        Row(_("Nouveau solde"), euros(settlement.closing)),
    ]
    if payment.ending:
        rows += [
            Row(_("Compte"), f"… {payment.ending}"),
            Row(_("Bénéficiaire fiscal"), settlement.beneficiary or settlement.provider),
        ]
    if settlement.return_reason:
        rows.append(Row(_("Motif du retour"), settlement.get_return_reason_display()))
    return rows


def _chart(months: Sequence[PayMonth]) -> dict[str, Any]:
    """What static/js/charts.js draws: the same as stands in the table."""
    series = [
        (_("Attendu"), [each.money.expected for each in months]),
        (_("Validé"), [each.money.validated for each in months]),
        (_("En paiement"), [each.in_payment for each in months]),
        (_("Payé"), [each.money.paid for each in months]),
    ]
    return {
        "labels": [shown_day(each.first_day, "F") for each in months],
        "unit": "€",
        "axis": _("Honoraires en euros"),
        "series": [
            {"label": label, "values": [float(value) for value in values]} for label, values in series
        ],
    }
