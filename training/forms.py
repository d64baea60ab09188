import re
from collections.abc import Iterable, Sequence
from typing import Any

from allauth.mfa.totp.internal.auth import hotp_value
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import OUT_OF_SIGHT, BceNumberField
from bhod_portal.core.identifiers import format_bce
from csam.enums import ItsmeIcon
from csam.models import Enterprise, LegalFunction, Person
from training.enums import ClockStep, PersonaState
from training.selectors.why import MANDATES, Target

# Eleven digits, however they are written: also with the spaces and dashes of a word processor, or on two lines.
_NISS_IN_TEXT = re.compile(r"\d(?:[\s./_\-\u2010-\u2015]*\d){10}")


class ClockAdvanceForm(forms.Form):
    """One step of the clock, and the offset that the page showed when it was asked for."""

    step = forms.ChoiceField(choices=ClockStep)
    seen_offset = forms.DurationField(widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT)

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
                gettext("Recopiez la clé entière : des lettres de A à Z et des chiffres de 2 à 7."),
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
    """GET: the organisation that someone misses, chosen or typed, and what it should open."""

    organisation = forms.ChoiceField(label=_("Votre organisation"), required=False)
    numero = BceNumberField(label=_("Numéro d'entreprise"), required=False)
    pour = forms.ChoiceField(label=_("Ce que vous voulez ouvrir"), required=False)

    def __init__(
        self, *args: Any, organisations: Iterable[Enterprise], targets: Iterable[Target], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (each.bce_number, f"{each.name} ({format_bce(each.bce_number)})") for each in organisations
        ]
        if choices:
            _choices_of(self, "organisation", [("", _("Choisissez une organisation")), *choices])
            self.fields["numero"].label = gettext("Ou tapez son numéro d'entreprise")
        else:
            del self.fields["organisation"]
        _choices_of(self, "pour", [(each.key, each.name) for each in targets])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen, typed = cleaned.get("organisation"), cleaned.get("numero")
        if chosen and typed and chosen != typed:
            self.add_error(
                "numero",
                ValidationError(
                    gettext(
                        "Ce numéro est celui d'une autre organisation : choisissez dans la liste ou tapez, pas les deux."
                    ),
                    code="two_organisations",
                ),
            )
        elif not self.errors and not chosen and not typed and cleaned.get("pour") != MANDATES:
            self.add_error(
                "numero",
                ValidationError(
                    gettext("Choisissez une organisation, ou tapez son numéro.")
                    if "organisation" in self.fields
                    else gettext("Tapez le numéro de l'organisation."),
                    code="required",
                ),
            )
        return cleaned | {"wanted": typed or chosen or ""}


class HelpdeskForm(forms.Form):
    """About whom the help desk looks, for which organisation, and why it does."""

    personne = forms.CharField(
        label=_("NISS ou nom d'utilisateur de la personne"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    numero = BceNumberField(
        label=_("Numéro d'entreprise de l'organisation"),
        required=False,
        help_text=_("Obligatoire, sauf pour les mandats que la personne a reçus en son propre nom."),
    )
    pour = forms.ChoiceField(label=_("Ce qu'elle veut ouvrir"))
    motif = forms.CharField(
        label=_("Motif de la consultation"),
        help_text=_(
            "En quelques mots, 10 caractères au moins. La personne voit ce motif, la date et votre nom. "
            "N'y écrivez pas de NISS."
        ),
        max_length=300,
        min_length=10,
        error_messages={"min_length": _("Écrivez le motif en quelques mots : 10 caractères au moins.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, targets: Iterable[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices_of(self, "pour", [(each.key, each.name) for each in targets])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "numero" not in self.errors and not cleaned.get("numero") and cleaned.get("pour") != MANDATES:
            self.add_error(
                "numero",
                ValidationError(
                    gettext("Écrivez le numéro d'entreprise de l'organisation."), code="required"
                ),
            )
        return cleaned

    def clean_motif(self) -> str:
        reason: str = self.cleaned_data["motif"]
        if _NISS_IN_TEXT.search(reason):
            raise ValidationError(
                gettext("Enlevez le NISS : ce motif est conservé et montré."), code="niss_in_reason"
            )
        return reason


def _choices_of(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
    field.choices = choices
