"""A closed run and the bank: the file that it gets, its answer, what comes back late; and who waits for an account."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from bhod.enums import ReturnReason, RunState, SettlementOutcome
from bhod.forms.bank import BankAnswerForm, PaymentReturnForm
from bhod.forms.runs import SettledSearchForm
from bhod.models import Settlement
from bhod.selectors.bank import BankFigures, bank_figures, payments_of, waiting_doctors
from bhod.selectors.payments import NOTHING
from bhod.services import bank
from bhod.services.transfers import CONTENT_TYPE, message_id
from bhod.templatetags.guards import euros
from bhod.views.agent.common import AgentView
from bhod.views.agent.runs import RunView
from bhod_portal.core import clock, drafts
from bhod_portal.core.http import changed_since, to_keep
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.ui import Column, Row
from csam.http import AuthenticatedRequest

FLOW = "bank_answer"
PAGE_SIZE = 50


class _ClosedRunView(RunView):
    """A page about a run that the bank knows: of any other it says so."""

    request: AuthenticatedRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Read for agents of INAMI only; whoever else is here is refused above.
        elsewhere = self.elsewhere() if hasattr(self, "run") else None
        return elsewhere or super().dispatch(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponse | None:
        """Where one is sent as long as the page has nothing to show."""
        if self.run.state == RunState.CLOSED:
            return None
        messages.warning(
            self.request, _("La banque ne connaît que les paiements clôturés : clôturez d'abord celui-ci.")
        )
        return self.to_the_run()

    @cached_property
    def figures(self) -> BankFigures:
        return bank_figures(self.run)

    def already_answered(self) -> HttpResponse:
        messages.warning(
            self.request, _("La réponse de la banque est déjà enregistrée : rien n'a été changé.")
        )
        return self.to_the_answer()

    def to_the_answer(self) -> HttpResponse:
        return redirect("bhod:run_answer", run_pk=self.run.pk)

    def chosen(self) -> dict[int, str]:
        """The returns that the agent has chosen so far, by payment; nothing is recorded of them yet."""
        kept = drafts.read(person=self.request.user, flow=FLOW, subject=str(self.run.pk))
        return {int(pk): reason for pk, reason in kept.get("returned", {}).items()}


class RunFileView(_ClosedRunView):
    """The credit transfers of a run, to be given to the bank; writes nothing but its trace."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = bank.payment_file(run=self.run, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return self.to_the_answer()
        return to_keep(HttpResponse(content, content_type=CONTENT_TYPE), f"{message_id(self.run)}.xml")


class RunAnswerView(_ClosedRunView, TemplateView):
    """What the bank answers of each payment of a run, and afterwards what it answered."""

    request: AuthenticatedRequest
    template_name = "bhod/run_answer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answered = not self.figures.sent.count
        page = self._page()
        columns: list[Column | str] = [
            _("Médecin"), _("Numéro INAMI"), _("Communication"), Column(_("Versement")), _("Réponse de la banque")
        ]  # fmt: skip
        form = kwargs.get("form") or self._form(list(page.object_list))
        return super().get_context_data(**kwargs) | {
            "answered": answered,
            "figures": self.figures,
            "search": self._search,
            "is_searched": bool(self._name),
            "page_obj": page,
            "query": urlencode({"nom": self._name}) if self._name else "",
            "form": form,
            "rows": page.object_list if answered else form.rows,
            "columns": [*columns, _("Action")] if answered else columns,
            "chosen": len(self.chosen()),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.figures.sent.count:
            return self.already_answered()
        form = self._form(list(self._page().object_list), request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        chosen = self.chosen() | form.reasons
        returned = {str(pk): reason for pk, reason in chosen.items() if reason}
        drafts.save(person=self.request.user, flow=FLOW, subject=str(self.run.pk), returned=returned)
        return redirect("bhod:run_answer_check", run_pk=self.run.pk)

    @cached_property
    def _search(self) -> SettledSearchForm:
        return SettledSearchForm(self.request.GET)

    @cached_property
    def _name(self) -> str:
        return self._search.cleaned_data["nom"] if self._search.is_valid() else ""

    def _page(self) -> Any:
        return Paginator(payments_of(self.run, name=self._name), PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )

    def _form(self, payments: list[Settlement], data: Any = None) -> BankAnswerForm:
        return BankAnswerForm(data, payments=payments, initial=BankAnswerForm.initial_of(self.chosen()))


class RunAnswerCheckView(_ClosedRunView, FormView):
    """What the answer does, before it is recorded: what is paid, and each payment that came back."""

    request: AuthenticatedRequest
    form_class = Form
    template_name = "bhod/run_answer_check.html"

    def elsewhere(self) -> HttpResponse | None:
        elsewhere = super().elsewhere()
        return elsewhere or (None if self.figures.sent.count else self.already_answered())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.chosen()
        returned = list(payments_of(self.run).filter(pk__in=chosen))
        total = sum((each.paid for each in returned), NOTHING)
        return super().get_context_data(**kwargs) | {
            "draft_mark": drafts.mark_of(self._draft()),
            "rows": [
                Row(
                    _("Payés"),
                    _amount(self.figures.sent.count - len(returned), self.figures.sent.total - total),
                ),
                Row(_("Retournés"), _amount(len(returned), total)),
            ],
            "returned": [(each, ReturnReason(chosen[each.pk])) for each in returned],
            "columns": [_("Médecin"), _("Numéro INAMI"), Column(_("Versement")), _("Motif")],
        }

    def form_valid(self, form: Form) -> HttpResponse:
        if changed := changed_since(self.request, self._draft()):
            return changed
        returned = {pk: ReturnReason(reason) for pk, reason in self.chosen().items()}
        try:
            answer = bank.answer_run(run=self.run, returned=returned, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return self.to_the_answer()
        drafts.discard(person=self.request.user, flow=FLOW, subject=str(self.run.pk))
        told = _("La réponse de la banque est enregistrée (payés : %(paid)d, retournés : %(returned)d).")
        messages.success(self.request, told % {"paid": answer.paid, "returned": answer.returned})
        return self.to_the_answer()

    def _draft(self) -> dict[str, Any]:
        return drafts.read(person=self.request.user, flow=FLOW, subject=str(self.run.pk))


class RunReturnView(_ClosedRunView, FormView):
    """A payment that comes back days after the bank said that it was paid."""

    request: AuthenticatedRequest
    form_class = PaymentReturnForm
    template_name = "bhod/run_return.html"
    settlement: Settlement

    def load(self) -> None:
        super().load()
        self.settlement = get_object_or_404(payments_of(self.run), pk=self.kwargs["settlement_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settlement = self.settlement
        rows = [
            Row(_("Médecin"), settlement.provider.person),
            Row(_("Numéro INAMI"), format_inami(settlement.provider.inami_number)),
            Row(_("Versement"), euros(settlement.paid)),
            Row(_("Réponse de la banque"), settlement.get_outcome_display()),
        ]
        if settlement.return_reason:
            rows.append(Row(_("Motif du retour"), settlement.get_return_reason_display()))
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "is_paid": settlement.outcome == SettlementOutcome.PAID,
            "is_returned": settlement.outcome == SettlementOutcome.RETURNED,
            "answer_url": reverse("bhod:run_answer", args=[self.run.pk]),
        }

    def form_valid(self, form: PaymentReturnForm) -> HttpResponse:
        reason = ReturnReason(form.cleaned_data["motif"])
        try:
            recorded = bank.return_payment(
                settlement=self.settlement, reason=reason, by=self.request.user, at=self.at
            )
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return self.to_the_answer()
        if recorded:
            told = _("Le retour est enregistré : %(amount)s sont à nouveau dus à %(name)s.")
            facts = {"amount": euros(self.settlement.paid), "name": self.settlement.provider.person}
            messages.success(self.request, told % facts)
        else:
            messages.warning(self.request, _("Ce retour est déjà enregistré : rien n'a été changé."))
        return self.to_the_answer()


class RunWaitingView(AgentView, TemplateView):
    """The doctors to whom money is owed that could not be paid."""

    request: AuthenticatedRequest
    template_name = "bhod/run_waiting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = waiting_doctors(self.request.world, on=clock.day_of(self.at))
        return super().get_context_data(**kwargs) | {
            "page_obj": Paginator(waiting, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "total": sum((each.owed for each in waiting), NOTHING),
            "columns": [
                _("Médecin"),
                _("Numéro INAMI"),
                Column(_("En attente")),
                _("Dernier paiement"),
                _("Pourquoi"),
                _("Prochain paiement"),
            ],
        }


def _amount(count: int, total: Decimal) -> str:
    text = ngettext("%(count)d versement, %(total)s", "%(count)d versements, %(total)s", count)
    return text % {"count": count, "total": euros(total)}
