"""What a doctor contests, and what his circle answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.models import GuardQuestion

LONGEST = GuardQuestion._meta.get_field("text").max_length


class WordsField(forms.CharField):
    """Lines of text, of which the end of each counts as one character, as browsers count."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class QuestionForm(forms.Form):
    text = WordsField(
        label=_("Votre question"),
        help_text=_(
            "Dites ce qui n'est pas juste, par exemple les heures que vous avez prestées ; 1000 caractères au plus. Le "
            "manager du cercle la lit. N'écrivez rien d'un patient."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AnswerForm(forms.Form):
    answer = WordsField(
        label=_("Réponse du cercle"),
        help_text=_(
            "Le médecin la reçoit par e-mail et la lit dans « Mes gardes » ; 1000 caractères au plus."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
