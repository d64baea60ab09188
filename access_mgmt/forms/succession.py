from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import Afterwards, MemberLink
from access_mgmt.forms.fields import UsernameField
from access_mgmt.models import QualityMember
from bhod_portal.core.fields import EmailField, NameInput, NissField
from csam.models import Person

ME, BY_NAME, BY_NISS = "moi", "nom", "niss"
_LABELS = {
    ME: _("Moi-même"),
    BY_NAME: _("Un membre de la qualité, par son nom"),
    BY_NISS: _("Une autre personne, par son NISS"),
}


class SuccessorForm(forms.Form):
    """Who takes a place (a member shown, one found by name, somebody by NISS), and what its holder becomes."""

    successor = forms.ChoiceField(label=_("Qui reprend la place ?"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Nom ou nom d'utilisateur"),
        widget=NameInput,
        required=False,
        max_length=150,
        help_text=_("Seulement pour un membre de la qualité qui ne figure pas ci-dessus."),
    )
    niss = NissField(
        label=_("NISS"),
        required=False,
        help_text=_(
            "Seulement pour une autre personne. Le NISS est le numéro de registre national ou le numéro BISS."
        ),
    )
    afterwards = forms.ChoiceField(label=_("Et vous ?"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        members: Iterable[QualityMember],
        ways: Iterable[str],
        holder: QualityMember | None,
        offered: Iterable[Afterwards],
        own: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        ways = list(ways)
        self.fields["successor"].choices = [  # type: ignore[attr-defined]  # the stubs know only Field
            *((str(member.pk), f"{member.person} – {member.get_kind_display()}") for member in members),
            *((way, _LABELS[way]) for way in ways),
        ]
        if BY_NISS not in ways:
            del self.fields["niss"]
        if holder is None:
            del self.fields["afterwards"]
        else:
            if not own:
                self.fields["afterwards"].label = _("Ensuite, %(name)s") % {"name": holder.person}
            self.fields["afterwards"].choices = afterwards_of(offered, own=own)  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for way, field, text in (
            (BY_NAME, "name", _("Indiquez un nom ou un nom d'utilisateur.")),
            (BY_NISS, "niss", _("Indiquez le NISS de la personne.")),
        ):
            if data.get("successor") == way and not data.get(field) and field not in self.errors:
                self.add_error(field, ValidationError(text, code="required"))
        return data


class NewcomerForm(forms.Form):
    """What the portal does not know yet of somebody who is no member of the quality."""

    username = UsernameField(label=_("Nom d'utilisateur"), help_text=_("Proposé : nomprénom."))
    email = EmailField(label=_("Adresse e-mail utilisateur"))
    link = forms.ChoiceField(label=_("Lien avec l'entreprise"), choices=MemberLink)

    def __init__(self, *args: Any, person: Person, asks_link: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person.username:
            del self.fields["username"]
        if not asks_link:
            del self.fields["link"]


def afterwards_of(offered: Iterable[Afterwards], *, own: bool) -> list[tuple[str, Any]]:
    """The choices of `afterwards` as sentences: of one's own place, or of somebody's."""
    sentences = _OWN if own else _OTHERS
    return [(each.value, sentences[each]) for each in offered]


_OTHERS = {
    Afterwards.CO_LOCAL_MANAGER: _("devient Co-Gestionnaire Local"),
    Afterwards.USER: _("devient Utilisateur ; ses fonctions restent"),
    Afterwards.GONE: _("n'est plus membre de la qualité ; ses fonctions prennent fin"),
}
_OWN = {
    Afterwards.CO_LOCAL_MANAGER: _("je deviens Co-Gestionnaire Local"),
    Afterwards.USER: _("je reste Utilisateur ; mes fonctions restent"),
    Afterwards.GONE: _("je quitte la qualité ; mes fonctions prennent fin"),
}
