from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.fields import SetPasswordField
from allauth.account.forms import (
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    UserTokenForm,
)
from allauth.core import context
from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from csam.models import Person
from csam.passwords import PortalPasswordValidator
from csam.services.passwords import check_is_new, holders

_WIDTH = 30


def _new_password() -> SetPasswordField:
    return SetPasswordField(
        label=_("Nouveau mot de passe"), help_text=lazy(PortalPasswordValidator().get_help_text, str)()
    )


def _known_password(label: Any, *, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "size": _WIDTH})
    return forms.CharField(label=label, strip=False, widget=widget)


class _NewPasswordMixin(forms.Form):
    """The new password twice, as all the forms of allauth ask for it."""

    password1 = _new_password()
    password2 = _known_password(_("Nouveau mot de passe, une seconde fois"), autocomplete="new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["password1"].widget
        # The look has no text inside of empty boxes.
        widget.attrs.pop("placeholder", None)
        widget.attrs["size"] = _WIDTH

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        check_is_new(person=self.user, password=password)  # type: ignore[attr-defined]  # allauth's forms have it
        return password


class PasswordChangeForm(_NewPasswordMixin, ChangePasswordForm):
    oldpassword = _known_password(_("Mot de passe actuel"), autocomplete="current-password")
    field_order = ["oldpassword", "password1", "password2"]


class PasswordSetForm(_NewPasswordMixin, SetPasswordForm):
    pass


class PasswordResetKeyForm(_NewPasswordMixin, ResetPasswordKeyForm):
    pass


class PasswordResetForm(ResetPasswordForm):
    """Asks for an address; who has none in this world gets the same answer, and the address an e-mail that says so."""

    email = forms.EmailField(
        label=_("Adresse e-mail"),
        help_text=_("Celle de votre dossier, à laquelle vous recevez les messages de CSAM."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        self.users = holders(context.request.world, email)
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        if self.users:
            return str(super().save(request, **kwargs))
        email: str = self.cleaned_data["email"]
        # Not allauth's own, which would invite to sign up.
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class PasswordTokenForm(UserTokenForm):
    """Opens the link of an e-mail in the world of its person only."""

    def _get_user(self, uidb36: str) -> Person | None:
        person: Person | None = super()._get_user(uidb36)
        if person is None or person.world_id != context.request.world.pk or not person.is_active:
            return None
        return person
