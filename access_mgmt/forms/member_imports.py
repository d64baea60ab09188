from django import forms
from django.utils.translation import gettext_lazy as _


class MemberImportForm(forms.Form):
    """The file; what it holds is judged by the service that reads it."""

    file = forms.FileField(
        label=_("Fichier des utilisateurs"),
        help_text=_("CSV ou classeur Excel (.xlsx), 5 Mo et 10 000 lignes au plus."),
        allow_empty_file=True,
        widget=forms.FileInput,
    )
