"""allauth's forms for second factors, in the words of the portal."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm, LoginWebAuthnForm, SignupWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import OUT_OF_SIGHT

NAME_LENGTH = 60
# What the library of WebAuthn raises at an answer that no device gives.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, struct.error)


class DeviceAnswer(forms.HiddenInput):
    """Where the script puts what the device answers. It serves once: a page that comes back doesn't hold it."""

    def format_value(self, value: Any) -> None:
        return None


def _name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        required=required,
        label=_("Nom de la clé d'accès"),
        help_text=_("Pour la reconnaître dans la liste : l'appareil sur lequel elle se trouve, par exemple."),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AppEnrolForm(ActivateTOTPForm):
    code = forms.CharField(
        label=_("Code de sécurité"),
        help_text=_("Les 6 chiffres que l'application montre maintenant"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 10}),
    )


class TokenIssueForm(forms.Form):
    """`replaces`: the token that the page showed, by its key; empty when there was none."""

    replaces = forms.IntegerField(
        required=False, min_value=1, widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT
    )


class PasskeyAddForm(SignupWebAuthnForm):
    """allauth's form for keys that log in by themselves; the device has made the key before the form is sent.

    So that a key is not lost for want of a name, it gets one.
    """

    name = _name_field(required=False)
    credential = forms.JSONField(
        widget=DeviceAnswer,
        error_messages=OUT_OF_SIGHT
        | {"required": _("Votre appareil n'a pas créé de clé : choisissez « Créer la clé d'accès ».")},
    )

    def clean(self) -> dict[str, Any]:
        with _readable():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class PasskeyEditForm(EditWebAuthnForm):
    name = _name_field(required=True)


class PasskeyLoginForm(LoginWebAuthnForm):
    credential = forms.JSONField(
        widget=DeviceAnswer,
        error_messages=OUT_OF_SIGHT
        | {
            "required": _(
                "La clé d'accès demande JavaScript dans votre navigateur : choisissez une autre clé."
            )
        },
    )

    def clean_credential(self) -> Authenticator:
        with _readable():
            passkey: Authenticator = super().clean_credential()
        return passkey


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise forms.ValidationError(
            _("La réponse de votre appareil est illisible : recommencez."), code="malformed"
        ) from error
