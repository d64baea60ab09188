"""The ledger, as INAMI's agents see it: whether it agrees, and the account of each doctor."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.forms.runs import SettledSearchForm
from bhod.selectors import ledger_accounts
from bhod.services.ledger_checks import check_now
from bhod.views.agent.common import AgentView
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest
from prosante_login.models import CareProvider

# A month of nights.
CHECKS_SHOWN = 31
PAGE_SIZE = 50


class LedgerView(AgentView, TemplateView):
    """Whether all that was paid agrees, what doesn't, and the checks before; POST adds it all up now."""

    request: AuthenticatedRequest
    template_name = "bhod/ledger.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        checks = ledger_accounts.ledger_checks(self.request.world).select_related("world")
        page = Paginator(checks, CHECKS_SHOWN).get_page(self.request.GET.get("page"))
        latest = checks.first()
        return super().get_context_data(**kwargs) | {
            "latest": latest,
            "faults": ledger_accounts.faults_of(latest) if latest else [],
            "fault_columns": [
                _("Faute"),
                Column(_("Paiement")),
                _("Médecin"),
                _("Garde"),
                Column(_("Inscrit")),
                Column(_("Attendu")),
            ],
            "page_obj": page,
            "check_columns": [
                _("Contrôlé le"),
                Column(_("Honoraires")),
                Column(_("Versé")),
                Column(_("Retourné")),
                Column(_("Solde")),
                _("Résultat"),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            check = check_now(world=self.request.world, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return redirect("bhod:ledger")
        if check.faults:
            messages.error(self.request, _("Le grand livre ne concorde pas : voyez les fautes ci-dessous."))
        else:
            messages.success(self.request, _("Le grand livre concorde, au centime près."))
        return redirect("bhod:ledger")


class LedgerAccountsView(AgentView, TemplateView):
    """What each doctor has earned, was paid and is owed; a search by name."""

    request: AuthenticatedRequest
    template_name = "bhod/ledger_accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SettledSearchForm(self.request.GET)
        text = form.cleaned_data["nom"] if form.is_valid() else ""
        found = ledger_accounts.providers_with_account(self.request.world, text=text)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "form": form,
            "text": text,
            "page_obj": page,
            "query": urlencode({"nom": text}) if text else "",
            "balances": ledger_accounts.balances_of(list(page)),
            "columns": [
                _("Médecin"),
                Column(_("Honoraires")),
                Column(_("Versé")),
                Column(_("Retourné")),
                Column(_("Solde")),
            ],
        }


class LedgerAccountView(AgentView, TemplateView):
    """All that happened on the account of one doctor, with what he was owed after each of it."""

    request: AuthenticatedRequest
    template_name = "bhod/ledger_account.html"
    provider: CareProvider

    def load(self) -> None:
        known = ledger_accounts.providers_with_account(self.request.world)
        self.provider = get_object_or_404(known, person__public_id=self.kwargs["provider_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        [balance] = ledger_accounts.balances_of([self.provider])
        return super().get_context_data(**kwargs) | {
            "balance": balance,
            "entries": ledger_accounts.account_of(self.provider),
            "columns": [_("Date"), _("Opération"), Column(_("Montant")), Column(_("Solde"))],
        }
