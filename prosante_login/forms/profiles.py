from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import format_bce
from csam.models import Enterprise
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.models import CareProvider
from prosante_login.profiles import ProfileChoice
from prosante_login.selectors.landings import Refusal

_REFUSALS = {
    Refusal.PROVIDER_FOR_CIRCLE: _(
        "Choisissez Citoyen pour vous connecter au nom d'un CMG, quel que soit votre rôle."
    ),
    Refusal.PROVIDER_FOR_MANDATE: _(
        "Choisissez Citoyen pour vous connecter au nom d'une entreprise qui détient un mandat."
    ),
    Refusal.PROVIDER_FOR_ORGANISATION: _(
        "Choisissez Citoyen pour vous connecter au nom d'une organisation ; pour votre dossier, n'indiquez pas "
        "d'organisation."
    ),
}


class ProfileChooseForm(forms.Form):
    """« Choisissez votre profil »; gives a ProfileChoice."""

    kind = forms.ChoiceField(
        label=_("Je souhaite me connecter en tant que:"),
        # What is missing is said by `clean_kind`: a mark « obligatoire » would be for the placeholder only.
        required=False,
        error_messages={
            "invalid_choice": _("Ce profil n'est pas, ou plus, le vôtre : choisissez-en un de la liste.")
        },
    )
    organisation = forms.TypedChoiceField(
        label=_("Au sein de l'organisation:"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Pour vous connecter au nom d'un CMG : choisissez toujours « Citoyen », puis le CMG."),
        error_messages={
            "invalid_choice": _(
                "Vous n'avez pas, ou plus, de fonction de l'INAMI dans cette organisation, ni de mandat qu'elle détient : "
                "choisissez-en une de la liste."
            )
        },
    )

    def __init__(
        self,
        *args: Any,
        providers: Iterable[CareProvider],
        organisations: Iterable[Enterprise],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        kind = cast(forms.ChoiceField, self.fields["kind"])
        professions = [(option(each.profession), each.get_profession_display()) for each in providers]
        kind.choices = [
            ("", _("Choisissez un profil")),
            (ProfileKind.CITIZEN.value, ProfileKind.CITIZEN.label),
            *([(ProfileKind.PROVIDER.label, professions)] if professions else []),
        ]
        organisation = cast(forms.TypedChoiceField, self.fields["organisation"])
        organisation.choices = [
            ("", _("Choisissez un profil")),
            *((each.pk, f"{each.name} ({format_bce(each.bce_number)})") for each in organisations),
        ]

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if not kind:
            raise ValidationError(_("Choisissez en tant que qui vous vous connectez."), code="required")
        return kind

    def choice(self) -> ProfileChoice:
        """What was chosen; to be called on a valid form."""
        kind, _separator, profession = self.cleaned_data["kind"].partition(".")
        return ProfileChoice(
            ProfileKind(kind),
            self.cleaned_data["organisation"],
            profession=Profession(profession) if profession else None,
        )

    def refuse(self, refusal: Refusal) -> None:
        """Say at the field why the choice, each part of which is the person's, leads nowhere."""
        self.add_error("kind", ValidationError(_REFUSALS[refusal], code=refusal.value))


class ProfileSelectForm(forms.Form):
    """« Sélection de profil »: the button that was pressed. Gives `capacity`."""

    capacity = forms.TypedChoiceField(
        coerce=Capacity,
        error_messages={
            "required": _("Choisissez sous quel profil vous continuez."),
            "invalid_choice": _("Ce profil n'est pas, ou plus, le vôtre : choisissez-en un autre."),
        },
    )

    def __init__(self, *args: Any, capacities: Sequence[Capacity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedChoiceField, self.fields["capacity"]).choices = [
            (each.value, each.label) for each in capacities
        ]


def option(profession: str) -> str:
    """The value of a profession in « Je souhaite me connecter en tant que »."""
    return f"{ProfileKind.PROVIDER.value}.{profession}"
