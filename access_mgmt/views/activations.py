"""The activation of a quality: contact and local manager, account, check, confirmation (seed 000, lines 187-191)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import OFFERED_QUALITIES, QualityKind
from access_mgmt.forms.activations import ME, OTHER, AccountForm, QualityActivateForm
from access_mgmt.models import Quality
from access_mgmt.selectors.blocking import asks_first_password
from access_mgmt.services import qualities
from access_mgmt.views.common import EntityView
from bhod_portal.core import drafts
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.ui import Row, Section
from csam.http import AuthenticatedRequest, check_look_ups
from csam.models import Person
from csam.selectors import person_with_pk

FLOW = "quality"


class ActivationView(EntityView):
    """A page of the flow: knows the quality asked for, what was typed so far, and the local manager chosen."""

    kind: QualityKind
    draft: dict[str, Any]
    chosen: Person | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        try:
            self.kind = QualityKind(kwargs["kind"])
        except ValueError as error:
            raise Http404 from error
        if self.kind not in OFFERED_QUALITIES:
            raise Http404
        self.draft = drafts.read(person=self.person, flow=FLOW, subject=self.subject)
        self.chosen = person_with_pk(self.person.world, self.draft.get("manager"))

    @property
    def subject(self) -> str:
        return f"{self.enterprise.bce_number}:{self.kind.value}"

    def active_quality(self) -> Quality | None:
        return selectors.active_quality(self.enterprise, self.kind)

    def go_to(self, page: str) -> HttpResponse:
        return redirect(self.address(page))

    def address(self, page: str) -> str:
        return reverse(
            f"access_mgmt:{page}", kwargs={"bce": self.enterprise.bce_number, "kind": self.kind.value}
        )

    def remember(self, **data: Any) -> None:
        drafts.save(person=self.person, flow=FLOW, subject=self.subject, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "opens_bhod": self.kind == QualityKind.EHEALTH,
            "ehealth": selectors.active_quality(self.enterprise, QualityKind.EHEALTH),
        }

    def already_active(self) -> HttpResponse:
        messages.info(
            self.request,
            _("La qualité « %(kind)s » est déjà active pour cette entreprise.") % {"kind": self.kind.label},
        )
        return redirect("access_mgmt:quality_list", bce=self.enterprise.bce_number)


class QualityActivateView(ActivationView, FormView):
    """Contact e-mail and local manager: me, or someone by NISS."""

    request: AuthenticatedRequest
    form_class = QualityActivateForm
    template_name = "access_mgmt/quality_activate.html"

    def elsewhere(self) -> HttpResponse | None:
        return self.already_active() if self.active_quality() else None

    def get_initial(self) -> dict[str, Any]:
        other = self.chosen is not None and self.chosen != self.person
        return {
            "contact_email": self.draft.get("contact_email", ""),
            "manager": (OTHER if other else ME) if self.chosen else None,
            "niss": format_niss(self.chosen.niss) if self.chosen and other else "",
        }

    def form_valid(self, form: Form) -> HttpResponse:
        manager = self.person
        if form.cleaned_data["manager"] == OTHER:
            try:
                check_look_ups(self.request)
                manager = qualities.find_local_manager(
                    enterprise=self.enterprise, niss=form.cleaned_data["niss"], by=self.person, at=self.at
                )
            except ValidationError as refusal:
                form.add_error("niss", refusal)
                return self.form_invalid(form)
        self.remember(contact_email=form.cleaned_data["contact_email"], manager=manager.pk)
        if manager != self.chosen:
            # An account that was typed for someone else is not his.
            self.remember(username="", password_hash="", email="")
        return self.go_to("quality_activate_account")


class QualityActivateAccountView(ActivationView, FormView):
    """User name, password, e-mail of the local manager; of an account that he has, only the e-mail is asked."""

    request: AuthenticatedRequest
    form_class = AccountForm
    template_name = "access_mgmt/quality_activate_account.html"
    manager: Person

    def elsewhere(self) -> HttpResponse | None:
        if self.active_quality():
            return self.already_active()
        if self.chosen is None:
            return self.go_to("quality_activate")
        self.manager = self.chosen
        return None

    def get_initial(self) -> dict[str, Any]:
        own = self.draft.get("contact_email", "") if self.manager == self.person else ""
        return {
            "username": self.draft.get("username") or selectors.proposed_username(self.manager),
            "email": self.draft.get("email") or self.manager.email or own,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = bool(self.draft.get("password_hash"))
        return super().get_form_kwargs() | {
            "person": self.manager,
            "asks_password": asks_first_password(self.manager, self.enterprise, by=self.person),
            "password_chosen": chosen,
        }

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        username = data.get("username", "")
        if username and not selectors.is_username_free(self.person.world, username, but_of=self.manager):
            form.add_error(
                "username",
                ValidationError(
                    _("Ce nom d'utilisateur est déjà pris. Libre : %(proposal)s"),
                    code="username_taken",
                    params={"proposal": selectors.proposed_username(self.manager)},
                ),
            )
            return self.form_invalid(form)
        self.remember(username=username, email=data["email"])
        if data.get("password"):
            self.remember(password_hash=make_password(data["password"]))
        return self.go_to("quality_activate_check")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "has_account": selectors.has_account(self.manager),
            "asks_password": asks_first_password(self.manager, self.enterprise, by=self.person),
            "known": _identity(self.manager),
            "back_url": self.address("quality_activate"),
        }


class QualityActivateCheckView(ActivationView, TemplateView):
    """Everything once more, then « Confirmer »."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_activate_check.html"
    manager: Person

    def elsewhere(self) -> HttpResponse | None:
        if self.active_quality():
            # A second click on « Confirmer » sees what the first one did.
            second_click = self.request.method == "POST"
            return self.go_to("quality_activate_done") if second_click else self.already_active()
        if self.chosen is None:
            return self.go_to("quality_activate")
        self.manager = self.chosen
        return None if self.draft.get("email") else self.go_to("quality_activate_account")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            qualities.activate_quality(
                enterprise=self.enterprise,
                kind=self.kind,
                contact_email=self.draft["contact_email"],
                manager=self.manager,
                username=self.draft.get("username", ""),
                password_hash=self.draft.get("password_hash", ""),
                email=self.draft["email"],
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            if "already_active" not in refusal_codes(refusal):
                return self.render_to_response(self.get_context_data(refusals=refusal.messages))
        if self.manager == self.person:
            # His own first password must not end the session in which he chose it.
            self.person.refresh_from_db(fields=["password"])
            update_session_auth_hash(request, self.person)
        drafts.discard(person=self.person, flow=FLOW, subject=self.subject)
        return self.go_to("quality_activate_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first, account = self.address("quality_activate"), self.address("quality_activate_account")
        username = self.manager.username or self.draft.get("username", "")
        asked = asks_first_password(self.manager, self.enterprise, by=self.person)
        if asked:
            password = _("mot de passe déjà choisi")
        elif selectors.has_account(self.manager):
            password = _("compte existant, conservé")
        else:
            password = _("à choisir par cette personne elle-même")
        sections = [
            Section(
                _("Qualité"),
                [
                    Row(_("Dénomination"), self.enterprise.name),
                    Row(_("Qualité"), self.kind.label),
                    Row(_("Adresse e-mail de contact"), self.draft["contact_email"], first),
                ],
            ),
            Section(
                _("Gestionnaire local"),
                [
                    Row(_("Gestionnaire local"), str(self.manager), first),
                    Row(_("NISS"), format_niss(self.manager.niss)),
                    Row(_("Nom d'utilisateur"), username, "" if self.manager.username else account),
                    Row(_("Mot de passe"), password, account if asked else ""),
                    Row(_("Adresse e-mail du gestionnaire local"), self.draft["email"], account),
                ],
            ),
        ]
        return super().get_context_data(**{"refusals": [], **kwargs}) | {
            "sections": sections,
            "back_url": account,
        }


class QualityActivateDoneView(ActivationView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_activate_done.html"

    def elsewhere(self) -> HttpResponse | None:
        return None if self.active_quality() else self.go_to("quality_activate")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quality = selectors.qualities_of(self.enterprise).get(kind=self.kind, deactivated_at=None)
        return super().get_context_data(**kwargs) | {"quality": quality}


def _identity(person: Person) -> list[Row]:
    return [
        Row(_("Gestionnaire local"), str(person)),
        Row(_("NISS"), format_niss(person.niss)),
        *([Row(_("Nom d'utilisateur"), person.username)] if person.username else []),
    ]
