"""« Mes clés numériques »: what one can identify oneself with; application and paper token. Passkeys stand apart."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_phone
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam import selectors
from csam.enums import DigitalKey, ItsmePhoneState
from csam.forms.second_factors import AppEnrolForm, TokenIssueForm
from csam.http import AuthenticatedRequest
from csam.models import Person
from csam.security import LEVELS, RecentLoginMixin
from csam.services import second_factors
from csam.services.eid import PINS


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A kind of key as its owner sees it: its state in a word, what is known of it, what he can do with it."""

    title: str
    state: str
    tone: str
    level: str
    rows: list[Row] = field(default_factory=list)
    text: str = ""
    links: list[Link] = field(default_factory=list)


class KeyListView(TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/key_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.request.user, clock.today(self.request.world)
        factors = list(selectors.second_factors(person))
        keys = [
            _eid(person, today),
            _itsme(person),
            _password(person),
            _app(person, _first(factors, Authenticator.Type.TOTP)),
            _token(person, _first(factors, Authenticator.Type.RECOVERY_CODES)),
            _passkeys([factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN]),
        ]
        return super().get_context_data(**kwargs) | {"keys": keys}


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class AppEnrolView(RecentLoginMixin, ActivateTOTPView):
    request: AuthenticatedRequest
    form_class = AppEnrolForm
    template_name = "mfa/totp/activate_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A second click finds the application there; allauth would offer to remove it.
        if selectors.second_factors(self.request.user).filter(type=Authenticator.Type.TOTP).exists():
            return redirect("csam:key_list")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: AppEnrolForm) -> HttpResponse:
        person = self.request.user
        try:
            second_factors.enrol_app(
                secret=form.secret,
                code=form.cleaned_data["code"],
                by=person,
                at=clock.now(self.request.world),
            )
        except ValidationError as refusal:
            messages.warning(self.request, refusal.message)
            return redirect("csam:key_list")
        clear_totp_secret(self.request)
        messages.success(
            self.request, _("L'application est liée à votre compte : elle vous identifie désormais.")
        )
        return redirect("csam:key_list")


class KeyRemoveView(RecentLoginMixin, FormView):
    """Asks before a key of one's own is taken away; a second click finds that it has gone."""

    request: AuthenticatedRequest
    form_class = forms.Form
    key_type: Authenticator.Type
    done = gettext_lazy("Cette clé a été retirée.")
    key: Authenticator

    def find_key(self) -> Authenticator | None:
        return selectors.second_factors(self.request.user).filter(type=self.key_type).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.find_key()
        if found is None:
            return redirect("csam:key_list")
        self.key = found
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"key": self.key}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        second_factors.remove_key(key=self.key, by=self.request.user, at=clock.now(self.request.world))
        messages.success(self.request, str(self.done))
        return redirect("csam:key_list")


class AppRemoveView(KeyRemoveView):
    key_type = Authenticator.Type.TOTP
    template_name = "mfa/totp/deactivate_form.html"
    done = gettext_lazy("L'application a été retirée : ses codes ne vous identifient plus.")


class TokenIssueView(RecentLoginMixin, FormView):
    request: AuthenticatedRequest
    form_class = TokenIssueForm
    template_name = "mfa/recovery_codes/generate.html"

    def get_initial(self) -> dict[str, Any]:
        held = _held_token(self.request.user)
        return {"replaces": held.pk if held else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = _held_token(self.request.user)
        left = len(held.wrap().get_unused_codes()) if held else 0
        return super().get_context_data(**kwargs) | {"held": held, "left": left}

    def form_valid(self, form: TokenIssueForm) -> HttpResponse:
        second_factors.issue_token(
            by=self.request.user, at=clock.now(self.request.world), **form.cleaned_data
        )
        messages.success(self.request, _("Votre token papier est prêt : imprimez-le ou notez-le."))
        return redirect("mfa_view_recovery_codes")


@dataclass(frozen=True, slots=True)
class NumberedCode:
    number: int
    code: str
    used: bool


@method_decorator(never_cache, name="dispatch")
class TokenView(RecentLoginMixin, ViewRecoveryCodesView):
    request: AuthenticatedRequest
    template_name = "mfa/recovery_codes/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        codes = _numbered_codes(self.request.user)
        return context | {
            "codes": codes,
            "person": self.request.user,
            "token": _held_token(self.request.user),
        }


class TokenDownloadView(RecentLoginMixin, DownloadRecoveryCodesView):
    """The codes that have not served yet, as text, one a line."""

    request: AuthenticatedRequest
    template_name = "mfa/recovery_codes/download.txt"
    content_type = "text/plain; charset=utf-8"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        codes = [code for code in _numbered_codes(self.request.user) if not code.used]
        return context | {"codes": codes, "person": self.request.user}

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **response_kwargs)
        response["Content-Disposition"] = 'attachment; filename="token-papier.txt"'
        return response


def _first(factors: list[Authenticator], kind: Authenticator.Type) -> Authenticator | None:
    return next((factor for factor in factors if factor.type == kind), None)


def _held_token(person: Person) -> Authenticator | None:
    return selectors.second_factors(person).filter(type=Authenticator.Type.RECOVERY_CODES).first()


def _numbered_codes(person: Person) -> list[NumberedCode]:
    token = _held_token(person)
    if token is None:
        raise Http404
    unused = set(token.wrap().get_unused_codes())
    codes = enumerate(token.wrap().generate_codes(), start=1)
    return [NumberedCode(number, code, code not in unused) for number, code in codes]


def day_of(instant: datetime) -> str:
    return shown_day(clock.day_of(instant))


def _level(*keys: DigitalKey) -> str:
    return " / ".join(dict.fromkeys(str(LEVELS[key].label) for key in keys))


def _eid(person: Person, today: date) -> OwnKey:
    title, level = _("Carte d'identité électronique (eID)"), _level(DigitalKey.EID)
    card = getattr(person, "eid_card", None)
    if card is None:
        return OwnKey(title, _("aucune"), "neutral", level, text=_("Vous n'avez pas de carte eID."))
    rows = [Row(_("Valable jusqu'au"), shown_day(card.expires_on))]
    way_out = _("Dans la réalité, la commune remet un nouveau code PIN ou une nouvelle carte.")
    if card.wrong_pins >= PINS:
        return OwnKey(title, _("bloquée"), "danger", level, rows, way_out)
    if card.expires_on < today:
        return OwnKey(title, _("expirée"), "danger", level, rows, way_out)
    if not card.reader_connected:
        return OwnKey(
            title,
            _("lecteur absent"),
            "warning",
            level,
            rows,
            _("Branchez le lecteur de cartes pour vous en servir."),
        )
    return OwnKey(title, _("en ordre"), "success", level, rows)


def _itsme(person: Person) -> OwnKey:
    level = _level(DigitalKey.ITSME)
    account = getattr(person, "itsme_account", None)
    if account is None:
        link = Link(_("Créez votre compte itsme"), reverse("csam:outside", args=["itsme"]))
        return OwnKey("itsme", _("aucun compte"), "neutral", level, links=[link])
    tone = "success" if account.state == ItsmePhoneState.READY else "danger"
    rows = [Row(_("Numéro de téléphone"), format_phone(account.phone))]
    return OwnKey("itsme", account.get_state_display(), tone, level, rows)


def _password(person: Person) -> OwnKey:
    title = _("Nom d'utilisateur et mot de passe")
    level = _level(DigitalKey.PASSWORD, DigitalKey.EMAIL, DigitalKey.SMS)
    if not person.username or not person.has_usable_password():
        text = _(
            "Le Gestionnaire Local de votre organisation vous donne un nom d'utilisateur quand il vous y ajoute."
        )
        return OwnKey(title, _("aucun"), "neutral", level, text=text)
    rows = [
        Row(_("Nom d'utilisateur"), person.username),
        Row(_("Code de sécurité par e-mail"), person.email),
        Row(_("Code de sécurité par SMS"), person.phone),
    ]
    if person.temporary_password_until:
        rows.append(
            Row(_("Mot de passe temporaire, à changer avant le"), day_of(person.temporary_password_until))
        )
    links = [Link(_("Modifier mon mot de passe"), reverse("account_change_password"))]
    return OwnKey(title, _("actif"), "success", level, rows, links=links)


def _needs_a_password(person: Person) -> str:
    """What application and token say to who can't use them yet."""
    if person.username and person.has_usable_password():
        return ""
    return _(
        "Pour vous en servir, il vous faut aussi un nom d'utilisateur et un mot de passe, que vous n'avez pas encore."
    )


def _app(person: Person, app: Authenticator | None) -> OwnKey:
    title, level = _("Application mobile (code de sécurité)"), _level(DigitalKey.APP)
    if app is None:
        text = _("Une application sur votre téléphone calcule un code de 6 chiffres toutes les 30 secondes.")
        links = [Link(_("Ajouter l'application"), reverse("mfa_activate_totp"))]
        return OwnKey(
            title, _("non liée"), "neutral", level, text=f"{text} {_needs_a_password(person)}", links=links
        )
    rows = [Row(_("Liée le"), day_of(app.created_at))]
    links = [Link(_("Retirer l'application"), reverse("mfa_deactivate_totp"))]
    return OwnKey(title, _("liée"), "success", level, rows, _needs_a_password(person), links)


def _token(person: Person, token: Authenticator | None) -> OwnKey:
    title, level = _("Token papier"), _level(DigitalKey.TOKEN)
    if token is None:
        text = _("24 codes numérotés sur une feuille de papier, dont chacun sert une seule fois.")
        links = [Link(_("Demander un token papier"), reverse("mfa_generate_recovery_codes"))]
        return OwnKey(
            title, _("aucun"), "neutral", level, text=f"{text} {_needs_a_password(person)}", links=links
        )
    left, total = len(token.wrap().get_unused_codes()), len(token.wrap().generate_codes())
    rows = [
        Row(_("Délivré le"), day_of(token.created_at)),
        Row(_("Codes qui restent"), _("%(left)s sur %(total)s") % {"left": left, "total": total}),
    ]
    links = [
        Link(_("Voir et imprimer le token"), reverse("mfa_view_recovery_codes")),
        Link(_("Remplacer le token"), reverse("mfa_generate_recovery_codes")),
    ]
    state, tone = (_("actif"), "success") if left else (_("épuisé"), "danger")
    return OwnKey(title, state, tone, level, rows, _needs_a_password(person), links)


def _passkeys(passkeys: list[Authenticator]) -> OwnKey:
    title, level = _("Clés d'accès (passkeys)"), _level(DigitalKey.PASSKEY)
    add = Link(_("Ajouter une clé d'accès"), reverse("mfa_add_webauthn"))
    if not passkeys:
        text = _(
            "Votre ordinateur, votre téléphone ou une clé USB vous reconnaît, par votre empreinte ou par un code."
        )
        return OwnKey(title, _("aucune"), "neutral", level, text=text, links=[add])
    state = ngettext("%(count)s clé", "%(count)s clés", len(passkeys)) % {"count": len(passkeys)}
    rows = [Row(str(key), _("ajoutée le %(day)s") % {"day": day_of(key.created_at)}) for key in passkeys]
    manage = Link(_("Renommer ou retirer"), reverse("mfa_list_webauthn"))
    return OwnKey(title, state, "success", level, rows, links=[add, manage])
