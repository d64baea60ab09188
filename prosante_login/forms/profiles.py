from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import format_bce
from csam.models import Enterprise
from prosante_login.enums import ProfileKind
from prosante_login.profiles import ProfileChoice


class ProfileChooseForm(forms.Form):
    """« Choisissez votre profil »; gives a ProfileChoice."""

    kind = forms.TypedChoiceField(
        label=_("Je souhaite me connecter en tant que:"),
        choices=[(ProfileKind.CITIZEN.value, ProfileKind.CITIZEN.label)],
        coerce=ProfileKind,
        empty_value=ProfileKind.CITIZEN,
        required=False,
    )
    organisation = forms.TypedChoiceField(
        label=_("Au sein de l'organisation:"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Pour vous connecter au nom d'un CMG : choisissez toujours « Citoyen », puis le CMG."),
        error_messages={
            "invalid_choice": _(
                "Vous n'avez pas, ou plus, de fonction de l'INAMI dans cette organisation : choisissez-en une de la liste."
            )
        },
    )

    def __init__(self, *args: Any, organisations: Iterable[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = cast(forms.TypedChoiceField, self.fields["organisation"])
        organisation.choices = [
            ("", _("Choisissez un profil")),
            *((each.pk, f"{each.name} ({format_bce(each.bce_number)})") for each in organisations),
        ]

    def choice(self) -> ProfileChoice:
        """What was chosen; to be called on a valid form."""
        return ProfileChoice(self.cleaned_data["kind"], self.cleaned_data["organisation"])
