from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField, EmailField, NameInput, NissField, PhoneField
from csam.enums import Country, DocumentKind, RequestState
from csam.models import DesignationRequest, Person
from csam.services.documents import NewDocument, read_document

NAME_LENGTH = 150
ABOUT = ("first_name", "last_name", "niss", "country", "email", "phone")
SELF, OTHER = "self", "other"
NEW_PERSON = "new"
ACCEPT, REFUSE = "accept", "refuse"
_ACCEPTED = "application/pdf,image/jpeg,image/png"


class NameField(forms.CharField):
    """A first or last name on one line: it goes into e-mails, so it holds no address and no sign of a markup.

    Nor does it hold what isn't seen and turns what follows around (U+202E and its like): an agent reads it.
    """

    default_validators = [
        RegexValidator(
            r'^[^\d\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff/:@<>\\\[\]{}|=+*#%&"]+\Z',
            _(
                "Un nom ne contient ni chiffre ni signe comme @, / ou <. Écrivez-le comme sur la pièce d'identité."
            ),
            code="malformed",
        )
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=NAME_LENGTH, **{"widget": NameInput} | kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


def _required() -> forms.ValidationError:
    return forms.ValidationError(_("Ce champ est obligatoire."), "required")


def _country(**kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Nationalité"), choices=[("", _("Choisissez un pays")), *Country.choices], **kwargs
    )


class DesignationRequestForm(forms.Form):
    """Which enterprise, who asks, who becomes GAP (domain.md 2.3); the documents come on the next page."""

    enterprise_number = BceNumberField(
        label=_("Numéro d'entreprise (9 chiffres)"), help_text=_("ou 10 avec le 0")
    )
    applicant_first_name = NameField(
        label=_("Votre prénom"), widget=NameInput({"autocomplete": "given-name"})
    )
    applicant_last_name = NameField(label=_("Votre nom"), widget=NameInput({"autocomplete": "family-name"}))
    applicant_niss = NissField(
        label=_("Votre NISS ou numéro BIS"),
        help_text=_("11 chiffres. Laissez vide si vous n'en avez pas."),
        required=False,
    )
    applicant_country = _country()
    applicant_email = EmailField(
        own=True,
        label=_("Votre adresse e-mail"),
        help_text=_("La référence de votre demande y sera envoyée."),
    )
    applicant_phone = PhoneField(own=True, label=_("Votre numéro de téléphone"))
    gap = forms.ChoiceField(
        label=_("Gestionnaire d'accès principal"),
        help_text=_("Un travailleur ou un représentant légal de l'entreprise."),
        choices=[(SELF, _("Moi-même")), (OTHER, _("Une autre personne"))],
        widget=forms.RadioSelect,
    )
    gap_first_name = NameField(label=_("Son prénom"), required=False)
    gap_last_name = NameField(label=_("Son nom"), required=False)
    gap_niss = NissField(
        label=_("Son NISS ou numéro BIS"),
        help_text=_("11 chiffres. Laissez vide si cette personne n'en a pas."),
        required=False,
    )
    gap_country = _country(required=False)
    gap_email = EmailField(
        label=_("Son adresse e-mail"), help_text=_("Son nom d'utilisateur y sera envoyé."), required=False
    )
    gap_phone = PhoneField(
        label=_("Son numéro de téléphone"),
        help_text=_("Son mot de passe temporaire y sera envoyé par SMS : donnez un numéro de GSM."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gap_country"].label = _("Sa nationalité")
        self.fields["applicant_country"].label = _("Votre nationalité")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = [f"gap_{name}" for name in ABOUT]
        if data.get("gap") == SELF:
            # What was typed about someone else doesn't matter; it is kept where it makes sense.
            for name in names:
                self.errors.pop(name, None)
        elif data.get("gap") == OTHER:
            for name in names:
                if name != "gap_niss" and not data.get(name) and name not in self.errors:
                    self.add_error(name, _required())
        return data


class DocumentField(forms.FileField):
    """A file that becomes a `NewDocument`, judged by its content."""

    widget = forms.FileInput

    def __init__(self, *, kind: DocumentKind) -> None:
        super().__init__(
            label=_LABELS[kind],
            help_text=_("PDF, JPEG ou PNG, 5 Mo au plus"),
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        )
        self.kind = kind

    def clean(self, data: Any, initial: Any = None) -> NewDocument:
        file = super().clean(data, initial)
        return read_document(kind=self.kind, name=file.name, content=file.read(), size=file.size)


_LABELS = {
    DocumentKind.IDENTITY: _("Votre pièce d'identité"),
    DocumentKind.MANDATE: _("La preuve de votre fonction légale (statuts ou publication)"),
    DocumentKind.GAP: _("La pièce d'identité du Gestionnaire d'Accès Principal"),
}


class DesignationRequestDocumentsForm(forms.Form):
    """The documents, one field per kind that is needed."""

    def __init__(self, *args: Any, kinds: tuple[DocumentKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.lower()] = DocumentField(kind=kind)

    @property
    def documents(self) -> list[NewDocument]:
        """Those of a valid form."""
        return list(self.cleaned_data.values())


class DesignationFollowUpForm(forms.Form):
    reference = forms.CharField(
        label=_("Référence de la demande"),
        help_text=_("Par exemple PE-7KM2QX4RTB : elle est dans l'e-mail que vous avez reçu."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = EmailField(
        own=True,
        label=_("Adresse e-mail du demandeur"),
        help_text=_("Celle que vous avez donnée dans la demande."),
    )


class RequestFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("État"), choices=[*RequestState.choices, ("", _("toutes les demandes"))], required=False
    )


class RequestDecideForm(forms.Form):
    """What an agent decides, and whom he makes GAP."""

    decision = forms.ChoiceField(
        label=_("Décision"),
        choices=[(ACCEPT, _("Accepter la demande")), (REFUSE, _("Refuser la demande"))],
        widget=forms.RadioSelect,
    )
    person = forms.ChoiceField(
        label=_("Si vous acceptez : qui devient Gestionnaire d'Accès Principal ?"),
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("Si vous refusez : motif"),
        help_text=_("Le demandeur le recevra tel quel, par e-mail. Dites-lui ce qu'il doit corriger."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    confirmed = forms.BooleanField(
        label=_("oui, je confirme"),
        error_messages={"required": _("Cochez « oui, je confirme » pour continuer.")},
    )

    def __init__(
        self, *args: Any, request: DesignationRequest, candidates: list[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(person.public_id): person for person in candidates}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
        known = _("%(person)s, déjà dans le registre (%(contact)s)")
        choices: list[tuple[str, Any]] = [
            (public_id, known % {"person": person, "contact": person.email or person.username or "–"})
            for public_id, person in self.candidates.items()
        ]
        # A NISS is one person's: whoever has it is the one.
        if not any(person.niss for person in candidates):
            name = f"{request.gap_first_name} {request.gap_last_name}"
            choices.append((NEW_PERSON, _("Une nouvelle personne : %(name)s") % {"name": name}))
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        needed = {ACCEPT: "person", REFUSE: "reason"}.get(data.get("decision", ""))
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _required())
        if data.get("decision") == REFUSE:
            self.errors.pop("person", None)
        return data

    @property
    def gap(self) -> Person | None:
        """Whom the valid form names; None for a new person."""
        return self.candidates.get(self.cleaned_data["person"])
