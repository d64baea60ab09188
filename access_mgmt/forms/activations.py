from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import OFFERED_QUALITIES
from access_mgmt.forms.fields import UsernameField
from bhod_portal.core.fields import EmailField, NissField
from bhod_portal.core.identifiers import format_bce
from csam.models import Enterprise, Person

ME, OTHER = "moi", "autre"


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

    def __init__(
        self, *args: Any, person: Person, asks_password: bool, password_chosen: bool, **kwargs: Any
    ) -> None:
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
        if not asks_password:
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.person)
        return password
