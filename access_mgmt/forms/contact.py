from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import EmailField


class ContactForm(forms.Form):
    """A question to the contact centre."""

    name = forms.CharField(
        label=_("Nom et prénom"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "size": 30}),
    )
    email = EmailField(own=True, label=_("Adresse e-mail"), help_text=_("Pour la réponse."))
    subject = forms.CharField(label=_("Objet"), max_length=100)
    question = forms.CharField(
        label=_("Votre question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("N'écrivez ni NISS ni mot de passe : personne n'en a besoin pour vous répondre."),
    )
