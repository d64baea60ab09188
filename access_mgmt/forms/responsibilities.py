from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.models import QualityMember

_TEXT = {"autocomplete": "off", "spellcheck": "false", "size": 40}


class ResponsibilityForm(forms.Form):
    """Two persons of a quality, each by what he is called; which ones that are, the view looks up."""

    responsible = forms.CharField(
        label=_("Personne responsable"),
        max_length=150,
        widget=forms.TextInput(attrs=_TEXT),
        help_text=_("Par exemple un médecin : son nom, son nom d'utilisateur ou son NISS."),
    )
    member = forms.CharField(
        label=_("Membre dont elle répond"),
        max_length=150,
        widget=forms.TextInput(attrs=_TEXT),
        help_text=_("Par exemple sa secrétaire : de la même façon."),
    )


class ResponsibilityCheckForm(forms.Form):
    """The persons who were found, to choose among when there are several."""

    responsible = forms.ChoiceField(label=_("Personne responsable"), widget=forms.RadioSelect)
    member = forms.ChoiceField(label=_("Membre dont elle répond"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        responsibles: Sequence[QualityMember],
        members: Sequence[QualityMember],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("responsible", responsibles), ("member", members)):
            choices = [(str(each.pk), _named(each)) for each in found]
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
            if len(choices) == 1:
                self.fields[name].initial = choices[0][0]


def _named(member: QualityMember) -> str:
    return " – ".join(filter(None, [str(member.person), member.person.username, member.type_name]))
