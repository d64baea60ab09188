from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import EmailField, PhoneField
from bhod_portal.core.overtaken_forms import OvertakenForm
from csam.enums import Language, Title


class OwnDataForm(OvertakenForm):
    """« Modifier mes données personnelles »: what the register does not fill in."""

    title = forms.ChoiceField(label=_("Titre"), choices=Title)
    language = forms.ChoiceField(label=_("Choix linguistique"), choices=Language)
    email = EmailField(
        own=True,
        label=_("Adresse e-mail utilisateur"),
        help_text=_("Les codes par e-mail et les liens pour un nouveau mot de passe y arrivent."),
    )
    local_email = EmailField(
        own=True,
        label=_("Adresse e-mail locale"),
        required=False,
        help_text=_(
            "(cette adresse peut être utilisée dans le cadre de vos contacts individuels avec le centre de contact "
            "Eranova)"
        ),
    )
    phone = PhoneField(
        own=True,
        label=_("Numéro de téléphone"),
        required=False,
        help_text=_("Les codes par SMS y arrivent, par exemple +32 470 00 00 01."),
    )

    def __init__(self, *args: Any, is_member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_member:
            # It is kept in a quality.
            del self.fields["local_email"]
