"""What people type about the doctors of a circle, read into values of the domain."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.enums import EnrolmentState, Qualification
from bhod.models import GuardUnit
from bhod.selectors.doctor_lists import DoctorCriteria
from bhod_portal.core.fields import (
    OUT_OF_SIGHT,
    DayField,
    InamiNumberField,
    NameInput,
    TableFileField,
    join_days,
)
from bhod_portal.core.names import plain

_FEWEST_LETTERS = 2
_YES = "oui"


class DoctorFilterForm(forms.Form):
    """Which enrolments the list shows; what isn't understood is as if it weren't asked."""

    q = forms.CharField(
        label=_("Nom ou numéro INAMI"),
        widget=NameInput,
        required=False,
        max_length=150,
        help_text=_("Une partie suffit"),
    )
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous")), *EnrolmentState.choices]
    )
    qualification = forms.ChoiceField(
        label=_("Qualification"), required=False, choices=[("", _("Toutes")), *Qualification.choices]
    )
    candidat = forms.ChoiceField(
        label=_("Candidat"),
        required=False,
        choices=[("", _("Tous")), (_YES, _("Candidats seulement")), ("non", _("Sans les candidats"))],
    )
    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Mapping[str, str], *, units: Iterable[GuardUnit]) -> None:
        super().__init__(data, auto_id="filtre_%s")
        cast(forms.ChoiceField, self.fields["unite"]).choices = [
            ("", _("Toutes")),
            *((str(unit.pk), unit.name) for unit in units),
        ]

    def criteria(self, *, on: date) -> DoctorCriteria:
        """What is asked of the list, of a form that was validated."""
        data = self.cleaned_data
        state, code, candidate = data.get("etat"), data.get("qualification"), data.get("candidat")
        return DoctorCriteria(
            on=on,
            text=data.get("q", ""),
            state=EnrolmentState(state) if state else None,
            qualification=Qualification(code) if code else None,
            candidate=candidate == _YES if candidate else None,
            unit_id=data.get("unite"),
        )


class DoctorSearchForm(forms.Form):
    """Who is looked for among all the doctors that INAMI knows."""

    nom = forms.CharField(
        label=_("Nom du médecin"),
        widget=NameInput,
        max_length=150,
        help_text=_("Une partie du nom et du prénom suffit, deux lettres au moins ; le numéro INAMI aussi"),
    )

    def clean_nom(self) -> str:
        text: str = self.cleaned_data["nom"]
        if sum(letter.isalnum() for letter in plain(text)) < _FEWEST_LETTERS:
            raise forms.ValidationError(_("Écrivez au moins deux lettres du nom."), code="too_short")
        return text


class SupervisorField(InamiNumberField):
    """The INAMI number of a candidate's supervisor."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Numéro INAMI du maître de stage")} | kwargs)


class DoctorEnrolForm(forms.Form):
    """A doctor for the list of the circle. Gives `inami_number`, `supervisor_number` (may be empty), `acquired_rights`
    and `period`.
    """

    inami_number = InamiNumberField(
        label=_("Numéro INAMI"), help_text=_("11 chiffres, par exemple 1-99905-12-004")
    )
    valid_from = DayField(label=_("Inscrit du"), help_text=_("jj-mm-aaaa"))
    valid_until = DayField(
        label=_("Inscrit jusqu'au"),
        help_text=_("jj-mm-aaaa ; laissez vide si la fin n'est pas connue"),
        required=False,
    )
    supervisor_number = SupervisorField(
        help_text=_("Seulement pour un candidat médecin généraliste (codes 005 et 006)"), required=False
    )
    acquired_rights = forms.BooleanField(
        label=_("Droits acquis"),
        help_text=_("Seulement pour un médecin des codes 001 et 002 à qui l'INAMI les a reconnus"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        join_days(self, "valid_from", "valid_until")
        return self.cleaned_data


class DoctorEndForm(forms.Form):
    last_day = DayField(label=_("Dernier jour d'inscription"), help_text=_("jj-mm-aaaa, ce jour compris"))
    confirm = forms.BooleanField(label=_("oui, je confirme"))


class SeenForm(forms.Form):
    """A form that tells what its page showed, in `seen`."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, error_messages=OUT_OF_SIGHT)

    def look_again(self, seen: str) -> None:
        """Go on from what the page shows now; what was typed stays."""
        self.data = {name: self.data.get(name) for name in self.data} | {"seen": seen}


class DoctorEndGuardsForm(SeenForm):
    """Guards that are cancelled with the end of an enrolment; `seen` are their keys and versions."""

    reason = forms.CharField(
        label=_("Motif de l'annulation"),
        help_text=_("Il reste visible avec chaque garde annulée, et le médecin le lit dans son e-mail."),
        max_length=200,
    )
    confirm = forms.BooleanField(label=_("oui, je confirme"))


class EnrolmentChangeForm(SeenForm):
    """One thing of an enrolment that changes, which `acte` names; `seen` is its stamp (`selectors.doctors.stamp_of`)."""

    acte = forms.CharField(widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT)


class LastDayForm(EnrolmentChangeForm):
    last_day = DayField(
        label=_("Inscrit jusqu'au"),
        help_text=_("jj-mm-aaaa, ce jour compris ; laissez vide pour une inscription sans fin"),
        required=False,
    )


class SupervisorForm(EnrolmentChangeForm):
    supervisor_number = SupervisorField(
        label=_("Numéro INAMI du nouveau maître de stage"), help_text=_("Code 003 ou 004")
    )
    from_day = DayField(label=_("À partir du"), help_text=_("jj-mm-aaaa"))


class AcquiredRightsForm(EnrolmentChangeForm):
    acquired_rights = forms.BooleanField(
        label=_("Droits acquis"), help_text=_("Reconnus par l'INAMI"), required=False
    )


class DoctorImportForm(forms.Form):
    file = TableFileField(label=_("Fichier des médecins"))
