"""What doctors contest, as the circle's manager reads and answers it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms.questions import AnswerForm
from bhod.models import GuardQuestion
from bhod.permissions import Capability
from bhod.selectors.guards import guard_line
from bhod.selectors.payments import pay_of_guards
from bhod.selectors.questions import answered_questions, open_questions, questions_of_circle
from bhod.services.questions import answer_question
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock

PER_PAGE = 25


class QuestionListView(CapabilityRequiredMixin, TemplateView):
    """What waits for an answer, the oldest first, and what was answered, the latest first."""

    required_capability = Capability.SEE_FINANCES
    template_name = "bhod/question_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answered = Paginator(answered_questions(self.enterprise_id), PER_PAGE)
        columns = [_("Garde"), _("Médecin"), _("Question"), _("Posée le")]
        context = {
            "open": list(open_questions(self.enterprise_id)),
            "page_obj": answered.get_page(self.request.GET.get("page")),
            "open_columns": [*columns, _("Action")],
            "columns": [*columns, _("Réponse"), _("Action")],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class QuestionAnswerView(CapabilityRequiredMixin, FormView):
    """The guard, what is contested, and the circle's answer; once there is one, that."""

    required_capability = Capability.SEE_FINANCES
    form_class = AnswerForm
    template_name = "bhod/question_answer.html"
    question: GuardQuestion

    def load(self) -> None:
        questions = questions_of_circle(self.enterprise_id)
        self.question = get_object_or_404(questions, pk=self.kwargs["question_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, guard = clock.now(self.portal_request.world), self.question.guard
        context = {
            "question": self.question,
            "shown": [self.question],
            "line": guard_line(guard, self.tariffs),
            "pay": pay_of_guards([guard], at=at).get(guard.pk),
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            answer_question(
                question=self.question,
                answer=form.cleaned_data["answer"],
                by=self.portal_request.user,
                at=clock.now(self.portal_request.world),
            )
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return redirect("bhod:question_answer", question_pk=self.question.pk)
        messages.success(
            self.request, _("Votre réponse est transmise à %(name)s.") % {"name": self.question.provider}
        )
        return redirect("bhod:question_list")
