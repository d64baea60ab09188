from typing import Any

from allauth.mfa.totp.internal.auth import hotp_value
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField
from csam.enums import ItsmeIcon
from csam.models import LegalFunction, Person
from training.enums import ClockStep, PersonaState


class ClockAdvanceForm(forms.Form):
    """One step of the clock, and the offset that the page showed when it was asked for."""

    step = forms.ChoiceField(choices=ClockStep)
    seen_offset = forms.DurationField(widget=forms.HiddenInput)

    def clean_step(self) -> ClockStep:
        return ClockStep(self.cleaned_data["step"])


class PersonaStateForm(forms.Form):
    """The state whose button was clicked, and of which legal function, where it is one's."""

    state = forms.ChoiceField(choices=PersonaState)
    function = forms.ModelChoiceField(queryset=LegalFunction.objects.none(), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["function"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells mypy what the class body says)
        field.queryset = person.legal_functions.all()

    def clean_state(self) -> PersonaState:
        return PersonaState(self.cleaned_data["state"])


class ItsmeAnswerForm(forms.Form):
    """What was touched on the phone: one of the icons; none refuses."""

    icon = forms.ChoiceField(choices=ItsmeIcon, required=False)


class AppSecretForm(forms.Form):
    """The secret that stands under a QR code, typed by who can't photograph the picture."""

    secret = forms.CharField(
        label=_("Clé secrète"),
        help_text=_("Celle qui est écrite sous le code QR."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )  # fmt: skip

    def clean_secret(self) -> str:
        secret = "".join(self.cleaned_data["secret"].split()).upper()
        try:
            hotp_value(secret, 0)
        except ValueError as error:
            raise ValidationError(
                _t("Recopiez la clé entière : des lettres de A à Z et des chiffres de 2 à 7."),
                code="malformed",
            ) from error
        return secret


class RecipientForm(forms.Form):
    recipient = forms.CharField(
        label=_("Adresse e-mail ou numéro de téléphone"), max_length=254, required=False
    )


class CircleNumberForm(forms.Form):
    """GET: the circle about which one asks whether it is ready."""

    numero = BceNumberField(label=_("Numéro d'entreprise du cercle"))


class NameForm(forms.Form):
    name = forms.CharField(label=_("Nom ou prénom"), max_length=100, required=False)


class WhyForm(forms.Form):
    """GET: the organisation that someone misses."""

    numero = BceNumberField(label=_("Numéro d'entreprise"))
