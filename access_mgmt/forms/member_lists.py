from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import MEMBER_TYPES, MemberStatus, SecuredApplication
from access_mgmt.selectors import MemberCriteria
from bhod_portal.core.fields import NissField

_ALL = ("", _("Tous"))


class MemberFilterForm(forms.Form):
    """The seven criteria of the users list (seed 000, lines 311-314); their names stand in the list's address."""

    # A list that refines itself follows them letter by letter; the others once they are chosen or whole.
    followed = ("nom", "prenom", "utilisateur")

    nom = forms.CharField(label=_("Nom"), required=False, max_length=150)
    prenom = forms.CharField(label=_("Prénom"), required=False, max_length=150)
    utilisateur = forms.CharField(label=_("Nom d'utilisateur"), required=False, max_length=150)
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
