from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_mgmt.enums import Function
from bhod_portal.core import clock
from bhod_portal.core.fields import ClockField, DayField
from bhod_portal.core.shown import shown_instant

_TEXT = {"autocomplete": "off", "spellcheck": "false", "size": 40}
FIRST, SECOND = "1", "2"


class AccessQuestionForm(forms.Form):
    """Who had access at what time by the clock in Brussels; gives the instant as `at`.

    Codes: `nonexistent_time` and `ambiguous_time` of the nights on which the clocks change, `to_come`.
    """

    personne = forms.CharField(
        label=gettext_lazy("Personne"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs=_TEXT),
        help_text=gettext_lazy(
            "Son nom, son nom d'utilisateur ou son NISS, même si elle n'est plus membre. Laissez vide pour voir toutes les "
            "personnes."
        ),
    )
    fonction = forms.ChoiceField(label=gettext_lazy("Fonction"), required=False)
    jour = DayField(label=gettext_lazy("Date"), help_text=gettext_lazy("jj-mm-aaaa"))
    heure = ClockField(label=gettext_lazy("Heure"), help_text=gettext_lazy("hh:mm, heure de Bruxelles"))
    passage = forms.ChoiceField(
        label=gettext_lazy("Laquelle des deux heures"),
        required=False,
        choices=[
            (FIRST, gettext_lazy("la première fois, à l'heure d'été")),
            (SECOND, gettext_lazy("la deuxième fois, à l'heure d'hiver")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.is_ambiguous = False
        self.fields["fonction"].choices = [("", _("Toutes les fonctions")), *Function.choices]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "jour" in data and "heure" in data:
            data["at"] = self._instant(clock.instants_at(data["jour"], data["heure"]))
        return data

    def _instant(self, instants: list[datetime]) -> datetime | None:
        self.is_ambiguous = len(instants) > 1
        if not instants:
            sentence = _(
                "Cette heure n'existe pas : cette nuit-là, l'heure d'été fait passer de 02:00 à 03:00. Écrivez une heure "
                "d'avant ou d'après."
            )
            self.add_error("heure", ValidationError(sentence, code="nonexistent_time"))
            return None
        passage = self.cleaned_data.get("passage")
        if self.is_ambiguous and not passage:
            sentence = _(
                "Cette heure passe deux fois, parce que l'heure d'hiver recule de 03:00 à 02:00. Dites laquelle des deux "
                "vous voulez."
            )
            self.add_error("passage", ValidationError(sentence, code="ambiguous_time"))
            return None
        instant = instants[-1] if passage == SECOND else instants[0]
        if instant > self.now:
            sentence = _("Ce moment n'est pas encore venu. La page répond jusqu'à maintenant : %(now)s.")
            now = shown_instant(self.now)
            self.add_error("jour", ValidationError(sentence, code="to_come", params={"now": now}))
        return instant
