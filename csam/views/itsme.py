from enum import StrEnum, auto
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from bhod_portal.core import clock
from csam import security, selectors
from csam.enums import DigitalKey, ItsmeIcon, ItsmeState
from csam.forms.itsme import ItsmeLoginForm
from csam.http import PortalRequest, refreshes_itself
from csam.models import ItsmeRequest
from csam.services import itsme
from csam.views.common import HOME, NextMixin

# The token of the request that this browser made last: it alone may be answered for this session.
SESSION_KEY = "csam_itsme_token"
REFRESH_SECONDS = 5


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("phone"), rate_limit(action="itsme")],
    name="dispatch",
)
class ItsmeLoginView(NextMixin, FormView):
    request: PortalRequest
    form_class = ItsmeLoginForm
    template_name = "csam/itsme_login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        identification_url = self.with_next(reverse("csam:identification"))
        return super().get_context_data(**kwargs) | {"identification_url": identification_url}

    def form_valid(self, form: ItsmeLoginForm) -> HttpResponse:
        world, phone = self.request.world, form.cleaned_data["phone"]
        if not ratelimit.consume(self.request, action="itsme_phone", key=f"{world.pk}:{phone}"):
            too_many = _("Trop de demandes pour ce numéro. Attendez cinq minutes avant la suivante.")
            form.add_error("phone", ValidationError(too_many, code="too_many_requests"))
            return self.form_invalid(form)
        before = self.request.session.get(SESSION_KEY)
        made = itsme.request_login(
            world=world, phone=phone, at=clock.now(world), replaces=UUID(before) if before else None
        )
        self.request.session[SESSION_KEY] = str(made.token)
        return redirect(self.with_next(reverse("csam:itsme_wait")))


class Wait(StrEnum):
    """What the browser that asked may know of its request."""

    PENDING = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    LAPSED = auto()
    USED = auto()


_WAITS = {
    ItsmeState.PENDING: Wait.PENDING,
    ItsmeState.APPROVED: Wait.ACCEPTED,
    ItsmeState.REFUSED: Wait.REFUSED,
    ItsmeState.USED: Wait.USED,
}


@method_decorator([login_not_required, never_cache, refreshes_itself], name="dispatch")
class ItsmeWaitView(NextMixin, TemplateView):
    """Where the browser waits for the phone: it looks again by itself, but only its user's click logs in."""

    request: PortalRequest
    template_name = "csam/itsme_wait.html"
    asked: ItsmeRequest | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        token = request.session.get(SESSION_KEY)
        self.asked = selectors.itsme_request_with_token(self.request.world, token) if token else None
        self.at = clock.now(self.request.world)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.asked is None:
            # A second click on « Continuer » comes when the first one has used the request up.
            done = DigitalKey.ITSME in security.used_keys(request)
            return redirect(self.next_url or HOME if done else self.with_next(reverse("csam:itsme_login")))
        return super().dispatch(request, *args, **kwargs)

    @property
    def wait(self) -> Wait:
        asked = self._asked
        return Wait.LAPSED if selectors.itsme_has_lapsed(asked, self.at) else _WAITS[ItsmeState(asked.state)]

    @property
    def _asked(self) -> ItsmeRequest:
        assert self.asked is not None  # noqa: S101  (dispatch has looked)
        return self.asked

    @property
    def _is_paused(self) -> bool:
        return "pause" in self.request.GET

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = self._asked.requested_at + itsme.LAPSES_AFTER - self.at
        minutes, seconds = divmod(max(0, int(left.total_seconds())), 60)
        return super().get_context_data(**kwargs) | {
            "wait": self.wait,
            "icon": ItsmeIcon(self._asked.icon),
            "minutes": minutes,
            "seconds": seconds,
            "refresh_seconds": REFRESH_SECONDS,
            "is_paused": self._is_paused,
            "pause_url": f"?{urlencode({'next': self.next_url, 'pause': 1})}",
            "resume_url": self.with_next(reverse("csam:itsme_wait")),
            "again_url": self.with_next(reverse("csam:itsme_login")),
            "identification_url": self.with_next(reverse("csam:identification")),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if self.wait == Wait.PENDING and not self._is_paused:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = itsme.use(token=self._asked.token, at=self.at)
        if person is not None:
            del request.session[SESSION_KEY]
            return security.log_in(request, person, key=DigitalKey.ITSME, to=self.next_url)
        if self.wait == Wait.PENDING:
            messages.info(request, _("Votre téléphone n'a pas encore répondu à la demande."))
        return redirect(self.with_next(reverse("csam:itsme_wait")))
