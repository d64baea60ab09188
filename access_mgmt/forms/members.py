from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import ADDED_KINDS, MemberKind, MemberLink, SecuredApplication
from access_mgmt.forms.fields import UsernameField
from access_mgmt.forms.subdivisions import subdivision_choices
from access_mgmt.models import Subdivision
from bhod_portal.core.fields import EmailField, NissField
from csam.enums import Language, Title
from csam.models import Person

_NISS_IS = _("Le NISS est le numéro de registre national ou le numéro BISS")
_ADD = {
    MemberKind.USER: _("Ajouter un utilisateur"),
    MemberKind.CO_LOCAL_MANAGER: _("Ajouter un Co-Gestionnaire Local"),
}
_APPLICATION_HINTS = {
    SecuredApplication.BHOD: _(
        "Enregistrement et suivi des honoraires de disponibilité pour différentes catégories de professions "
        "(pédiatres, spécialistes, pharmacies, cercles de médecins...)"
    ),
    SecuredApplication.TUMOROTHEQUE: _(
        "Le module catalogue permet à divers chercheurs / groupes de recherche d'accéder aux données de la "
        "tumorothèque virtuelle belge sous la forme d'un catalogue"
    ),
    SecuredApplication.CHAPTER_IV: _("Chapter IV Agreement Requesting System"),
}


class MemberIdentifyForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=[(kind.value, _ADD[kind]) for kind in ADDED_KINDS],
        initial=MemberKind.USER.value,
    )
    niss = NissField(label=_("NISS"), help_text=_NISS_IS)

    def __init__(self, *args: Any, kinds: Iterable[MemberKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = tuple(kinds)
        self.fields["kind"].choices = [(kind.value, _ADD[kind]) for kind in self.kinds]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def shown_fields(self) -> SafeString:
        """Its fields; before anything is typed in, the kinds alone decide how they read."""
        return _fields(self) if self.is_bound else _blank_fields(self.kinds, get_language())


def _fields(form: MemberIdentifyForm) -> SafeString:
    return render_to_string("components/form_fields.html", {"form": form})


@lru_cache(maxsize=32)
def _blank_fields(kinds: tuple[MemberKind, ...], _language: str | None) -> SafeString:
    return _fields(MemberIdentifyForm(kinds=kinds))


class MemberCreateForm(forms.Form):
    """The fields of « Création d'un Utilisateur » that the register does not fill in."""

    username = UsernameField(label=_("Nom d'utilisateur"), help_text=_("Proposé : nomprénom."))
    title = forms.ChoiceField(label=_("Titre"), choices=Title)
    language = forms.ChoiceField(label=_("Choix linguistique"), choices=Language)
    email = EmailField(label=_("Adresse e-mail utilisateur"))
    local_email = EmailField(
        label=_("Adresse e-mail locale"),
        required=False,
        help_text=_(
            "(cette adresse peut être utilisée dans le cadre de vos contacts individuels avec le centre de contact "
            "Eranova)"
        ),
    )
    link = forms.ChoiceField(label=_("Lien avec l'entreprise"), choices=MemberLink)
    secured_applications = forms.MultipleChoiceField(
        label=_("Applications sécurisées"),
        required=False,
        choices=SecuredApplication,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Cocher une application ne donne pas encore de rôle : attribuez ensuite une fonction."),
    )

    subdivision = forms.ChoiceField(label=_("Subdivision"))

    def __init__(
        self, *args: Any, person: Person, places: Sequence[tuple[int, Subdivision]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._places = {str(place.pk): place for _level, place in places}
        if places:
            self.fields["subdivision"].choices = subdivision_choices(places)  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["subdivision"]
        self.fields["secured_applications"].choice_hints = _APPLICATION_HINTS  # type: ignore[attr-defined]  # read by components/field.html
        if person.username:
            del self.fields["username"]

    def clean_subdivision(self) -> Subdivision:
        return self._places[self.cleaned_data["subdivision"]]
