from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from access_mgmt import selectors
from access_mgmt.enums import (
    ADDED_KINDS,
    CIRCLE_FUNCTIONS,
    OFFERED_QUALITIES,
    Function,
    MemberKind,
    MemberLink,
    QualityKind,
    SecuredApplication,
)
from access_mgmt.models import Quality
from bhod_portal.core.fields import DayField, EmailField, NissField, join_days
from bhod_portal.core.identifiers import format_bce
from csam.enums import Language, Title
from csam.models import Enterprise, Person

ME, OTHER = "moi", "autre"

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


class EntityForm(forms.Form):
    """GET: which of his entities the person works for."""

    entite = forms.ChoiceField(
        label=_(
            "Choisissez l'entreprise ou l'organisation pour laquelle vous souhaitez travailler au sein de cette "
            "application"
        )
    )

    def __init__(self, *args: Any, entities: Iterable[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entite"].choices = [  # type: ignore[attr-defined]  # the stubs know only Field
            (
                entity.bce_number,
                _("%(name)s; Numéro d'entreprise: %(number)s")
                % {"name": entity.name, "number": format_bce(entity.bce_number)},
            )
            for entity in entities
        ]


class QualityChoiceForm(forms.Form):
    """GET: which quality to activate, among those that are not active."""

    qualite = forms.ChoiceField(label=_("Activer la qualité"))

    def __init__(self, *args: Any, active: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [kind for kind in OFFERED_QUALITIES if kind not in set(active)]
        self.fields["qualite"].choices = [(kind.value, kind.label) for kind in offered]  # type: ignore[attr-defined]  # as above


class QualityActivateForm(forms.Form):
    contact_email = EmailField(label=_("Adresse e-mail de contact"))
    manager = forms.ChoiceField(
        label=_("Gestionnaire local"),
        widget=forms.RadioSelect,
        choices=[(ME, _("Moi-même")), (OTHER, _("Une autre personne, par son NISS"))],
    )
    niss = NissField(
        label=_("NISS du gestionnaire local"),
        required=False,
        help_text=_(
            "Seulement pour une autre personne. Le NISS est le numéro de registre national ou le numéro BISS."
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("manager") == OTHER and not data.get("niss") and "niss" not in self.errors:
            self.add_error(
                "niss", ValidationError(_("Indiquez le NISS du gestionnaire local."), code="required")
            )
        return data


class UsernameField(forms.CharField):
    default_validators = [
        RegexValidator(
            r"^[A-Za-z0-9][A-Za-z0-9._-]{2,49}\Z",
            _(
                "Un nom d'utilisateur compte de 3 à 50 caractères : lettres sans accent, chiffres, points et tirets, "
                "par exemple marchalhelene."
            ),
            code="malformed",
        )
    ]
    widget = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "size": 30}
    )


class AccountForm(forms.Form):
    """The account of a local manager. Asks only for what the person does not have yet."""

    username = UsernameField(label=_("Nom d'utilisateur"), help_text=_("Par exemple nomprénom."))
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 30}),
    )
    email = EmailField(label=_("Adresse e-mail du gestionnaire local"))

    def __init__(self, *args: Any, person: Person, password_chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        rules = _(
            "Minimum 10 caractères, combinaison d'au moins une majuscule, une minuscule, un chiffre et un "
            "caractère spécial"
        )
        self.fields["password"].help_text = rules
        if password_chosen:
            self.fields["password"].required = False
            self.fields["password"].help_text = _(
                "Mot de passe déjà choisi : laissez vide pour le garder. %(rules)s"
            ) % {"rules": rules}
        if person.username:
            del self.fields["username"]
        if selectors.has_account(person):
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.person)
        return password


class MemberIdentifyForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=[(kind.value, _ADD[kind]) for kind in ADDED_KINDS],
        initial=MemberKind.USER.value,
    )
    niss = NissField(label=_("NISS"), help_text=_NISS_IS)


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

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secured_applications"].choice_hints = _APPLICATION_HINTS  # type: ignore[attr-defined]  # read by components/field.html
        if person.username:
            del self.fields["username"]


class PeriodForm(forms.Form):
    """The dates of a function; gives `period`."""

    valid_from = DayField(label=_("Date de début"))
    valid_until = DayField(
        label=_("Date de fin"), required=False, help_text=_("La date de fin n'est pas obligatoire")
    )

    def clean(self) -> dict[str, Any]:
        join_days(self, "valid_from", "valid_until")
        return self.cleaned_data


class RoleAssignForm(PeriodForm):
    field_order = ["function", "valid_from", "valid_until"]

    function = forms.ChoiceField(label=_("Fonction"))

    def __init__(self, *args: Any, quality: Quality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (function.value, function.label)
            for function in Function
            if quality.kind == QualityKind.EHEALTH or function not in CIRCLE_FUNCTIONS
        ]
        self.fields["function"].choices = [("", _("Choisissez une fonction")), *offered]  # type: ignore[attr-defined]  # as above


class RoleEditForm(PeriodForm):
    """Other dates for a function that was given."""
