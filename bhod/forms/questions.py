"""What a doctor contests, and what his circle answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.models import GuardQuestion

LONGEST = GuardQuestion._meta.get_field("text").max_length


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Votre question"),
        help_text=_(
            "Dites ce qui n'est pas juste, par exemple les heures que vous avez prestées ; 1000 caractères au plus. Le "
            "manager du cercle la lit. N'écrivez rien d'un patient."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Réponse du cercle"),
        help_text=_(
            "Le médecin la reçoit par e-mail et la lit dans « Mes gardes » ; 1000 caractères au plus."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
