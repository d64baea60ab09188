"""Passkeys (WebAuthn): the page on which one identifies oneself with one, and one's own list of them."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, ListView, TemplateView

from bhod_portal.core import clock
from csam import security, selectors
from csam.enums import DigitalKey
from csam.forms.second_factors import PasskeyAddForm, PasskeyEditForm, PasskeyLoginForm
from csam.http import AuthenticatedRequest, PortalRequest
from csam.security import RecentLoginMixin
from csam.services import second_factors
from csam.views.common import NextMixin
from csam.views.keys import KeyRemoveView


def script_texts() -> dict[str, str]:
    """What static/js/passkey.js says, by the name of the browser's error."""
    return {
        "NotAllowedError": _(
            "Aucune clé d'accès n'a été utilisée : vous avez annulé, le temps est écoulé ou cet appareil n'en a pas "
            "pour ce site. Réessayez, ou choisissez une autre clé numérique."
        ),
        "SecurityError": _(
            "Le navigateur refuse les clés d'accès à cette adresse : ouvrez le portail par « localhost » ou par son nom."
        ),
        "InvalidStateError": _("Cet appareil a déjà une clé d'accès pour votre compte : donnez-en un autre."),
        "unsupported": _(
            "Ce navigateur ne connaît pas les clés d'accès : choisissez une autre clé numérique."
        ),
        "other": _(
            "La clé d'accès n'a pas pu être lue. Attendez une minute et réessayez, ou choisissez une autre clé."
        ),
    }


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasskeyLoginView(NextMixin, TemplateView):
    request: PortalRequest
    template_name = "csam/passkey_login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "identification_url": self.with_next(reverse("csam:identification")),
            "texts": script_texts(),
        }


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasskeyCheckView(NextMixin, LoginWebAuthnView):
    """What the page's script asks: GET a challenge (JSON), POST what the device has signed.

    Whoever is logged in already may come too: a stronger key, or another person.
    """

    request: PortalRequest
    form_class = PasskeyLoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not get_adapter().is_ajax(request):
            return redirect(self._page())
        challenge: HttpResponse = super().get(request, *args, **kwargs)
        return challenge

    def form_valid(self, form: PasskeyLoginForm) -> HttpResponse:
        passkey = form.cleaned_data["credential"]
        passkey.record_usage()
        return security.log_in(self.request, passkey.user, key=DigitalKey.PASSKEY, to=self.next_url)

    def form_invalid(self, form: PasskeyLoginForm) -> HttpResponse:
        codes = {error.code for error in form.errors.as_data()["credential"]}
        if "required" in codes:
            text = _(
                "La clé d'accès demande JavaScript dans votre navigateur : choisissez une autre clé numérique."
            )
        else:
            text = _(
                "Cette clé d'accès n'est pas reconnue : elle a été retirée, ce monde a recommencé, ou la demande a "
                "expiré. Réessayez, ou choisissez une autre clé numérique."
            )
        messages.error(self.request, text)
        return redirect(self._page())

    def _page(self) -> str:
        return self.with_next(reverse("csam:passkey_login"))


class PasskeyListView(ListView):
    request: AuthenticatedRequest
    template_name = "mfa/webauthn/authenticator_list.html"
    context_object_name = "passkeys"

    def get_queryset(self) -> Any:
        return selectors.second_factors(self.request.user).filter(type=Authenticator.Type.WEBAUTHN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"columns": [_("Nom"), _("Ajoutée le"), ""]}


class PasskeyAddView(RecentLoginMixin, FormView):
    request: AuthenticatedRequest
    form_class = PasskeyAddForm
    template_name = "mfa/webauthn/add_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = begin_registration(self.request.user, passwordless=True)
        data = {"creation_options": options}
        return super().get_context_data(**kwargs) | {"js_data": data, "texts": script_texts()}

    def form_valid(self, form: PasskeyAddForm) -> HttpResponse:
        second_factors.add_passkey(
            by=self.request.user, at=clock.now(self.request.world), **form.cleaned_data
        )
        messages.success(
            self.request, _("Votre clé d'accès est enregistrée : elle vous identifie désormais.")
        )
        return redirect("csam:key_list")


def _own_passkey(request: HttpRequest, pk: int) -> Authenticator:
    """A passkey of the person himself; of nobody else one learns that it exists."""
    own = selectors.second_factors(cast(AuthenticatedRequest, request).user)
    return get_object_or_404(own, type=Authenticator.Type.WEBAUTHN, pk=pk)


class PasskeyEditView(RecentLoginMixin, FormView):
    request: AuthenticatedRequest
    form_class = PasskeyEditForm
    template_name = "mfa/webauthn/edit_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key = _own_passkey(request, kwargs["passkey_pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.key}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"key": self.key}

    def form_valid(self, form: PasskeyEditForm) -> HttpResponse:
        second_factors.rename_passkey(
            passkey=self.key,
            name=form.cleaned_data["name"],
            by=self.request.user,
            at=clock.now(self.request.world),
        )
        messages.success(self.request, _("La clé d'accès a changé de nom."))
        return redirect("mfa_list_webauthn")


class PasskeyRemoveView(KeyRemoveView):
    key_type = Authenticator.Type.WEBAUTHN
    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    done = gettext_lazy("La clé d'accès a été retirée : elle ne vous identifie plus.")

    def find_key(self) -> Authenticator:
        return _own_passkey(self.request, self.kwargs["passkey_pk"])
