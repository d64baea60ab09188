"""Changing, choosing and resetting one's password: allauth's pages, in our look and with our refusals."""

from typing import Any

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from csam.forms.passwords import PasswordResetKeyForm
from csam.http import AuthenticatedRequest, PortalRequest
from csam.views.common import NextMixin

_hides_passwords = sensitive_post_parameters("oldpassword", "password1", "password2")


class _OwnPasswordMixin(NextMixin):
    """A page for those who have a user name: a password alone opens nothing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "username", ""):
            raise PermissionDenied(
                _(
                    "Vous n'avez pas de nom d'utilisateur, donc pas de mot de passe : votre eID ou itsme suffit. "
                    "Un nom d'utilisateur est donné par le gestionnaire de votre entreprise dans « Gestion des accès »."
                )
            )
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return self.next_url or resolve_url("csam:whoami")


@method_decorator(_hides_passwords, name="dispatch")
class PasswordChangeView(_OwnPasswordMixin, allauth.PasswordChangeView):
    request: AuthenticatedRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "temporary_until": self.request.user.temporary_password_until
        }


@method_decorator(_hides_passwords, name="dispatch")
class PasswordSetView(_OwnPasswordMixin, allauth.PasswordSetView):
    request: AuthenticatedRequest


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasswordResetView(allauth.PasswordResetView):
    request: PortalRequest

    def get_success_url(self) -> str:
        return resolve_url("account_reset_password_done")


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasswordResetDoneView(allauth.PasswordResetDoneView):
    pass


@method_decorator([login_not_required, never_cache, _hides_passwords], name="dispatch")
class PasswordResetFromKeyView(allauth.PasswordResetFromKeyView):
    """The link of the e-mail; one that is old, used, or of another world gives a page that leads to a new one."""

    def get_success_url(self) -> str:
        return resolve_url("account_reset_password_from_key_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if kwargs.get("token_fail"):
            # Nobody to choose a password for.
            kwargs["form"] = None
        context: dict[str, Any] = super().get_context_data(**kwargs)
        first = bool(self.reset_user) and not self.reset_user.has_usable_password()
        return {
            "token_fail": False,
            "first_password": first,
            "username": self.reset_user.username if self.reset_user else "",
        } | context

    def form_valid(self, form: PasswordResetKeyForm) -> HttpResponse:
        get_adapter().forget_failed_logins(self.request, self.reset_user)
        response: HttpResponse = super().form_valid(form)
        # The next page says it, and as its heading.
        list(messages.get_messages(self.request))
        return response


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasswordResetFromKeyDoneView(allauth.PasswordResetFromKeyDoneView):
    pass
