from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import Function
from bhod_portal.core.fields import NameInput


class RoleFilterForm(forms.Form):
    """What narrows the overview of persons and functions; its names stand in the page's address."""

    nom = forms.CharField(label=_("Nom ou prénom"), required=False, max_length=150, widget=NameInput)
    fonction = forms.ChoiceField(
        label=_("Fonction"), required=False, choices=[("", _("Toutes")), *Function.choices]
    )
