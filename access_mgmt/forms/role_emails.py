from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.messages import SUBJECT_LENGTH


class RoleEmailForm(forms.Form):
    """The e-mail that tells a user of his access, as the manager words it."""

    subject = forms.CharField(label=_("Objet"), max_length=SUBJECT_LENGTH)
    body = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 16}))

    def clean_body(self) -> str:
        # A browser sends its lines with carriage returns, which count in no text of ours.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
