from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_mgmt.models import Subdivision

TOP = "0"


class SubdivisionNameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom de la subdivision"), max_length=100)


class SubdivisionPlaceForm(forms.Form):
    """Where a subdivision stands in the tree; at the top only for who manages the quality as a whole."""

    parent = forms.ChoiceField(label=gettext_lazy("Dépend de"))

    def __init__(
        self, *args: Any, places: Iterable[tuple[int, Subdivision]], at_top: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        places = list(places)
        self._places = {str(place.pk): place for _level, place in places}
        top = [(TOP, _("la qualité elle-même (plus haut niveau)"))] if at_top else []
        self.fields["parent"].choices = [*top, *subdivision_choices(places)]  # type: ignore[attr-defined]  # a ChoiceField

    def place(self) -> Subdivision | None:
        """The subdivision that a valid form names; none for the top."""
        return self._places.get(self.cleaned_data["parent"])


class SubdivisionCreateForm(SubdivisionPlaceForm, SubdivisionNameForm):
    field_order = ["name", "parent"]


def subdivision_choices(places: Iterable[tuple[int, Subdivision]]) -> list[tuple[str, str]]:
    """The subdivisions of a tree as a list to choose from, each further in than the one to which it belongs."""
    return [(str(place.pk), "\u2003" * level + place.name) for level, place in places]
