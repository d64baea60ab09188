from django import forms
from django.utils.translation import gettext_lazy as _

from csam.enums import AccessDomain
from csam.forms.designations import DesignateForm


class DomainDesignateForm(DesignateForm):
    """Who becomes GA, and of which domain."""

    domain = forms.ChoiceField(
        label=_("Domaine (groupe d'applications)"),
        choices=[("", _("Choisissez un domaine")), *AccessDomain.choices],
    )
    field_order = ["domain"]
