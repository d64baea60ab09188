from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.decorators import rate_limit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, RedirectView, TemplateView, View

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Row
from csam import security, selectors
from csam.enums import DigitalKey
from csam.forms import EidLoginForm, PasswordLoginForm
from csam.http import AuthenticatedRequest, PortalRequest
from csam.models import EidCard
from csam.services import digital_keys
from csam.services.digital_keys import Outcome, Reading
from csam.views.common import NextMixin

HOME = "training:portal_home"


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key as the identification page offers it."""

    key: DigitalKey
    hint: str
    url: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    title: str | Promise
    cards: tuple[KeyCard, ...]


GROUPS = (
    (gettext_lazy("Clé(s) numérique(s) avec l'eID ou identité numérique"), (DigitalKey.EID,)),
    (
        gettext_lazy("Clé(s) numérique(s) avec code de sécurité et nom d'utilisateur + mot de passe"),
        (DigitalKey.PASSWORD,),
    ),
)
PAGES = {DigitalKey.EID: "csam:eid_login", DigitalKey.PASSWORD: "csam:password_login"}
HINTS = {
    DigitalKey.EID: gettext_lazy("lecteur simulé : choisissez une carte et donnez son code PIN"),
    DigitalKey.PASSWORD: gettext_lazy("nom d'utilisateur et mot de passe"),
}


def key_groups(view: NextMixin, keys: Iterable[DigitalKey]) -> list[KeyGroup]:
    """The groups of the identification page in which some of these keys stand."""
    offered = frozenset(keys)
    groups = [
        KeyGroup(
            title,
            tuple(
                KeyCard(key, str(HINTS[key]), view.with_next(reverse(PAGES[key])))
                for key in members
                if key in offered
            ),
        )
        for title, members in GROUPS
    ]
    return [group for group in groups if group.cards]


@method_decorator([login_not_required, never_cache], name="dispatch")
class IdentificationView(NextMixin, TemplateView):
    request: PortalRequest
    template_name = "csam/identification.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = key_groups(self, security.keys_offered(self.service))
        onward = self.next_url or resolve_url(HOME)
        return super().get_context_data(**kwargs) | {"groups": groups, "onward_url": onward}


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("pin")], name="dispatch")
class EidLoginView(NextMixin, FormView):
    request: PortalRequest
    form_class = EidLoginForm
    template_name = "csam/eid_login.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cards": selectors.card_holders(self.request.world)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"identification_url": self.with_next(reverse("csam:identification")), "stuck": False}
        return super().get_context_data(**context | kwargs)

    def form_valid(self, form: EidLoginForm) -> HttpResponse:
        person, pin = form.cleaned_data["card"], form.cleaned_data["pin"]
        reading = digital_keys.read_card(card=person.eid_card, pin=pin, on=clock.today(self.request.world))
        if reading.outcome is Outcome.OK:
            return security.log_in(self.request, person, key=DigitalKey.EID, to=self.next_url)
        form.add_error(*_refusal_of(reading, person.eid_card))
        stuck = reading.outcome in {Outcome.BLOCKED, Outcome.EXPIRED}
        return self.render_to_response(self.get_context_data(form=form, stuck=stuck))


def _refusal_of(reading: Reading, card: EidCard) -> tuple[str, ValidationError]:
    """The field to which a refusal of the reader belongs, and what it says."""
    match reading.outcome:
        case Outcome.WRONG_PIN:
            left = reading.tries_left
            wrong = ngettext(
                "Code PIN faux. Il reste %(left)s essai.", "Code PIN faux. Il reste %(left)s essais.", left
            )
            return "pin", ValidationError(wrong, code="wrong_pin", params={"left": left})
        case Outcome.BLOCKED:
            blocked = _("Cette carte est bloquée : trois codes PIN faux d'affilée.")
            return "card", ValidationError(blocked, code="card_blocked")
        case _:
            expired = _("Cette carte a expiré le %(day)s.")
            params = {"day": f"{card.expires_on:%d/%m/%Y}"}
            return "card", ValidationError(expired, code="card_expired", params=params)


# allauth answers an address that asks too often with templates/429.html.
@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password"), rate_limit(action="login")],
    name="dispatch",
)
class PasswordLoginView(NextMixin, FormView):
    request: PortalRequest
    form_class = PasswordLoginForm
    template_name = "csam/password_login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        identification_url = self.with_next(reverse("csam:identification"))
        return super().get_context_data(**kwargs) | {"identification_url": identification_url}

    def form_valid(self, form: PasswordLoginForm) -> HttpResponse:
        try:
            person = get_adapter().authenticate(self.request, **form.cleaned_data)
        except ValidationError as too_many_attempts:
            return self._refuse(form, too_many_attempts)
        if person is None:
            wrong = _("Le nom d'utilisateur ou le mot de passe est faux.")
            return self._refuse(form, ValidationError(wrong, code="invalid_login"))
        return security.log_in(self.request, person, key=DigitalKey.PASSWORD, to=self.next_url)

    def _refuse(self, form: forms.Form, refusal: ValidationError) -> HttpResponse:
        form.add_error(None, refusal)
        return self.form_invalid(form)


class LevelTooWeakView(NextMixin, TemplateView):
    """Explains why the keys of this session don't open a service, and offers those that do."""

    request: AuthenticatedRequest
    template_name = "csam/level_too_weak.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.service is None or security.session_level(request) >= self.service.lowest_level:
            return redirect(self.next_url or HOME)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        service = self.service
        keys = security.keys_strong_enough(service) if service else ()
        return super().get_context_data(**kwargs) | {
            "groups": key_groups(self, keys),
            "level": security.session_level(self.request),
        }


@method_decorator(login_not_required, name="dispatch")
class LogoutView(View):
    request: PortalRequest

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(HOME)
        return render(request, "csam/logout.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            get_adapter().logout(request)
            messages.success(request, _("Vous avez quitté le portail : votre session est fermée."))
        return redirect(HOME)


class WhoamiView(TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/whoami.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, world = self.request.user, self.request.world
        keys = security.used_keys(self.request)
        identity = [
            Row(_("Nom"), person),
            Row(_("NISS"), format_niss(person.niss)),
            Row(_("Titre"), person.get_title_display()),
            Row(_("Adresse e-mail"), person.email),
            Row(_("Nom d'utilisateur"), person.username),
            Row(_("Monde"), world),
        ]
        session = [
            Row(_("Clé numérique"), ", ".join(str(key.label) for key in DigitalKey if key in keys)),
            Row(_("Niveau de sécurité"), security.session_level(self.request).label),
        ]
        return super().get_context_data(**kwargs) | {
            "identity": identity,
            "session": session,
            "legal_functions": selectors.current_legal_functions(person, clock.today(world)),
            "manager_roles": selectors.manager_roles(person),
        }


@method_decorator(login_not_required, name="dispatch")
class AccountInactiveView(TemplateView):
    """Where allauth leads someone whose key is right but whose account is blocked."""

    template_name = "csam/account_inactive.html"


@method_decorator(login_not_required, name="dispatch")
class AccountLoginView(RedirectView):
    """Where allauth leads someone whose login it could not finish."""

    pattern_name = "csam:identification"
    query_string = True
