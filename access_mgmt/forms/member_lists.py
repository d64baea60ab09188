from collections.abc import Mapping
from functools import lru_cache

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import MEMBER_TYPES, MemberStatus, SecuredApplication
from access_mgmt.selectors import MemberCriteria
from bhod_portal.core.fields import NameInput, NissField

_ALL = ("", _("Tous"))


class MemberFilterForm(forms.Form):
    """The seven criteria of the users list (seed 000, lines 311-314); their names stand in the list's address."""

    # A list that refines itself follows them letter by letter; the others once they are chosen or whole.
    followed = ("nom", "prenom", "utilisateur")
    data: Mapping[str, str]

    nom = forms.CharField(label=_("Nom"), required=False, max_length=150, widget=NameInput)
    prenom = forms.CharField(label=_("Prénom"), required=False, max_length=150, widget=NameInput)
    utilisateur = forms.CharField(
        label=_("Nom d'utilisateur"), required=False, max_length=150, widget=NameInput
    )
    type = forms.ChoiceField(
        label=_("Type"),
        required=False,
        choices=[_ALL, *((kind.value, name) for kind, name in MEMBER_TYPES.items())],
    )
    niss = NissField(label=_("NISS"), required=False)
    statut = forms.ChoiceField(label=_("Statut"), required=False, choices=[_ALL, *MemberStatus.choices])
    application = forms.ChoiceField(
        label=_("Applications sécurisées"),
        required=False,
        choices=[("", _("Toutes")), *SecuredApplication.choices],
    )

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data, auto_id="filtre_%s")

    @property
    def trigger(self) -> str:
        """When a list that refines itself asks again, in htmx's words."""
        waits = dict.fromkeys(self.followed, "input changed delay:400ms")
        ids = ((name, f"#filtre_{name}") for name in self.base_fields)
        return ", ".join(["submit", *(f"{waits.get(name, 'change')} from:{at}" for name, at in ids)])

    @property
    def shown_fields(self) -> SafeString:
        """Its fields with what was typed and what is wrong with it: the criteria alone decide how they read."""
        if self.data.get("niss"):
            # Numbers of persons are not kept in the memory of the process.
            return _fields(self)
        return _kept_fields(tuple(sorted(self.data.items())), get_language())

    def criteria(self) -> MemberCriteria:
        """What a valid form asks."""
        data = self.cleaned_data
        return MemberCriteria(
            last_name=data["nom"],
            first_name=data["prenom"],
            username=data["utilisateur"],
            kind=data["type"],
            niss=data["niss"],
            status=data["statut"],
            application=data["application"],
        )


def _fields(form: MemberFilterForm) -> SafeString:
    return render_to_string("access_mgmt/_member_filter_fields.html", {"filter_form": form})


@lru_cache(maxsize=256)
def _kept_fields(typed: tuple[tuple[str, str], ...], _language: str | None) -> SafeString:
    """The fields of a form with these criteria: to render seven of them takes as long as the rest of a page."""
    return _fields(MemberFilterForm(dict(typed)))
