from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField, EmailField, NissField
from csam.models import Person

SELF, OTHER = "self", "other"
OF_THE_OTHER = ("niss", "gap_email", "gap_phone")

phone_number = RegexValidator(
    r"^\+?(?:[ ./()-]*\d){8,15}[ ./()-]*$",
    _("Écrivez un numéro de téléphone de 8 à 15 chiffres, par exemple +32 470 00 00 01."),
    code="malformed",
)


class PhoneField(forms.CharField):
    """A telephone number as people write it; kept as typed."""

    default_validators = [phone_number]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)


class EidLoginForm(forms.Form):
    card = forms.ModelChoiceField(
        label=_("Carte dans le lecteur"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choisissez une carte"),
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


class EnterpriseRegisterForm(forms.Form):
    enterprise_number = BceNumberField(
        label=_("Numéro d'entreprise (9 chiffres)"), help_text=_("ou 10 avec le 0")
    )


class GapDesignateForm(forms.Form):
    """Who becomes GAP, and how both persons are reached (manual, steps 5 and 6)."""

    gap = forms.ChoiceField(
        label=_("Gestionnaire d'accès principal"),
        help_text=_("Un travailleur ou un représentant légal de l'entreprise."),
        widget=forms.RadioSelect,
    )
    niss = NissField(
        label=_("Numéro de registre national (NISS)"),
        help_text=_("11 chiffres, au verso de sa carte d'identité"),
        required=False,
    )
    gap_email = EmailField(label=_("Son adresse e-mail"), required=False)
    gap_phone = PhoneField(label=_("Son numéro de téléphone"), required=False)
    own_email = EmailField(label=_("Votre adresse e-mail"))
    own_phone = PhoneField(label=_("Votre numéro de téléphone"))

    def __init__(self, *args: Any, myself: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["gap"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
        field.choices = [
            (SELF, _("Moi-même, %(name)s") % {"name": myself}),
            (OTHER, _("Une autre personne")),
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("gap") == SELF:
            # What was typed about someone else doesn't matter; it is kept where it makes sense.
            for name in OF_THE_OTHER:
                self.errors.pop(name, None)
        elif data.get("gap") == OTHER:
            for name in OF_THE_OTHER:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, forms.ValidationError(_("Ce champ est obligatoire."), "required"))
        return data


class GapDesignateCheckForm(forms.Form):
    confirmed = forms.BooleanField(
        label=_("oui, je confirme"),
        error_messages={"required": _("Cochez « oui, je confirme » pour continuer.")},
    )
