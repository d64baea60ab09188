from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView, TemplateView, View

from csam import security
from csam.enums import DigitalKey
from csam.http import AuthenticatedRequest, PortalRequest
from csam.views.common import HOME, KeptPageMixin, NextMixin


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key as the identification page offers it."""

    key: DigitalKey
    hint: Promise
    url: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys below one heading; `makes_itsme`: here stands the way to an itsme account."""

    title: Promise
    cards: tuple[KeyCard, ...]
    makes_itsme: bool = False


GROUPS = (
    (
        gettext_lazy("Clé(s) numérique(s) avec l'eID ou identité numérique"),
        (DigitalKey.EID, DigitalKey.ITSME, DigitalKey.PASSKEY),
    ),
    (
        gettext_lazy("Clé(s) numérique(s) avec code de sécurité et nom d'utilisateur + mot de passe"),
        security.WITH_PASSWORD,
    ),
    (gettext_lazy("Authentification européenne"), (DigitalKey.EIDAS,)),
)
LAST_TIME = gettext_lazy("La dernière fois")
PAGES = {
    DigitalKey.EID: "csam:eid_login",
    DigitalKey.ITSME: "csam:itsme_login",
    DigitalKey.PASSKEY: "csam:passkey_login",
    DigitalKey.EMAIL: "csam:email_login",
    DigitalKey.SMS: "csam:sms_login",
    DigitalKey.APP: "csam:app_login",
    DigitalKey.TOKEN: "csam:token_login",
    DigitalKey.PASSWORD: "csam:password_login",
    DigitalKey.EIDAS: "csam:eidas_country",
}
HINTS = {
    DigitalKey.EID: gettext_lazy("lecteur simulé : choisissez une carte et donnez son code PIN"),
    DigitalKey.ITSME: gettext_lazy("numéro de téléphone, puis la même icône sur le téléphone simulé"),
    DigitalKey.PASSKEY: gettext_lazy("une vraie clé d'accès de votre appareil, activée auparavant"),
    DigitalKey.EMAIL: gettext_lazy("nom d'utilisateur et mot de passe, puis le code reçu par e-mail"),
    DigitalKey.SMS: gettext_lazy("nom d'utilisateur et mot de passe, puis le code reçu par SMS"),
    DigitalKey.APP: gettext_lazy("nom d'utilisateur et mot de passe, puis le code que montre l'application"),
    DigitalKey.TOKEN: gettext_lazy("nom d'utilisateur et mot de passe, puis un code de votre token"),
    DigitalKey.PASSWORD: gettext_lazy("nom d'utilisateur et mot de passe"),
    DigitalKey.EIDAS: gettext_lazy("l'identité électronique d'un autre pays d'Europe"),
}


def key_groups(view: NextMixin, keys: Iterable[DigitalKey]) -> list[KeyGroup]:
    """These keys in the groups of the identification page; first, by itself, the one used last in this browser."""
    offered = {key: KeyCard(key, HINTS[key], view.with_next(reverse(PAGES[key]))) for key in keys}
    last = view.request.COOKIES.get(security.LAST_KEY_COOKIE)
    groups = [KeyGroup(LAST_TIME, tuple(card for key, card in offered.items() if key == last))]
    groups += [
        KeyGroup(
            title,
            tuple(offered[key] for key in members if key in offered and key != last),
            makes_itsme=DigitalKey.ITSME in members,
        )
        for title, members in GROUPS
    ]
    return [group for group in groups if group.cards]


@method_decorator([login_not_required, never_cache], name="dispatch")
class IdentificationView(KeptPageMixin, NextMixin, TemplateView):
    request: PortalRequest
    template_name = "csam/identification.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self._asked_again()
        keys = security.keys_offered(self.service)
        if asked:
            keys = tuple(key for key in keys if security.LEVELS[key] >= asked.lowest_level)
        onward = "" if asked else self.next_url or resolve_url(HOME)
        return super().get_context_data(**kwargs) | {"groups": key_groups(self, keys), "onward_url": onward}

    def _asked_again(self) -> security.Service | None:
        """For a visitor with a session whose last login is too old or too weak for an act of weight: what it asks for."""
        if self.service is None or not self.request.user.is_authenticated:
            return None
        try:
            page: type[View] = getattr(resolve(urlsplit(self.next_url).path).func, "view_class", View)
        except Resolver404:
            return None
        if not issubclass(page, security.RecentLoginMixin):
            return None
        asked = page.proof or self.service
        return None if security.is_recent(self.request, asked) else asked


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
class AccountInactiveView(TemplateView):
    """Where allauth leads someone whose key is right but whose account is blocked."""

    template_name = "csam/account_inactive.html"


@method_decorator(login_not_required, name="dispatch")
class AccountLoginView(RedirectView):
    """Where allauth leads someone whose login it could not finish."""

    pattern_name = "csam:identification"
    query_string = True
