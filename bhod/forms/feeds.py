"""Addresses under which calendars read guards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.forms import offer
from bhod.models import GuardUnit
from bhod.services.feeds import secret_offered
from bhod_portal.core.fields import OUT_OF_SIGHT


class OwnFeedForm(forms.Form):
    """Gives `label` and `secret`: the secret was offered with the page, so that a second click makes no second one."""

    label = forms.CharField(
        label=_("Nom de l'agenda"),
        help_text=_("Pour le reconnaître ici et dans le programme d'agenda, par exemple « Mon téléphone »."),
        max_length=60,
    )
    secret = forms.CharField(widget=forms.HiddenInput, max_length=200, error_messages=OUT_OF_SIGHT)

    def clean_secret(self) -> str:
        return secret_offered(self.cleaned_data["secret"])


class CircleFeedForm(OwnFeedForm):
    """Gives `unit` too, None for the whole circle."""

    unit = forms.TypedChoiceField(label=_("Gardes de"), coerce=int, empty_value=None, required=False)
    field_order = ("unit", "label", "secret")

    def __init__(self, *args: Any, units: Iterable[GuardUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        offer(
            self, "unit", [("", _("Tout le cercle")), *((pk, unit.name) for pk, unit in self.units.items())]
        )

    def clean_unit(self) -> GuardUnit | None:
        chosen = self.cleaned_data["unit"]
        return self.units[chosen] if chosen else None
