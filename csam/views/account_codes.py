"""The second page of the keys « user name + password, then a code »: allauth's, in our words."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.stages import LoginByCodeStage, LoginStage, LoginStageController
from allauth.account.views import ConfirmLoginCodeView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from csam import security
from csam.enums import DigitalKey
from csam.forms.keys import HeldCodeForm, SentCodeForm
from csam.http import PortalRequest

TRIES = app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS


class PendingCodeMixin(View):
    """A page that asks for the code of a login which waits for it in this session.

    Without such a login, or once it is over, the visitor is led back to the keys and told why; he keeps the place
    where he was going.
    """

    request: PortalRequest
    stage_key: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            stage = LoginStageController.enter(request, self.stage_key)
            if stage is None or stage.login.user is None:
                return self._leave(
                    None, _("Aucun code n'est attendu ici : choisissez d'abord votre clé numérique.")
                )
            if not stage.login.user.is_active:
                stage.abort()
                return redirect("account_inactive")
            if self.is_over(stage):
                return self._leave(
                    stage, _("Votre code a expiré. Choisissez votre clé pour en recevoir un autre.")
                )
        return super().dispatch(request, *args, **kwargs)

    def is_over(self, stage: LoginStage) -> bool:
        """Whether the code that was given out for this login has expired."""
        return False

    def three_wrong(self, stage: LoginStage) -> HttpResponse:
        return self._leave(
            stage,
            _(
                "Trois codes faux : cette identification est arrêtée. Choisissez à nouveau votre clé pour recommencer."
            ),
        )

    def too_many(self, stage: LoginStage) -> HttpResponse:
        return self._leave(
            stage,
            _(
                "Trop de codes faux pour ce compte. Attendez cinq minutes, ou choisissez une autre clé numérique."
            ),
        )

    def _leave(self, stage: LoginStage | None, why: str) -> HttpResponse:
        address = _identification_url(stage)
        if stage:
            stage.abort()
        self.request.session.pop(security.CHOSEN_KEY, None)
        messages.error(self.request, why)
        return redirect(address)


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("code")], name="dispatch")
class SentCodeView(PendingCodeMixin, ConfirmLoginCodeView):
    """The code that was sent by e-mail or SMS."""

    stage_key = LoginByCodeStage.key
    form_class = SentCodeForm

    def is_over(self, stage: LoginStage) -> bool:
        return bool(time.time() - stage.state["at"] > app_settings.LOGIN_BY_CODE_TIMEOUT)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Who has guessed wrong five times, in however many attempts, may not guess right now either.
        if self._action == "verify" and not self._may_guess(dry_run=True):
            return self.too_many(self.stage)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        self._process.state["at"] = time.time()
        response: HttpResponse = super()._resend_form_valid(form)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("code", "incorrect_code"):
            self._may_guess()
            if not self._process.record_invalid_attempt():
                return self.three_wrong(self.stage)
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return answer

    def _may_guess(self, *, dry_run: bool = False) -> bool:
        key = f"csam-code-{self.stage.login.user.pk}"
        return bool(ratelimit.consume(self.request, action="login_failed", key=key, dry_run=dry_run))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.stage.state
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "by_sms": "phone" in state,
            "resend_action": "resend",
            "sent_to": state["phone"][-2:] if "phone" in state else _masked(state["email"]),
            "tries_left": _tries_left(self.stage),
            "identification_url": _identification_url(self.stage),
        }


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("code")], name="dispatch")
class HeldCodeView(PendingCodeMixin, AuthenticateView):
    """A code that the person holds himself: of his mobile application, or of his paper token."""

    stage_key = AuthenticateStage.key
    template_name = "mfa/authenticate.html"

    @property
    def by_token(self) -> bool:
        return security.chosen_key(self.request) == DigitalKey.TOKEN

    def _build_forms(self) -> Form | None:
        # Without the passkey that allauth would take here too: it is a key of its own.
        self.webauthn_form = None
        posted = self.request.method == "POST"
        data = self.request.POST if posted else None
        help_text = _("8 chiffres") if self.by_token else _("6 chiffres, qui changent toutes les 30 secondes")
        self.auth_form = HeldCodeForm(user=self.stage.login.user, data=data, help_text=help_text)
        return self.auth_form if posted else None

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("code", "too_many_login_attempts"):
            return self.too_many(self.stage)
        if form.has_error("code", "incorrect_code"):
            self.stage.state["failed_attempts"] = self.stage.state.get("failed_attempts", 0) + 1
            self.request.session.modified = True
            if not _tries_left(self.stage):
                return self.three_wrong(self.stage)
        response: HttpResponse = super().form_invalid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "by_token": self.by_token,
            "tries_left": _tries_left(self.stage),
            "identification_url": _identification_url(self.stage),
        }


def _tries_left(stage: LoginStage) -> int:
    return int(TRIES - stage.state.get("failed_attempts", 0))


def _identification_url(stage: LoginStage | None) -> str:
    """Back to the choice of a key, on the way to where this login leads."""
    url = reverse("csam:identification")
    onward = stage.login.redirect_url if stage else ""
    if not onward or onward == resolve_url(settings.LOGIN_REDIRECT_URL):
        return url
    return f"{url}?{urlencode({'next': onward})}"


def _masked(email: str) -> str:
    """« s…e@exemple.invalid »: enough to know one's own address again, no more."""
    name, _at, domain = email.partition("@")
    last = name[-1] if name[2:] else ""
    return f"{name[:1]}…{last}@{domain}"
