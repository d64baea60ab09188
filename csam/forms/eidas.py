from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from csam.enums import Country
from csam.models import Person


class EidasCountryForm(forms.Form):
    country = forms.ChoiceField(label=_("Pays qui vous a donné votre identité électronique"))

    def __init__(self, *args: Any, with_identities: frozenset[Country], **kwargs: Any) -> None:
        """`with_identities`: the countries of which someone of this world has an identity; they stand first."""
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
        foreign = [country for country in Country if country != Country.BELGIUM]
        groups = [
            (_("Pays d'une personne de ce monde"), [each for each in foreign if each in with_identities]),
            (_("Autres pays"), [each for each in foreign if each not in with_identities]),
        ]
        field.choices = [
            ("", _("Choisissez un pays")),
            *(
                (title, [(each.value, each.label) for each in countries])
                for title, countries in groups
                if countries
            ),
        ]


class EidasLoginForm(forms.Form):
    identity = forms.ModelChoiceField(
        label=_("Votre identité"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, holders: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["identity"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells mypy what the class body says)
        field.queryset = holders
