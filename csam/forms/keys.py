from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import LongSelect
from csam.models import Person


def _names(cards: QuerySet[Person]) -> Iterator[tuple[UUID, str]]:
    for public_id, first_name, last_name in cards.values_list("public_id", "first_name", "last_name"):
        yield public_id, f"{first_name} {last_name}".strip()


class EidLoginForm(forms.Form):
    card = forms.ModelChoiceField(
        label=_("Carte dans le lecteur"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choisissez une carte"),
        widget=LongSelect,
    )
    pin = forms.CharField(
        label=_("Code PIN"),
        help_text=_("4 chiffres"),
        max_length=4,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(r"^[0-9]{4}$", _("Le code PIN compte 4 chiffres."), code="malformed")],
    )

    def __init__(self, *args: Any, cards: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["card"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells mypy what the class body says)
        field.queryset = cards
        # A name each is all that is shown: forty whole persons with their cards would be read for it otherwise.
        field.choices = cache(lambda: [("", field.empty_label), *_names(cards)])


class PasswordLoginForm(forms.Form):
    username = forms.CharField(
        label=_("Nom d'utilisateur"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "size": 30, "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _code_box() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 12})


class SentCodeForm(ConfirmLoginCodeForm):
    """The code that came by e-mail or SMS."""

    code = forms.CharField(
        label=_("Code de sécurité"), help_text=_("6 chiffres"), max_length=20, widget=_code_box()
    )


class HeldCodeForm(AuthenticateForm):
    """The code that the mobile application shows at this moment, or one that is printed on the paper token."""

    code = forms.CharField(label=_("Code de sécurité"), max_length=20, widget=_code_box())

    def __init__(self, *args: Any, help_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = help_text
