from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import TableFileField


class MemberImportForm(forms.Form):
    file = TableFileField(label=_("Fichier des utilisateurs"))
