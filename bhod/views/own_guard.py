"""One guard as its doctor reads it: what it comes to, where that stands, and his question to the circle."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.enums import CheckOutcome, GuardState, PayState
from bhod.forms.questions import QuestionForm
from bhod.models import Guard, GuardQuestion
from bhod.selectors.guards import guard_line, guards_of_provider
from bhod.selectors.payments import GuardPay, pay_of_guards, problems_of
from bhod.selectors.questions import answerers_of, questions_about
from bhod.selectors.tariffs import tariff_book
from bhod.services.questions import ask_question
from bhod.templatetags.guards import euros, hours
from bhod.views.provider_files import ProviderFileView
from bhod.views.swaps import guard_rows
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.ui import Column, Row

# What happens next, for him.
NEXT: Mapping[PayState, Callable[[], str]] = {
    PayState.EXPECTED: lambda: _("Après la garde, le cercle la confirme ; l'INAMI la contrôle ensuite."),
    PayState.TO_CONFIRM: lambda: _(
        "Le cercle doit encore confirmer que la garde a eu lieu ; il a un an pour le faire. L'INAMI la contrôle ensuite."
    ),
    PayState.IN_CHECK: lambda: _("L'INAMI contrôle la nuit prochaine les gardes confirmées."),
    PayState.REFUSED: lambda: _(
        "Le cercle lit les mêmes motifs. Ce qu'il corrige est contrôlé à nouveau la nuit suivante."
    ),
    PayState.WAITING_TARIFF: lambda: _(
        "La garde est en ordre, mais aucun tarif n'est connu pour ce jour. Elle est validée dès que l'INAMI l'a fixé."
    ),
    PayState.VALIDATED: lambda: _("La garde entre dans le prochain paiement de l'INAMI, tous les deux mois."),
    PayState.IN_PAYMENT: lambda: _("Le paiement est en cours : quelques jours encore."),
    PayState.WAITING_ACCOUNT: lambda: _(
        "L'INAMI n'a pas de compte utilisable pour ces honoraires : vous n'en avez pas indiqué, ou la banque dit que le "
        "vôtre est clôturé. Indiquez-en un autre dans « Données financières » : le montant est versé avec le prochain paiement."
    ),
    PayState.RETURNED: lambda: _(
        "La banque a renvoyé le paiement. Vérifiez le compte dans « Données financières » : le montant est versé avec le "
        "prochain paiement."
    ),
    PayState.PAID: lambda: _("Le montant vous a été versé, ou compensé avec ce que vous aviez reçu en trop."),
    PayState.TO_CORRECT: lambda: _(
        "La garde a changé après son paiement. Dès qu'elle est validée à nouveau, ou annulée, le prochain paiement reprend "
        "l'ancien montant et verse le nouveau s'il y en a un."
    ),
    PayState.RECOVERED: lambda: _("Le montant payé pour cette garde est repris sur vos honoraires."),
}


class OwnGuardMixin(ProviderFileView):
    """A page about one of this doctor's guards that its circle has published (404 for any other)."""

    guard: Guard
    questions: list[GuardQuestion]

    def load(self) -> None:
        guards = guards_of_provider(self.provider).published().select_related("provider__person")
        self.guard = get_object_or_404(guards, reference=self.kwargs["reference"])
        self.questions = list(questions_about(self.guard, reader=self.provider))

    @property
    def waits_for_answer(self) -> bool:
        return any(each.answered_at is None for each in self.questions)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "guard": self.guard,
            "guard_rows": guard_rows(self.guard),
            "questions": self.questions,
            "waits_for_answer": self.waits_for_answer,
        }


class OwnGuardView(OwnGuardMixin, TemplateView):
    template_name = "bhod/own_guard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pay = pay_of_guards([self.guard], at=self.at, reader=self.provider).get(self.guard.pk)
        context = super().get_context_data(**kwargs)
        return context | {
            "guard_rows": [*context["guard_rows"], *self._more_rows(pay)],
            "pay": pay,
            "problems": [each.text for each in problems_of(pay.check)] if pay and pay.check else [],
            "next": NEXT[pay.state]() if pay else "",
            "lines": pay.lines if pay else (),
            "columns": [_("Paiement"), _("Ligne"), Column(_("Montant")), _("État")],
        }

    def _more_rows(self, pay: GuardPay | None) -> list[Row]:
        guard = self.guard
        rows = [Row(_("État de la garde"), guard.get_state_display())]
        if guard.state == GuardState.CANCELLED:
            return [*rows, Row(_("Motif"), guard.cancel_reason)] if guard.cancel_reason else rows
        check = pay.check if pay else None
        if check and check.tariff and check.hourly is not None and check.amount is not None:
            calculation = f"{hours(check.minutes)} × {euros(check.hourly)} = {euros(check.amount)}"
            return [*rows, Row(_("Montant"), calculation), Row(_("Source du tarif"), _(check.tariff.source))]
        if check and check.outcome == CheckOutcome.REFUSED:
            return rows
        line = guard_line(guard, tariff_book(self.portal_request.world))
        if line.pay is None or line.pay.tariff is None or line.pay.amount is None:
            return [*rows, Row(_("Montant attendu"), _("aucun tarif n'est connu pour ce jour"))]
        expected = (
            f"{hours(line.eligible.minutes)} × {euros(line.pay.tariff.amount)} = {euros(line.pay.amount)}"
        )
        return [*rows, Row(_("Montant attendu"), expected)]


class OwnQuestionView(OwnGuardMixin, FormView):
    """« Contester »: what is wrong with a guard, in words for its circle."""

    form_class = QuestionForm
    template_name = "bhod/own_question.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answerers = answerers_of(self.guard.unit.enterprise_id, on=clock.day_of(self.at))
        return super().get_context_data(**kwargs) | {"has_manager": bool(answerers)}

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        try:
            ask_question(
                guard=self.guard, provider=self.provider, text=form.cleaned_data["text"], **self.acting
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        messages.success(
            self.request, _("Votre question est transmise au cercle. Vous recevez sa réponse par e-mail.")
        )
        return redirect("bhod:own_guard", reference=self.guard.reference)
