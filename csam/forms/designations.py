from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField, EmailField, NissField, PhoneField

SELF, OTHER = "self", "other"
OF_THE_OTHER = ("niss", "other_email", "other_phone")


class EnterpriseRegisterForm(forms.Form):
    enterprise_number = BceNumberField(
        label=_("Numéro d'entreprise (9 chiffres)"), help_text=_("ou 10 avec le 0")
    )


class DesignateForm(forms.Form):
    """Who is designated, oneself or another, and how both persons are reached (manual, steps 5 and 6)."""

    who = forms.ChoiceField(
        help_text=_("Un travailleur ou un représentant légal de l'entreprise."),
        widget=forms.RadioSelect,
    )
    niss = NissField(
        label=_("Numéro de registre national (NISS)"),
        help_text=_("11 chiffres, au verso de sa carte d'identité"),
        required=False,
    )
    other_email = EmailField(label=_("Son adresse e-mail"), required=False)
    other_phone = PhoneField(label=_("Son numéro de téléphone"), required=False)
    own_email = EmailField(own=True, label=_("Votre adresse e-mail"))
    own_phone = PhoneField(own=True, label=_("Votre numéro de téléphone"))

    def __init__(self, *args: Any, myself: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
        field.label = label
        field.choices = [
            (SELF, _("Moi-même, %(name)s") % {"name": myself}),
            (OTHER, _("Une autre personne")),
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("who") == SELF:
            # What was typed about someone else doesn't matter; it is kept where it makes sense.
            for name in OF_THE_OTHER:
                self.errors.pop(name, None)
        elif data.get("who") == OTHER:
            for name in OF_THE_OTHER:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, forms.ValidationError(_("Ce champ est obligatoire."), "required"))
        return data


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(
        label=_("oui, je confirme"),
        error_messages={"required": _("Cochez « oui, je confirme » pour continuer.")},
    )
