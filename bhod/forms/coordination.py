"""What a coordinator asks of several circles at once; each form stands in the address of its page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.forms import join_year
from bhod_portal.core.fields import DayField
from csam.models import Enterprise


class CirclesForm(forms.Form):
    """Which circles. Gives `cercles`, their keys, and `circles`."""

    cercles = forms.TypedMultipleChoiceField(
        label=_("Cercles"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, circles: Iterable[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circles = {circle.pk: circle for circle in circles}
        field = self.fields["cercles"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  (tells mypy which field it is)
        field.choices = [(pk, circle.name) for pk, circle in self.circles.items()]
        # He comes here for all of them.
        field.initial = list(self.circles)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["circles"] = [self.circles[pk] for pk in data.get("cercles", [])]
        return data


class CirclesPeriodForm(CirclesForm):
    """The guards that begin in a period of at most a year. Gives `period` too."""

    du = DayField(label=_("Du"), help_text=_("jj-mm-aaaa"))
    au = DayField(label=_("Au"), help_text=_("jj-mm-aaaa, ce jour compris"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        join_year(self, "du", "au")
        return data


class CirclesCancelForm(CirclesPeriodForm):
    """Gives `motif` too."""

    motif = forms.CharField(
        label=_("Motif de l'annulation"),
        help_text=_("Il reste visible avec chaque garde annulée, et dans l'e-mail aux médecins."),
        max_length=150,
    )


class CirclesCopyForm(CirclesForm):
    """A week onto another. Gives `de` and `vers`, a day of each, and `brouillon`."""

    de = DayField(label=_("Semaine à copier"), help_text=_("jj-mm-aaaa, un jour de cette semaine"))
    vers = DayField(label=_("Vers la semaine"), help_text=_("jj-mm-aaaa, un jour de cette semaine"))
    brouillon = forms.BooleanField(
        label=_("en brouillon : les médecins ne sont pas prévenus avant l'enregistrement"), required=False
    )
