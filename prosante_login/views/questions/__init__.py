from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from prosante_login.views.questions.answers import QUESTIONS
from prosante_login.views.questions.parts import Question
from prosante_login.views.questions.pictures import PICTURES

_PLACES = {question.slug: place for place, question in enumerate(QUESTIONS)}


@method_decorator(login_not_required, name="dispatch")
class HelpView(TemplateView):
    """The questions of seed 003; each is answered on a page of its own."""

    template_name = "prosante_login/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"questions": QUESTIONS}


@method_decorator(login_not_required, name="dispatch")
class HelpQuestionView(TemplateView):
    """A question of seed 003 and its answer, word for word, with the screens of ours that it speaks of."""

    template_name = "prosante_login/help_question.html"
    place: int

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["question"] not in _PLACES:
            raise Http404
        self.place = _PLACES[kwargs["question"]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "question": QUESTIONS[self.place],
            "pictures": PICTURES,
            "previous_question": _at(self.place - 1),
            "next_question": _at(self.place + 1),
        }


def _at(place: int) -> Question | None:
    return QUESTIONS[place] if 0 <= place < len(QUESTIONS) else None
