"""Mandates as their holders see them: a person's own, an enterprise's for who acts for it, and the answer to one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core.refusals import refusal_codes
from csam.models import Enterprise
from csam.security import PROSANTE, RecentLoginMixin, is_recent
from csam.selectors import enterprises_of
from prosante_login import selectors
from prosante_login.enums import MandateState
from prosante_login.services import mandates
from prosante_login.views import mandate_facts
from prosante_login.views.common import ProfiledView
from prosante_login.views.mandates import MandateView, to_the_mandate

# What becomes of a second click: the mandate is shown as it stands.
_ANSWERED = frozenset({"already_accepted", "already_refused", "mandate_stopped", "lapsed"})


def _lists(found: list[mandate_facts.MandateRow]) -> dict[str, Any]:
    return {
        "waiting": [row for row in found if row.state == MandateState.TO_ACCEPT],
        "current": [row for row in found if row.current and row.state != MandateState.TO_ACCEPT],
        "past": [row for row in found if not row.current],
        "columns": [_("Mandant"), _("Type"), _("Du"), _("Au"), _("État"), ""],
    }


class ReceivedMandatesView(ProfiledView, TemplateView):
    """« Mandats reçus »: what waits for one's signature, what is active, what is over; and one's enterprises."""

    template_name = "prosante_login/received_mandates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.received_mandates(person=self.person)
        return (
            super().get_context_data(**kwargs)
            | _lists(mandate_facts.rows_of(found, self.today))
            | {"enterprises": selectors.enterprises_signed_for(self.person, on=self.today)}
        )


class EnterpriseView(ProfiledView):
    """A page about the mandates of an enterprise, for who acts for it.

    Whoever is known there otherwise is told who may (403); for anybody else it is not there (404).
    """

    enterprise: Enterprise

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.enterprise = get_object_or_404(enterprises_of(self.person.world), bce_number=kwargs["bce"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.refuse()
        return self.elsewhere() or super().dispatch(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponse | None:
        """Where to go instead, for those who may come."""
        return None

    def refuse(self) -> None:
        """Raises PermissionDenied or Http404 for who may not."""
        person, enterprise, on = self.person, self.enterprise, self.today
        if not selectors.may_use_mandates_of(person, enterprise, on=on):
            if not selectors.is_known_at(person, enterprise, on=on):
                raise Http404
            heads = ", ".join(str(head) for head in selectors.heads_of(enterprise, on=on))
            raise PermissionDenied(
                _(
                    "Les mandats de %(name)s sont réservés à son Gestionnaire d'Accès Principal, à ses représentants légaux "
                    "et à ceux qu'ils désignent. Pour en être, adressez-vous à : %(heads)s."
                )
                % {"name": enterprise.name, "heads": heads or _("personne à présent")}
            )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"enterprise": self.enterprise}


class EnterpriseMandatesView(EnterpriseView, TemplateView):
    template_name = "prosante_login/enterprise_mandates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.received_mandates(enterprise=self.enterprise)
        return (
            super().get_context_data(**kwargs)
            | _lists(mandate_facts.rows_of(found, self.today))
            | {
                "names_delegates": selectors.may_name_delegates(self.person, self.enterprise, on=self.today),
                "those_who_act": selectors.those_who_act_for(self.enterprise, on=self.today),
            }
        )


class MandateAnswerView(MandateView, RecentLoginMixin, TemplateView):
    """The terms of a mandate that waits for the holder: « Signer » or « Refuser »."""

    template_name = "prosante_login/mandate_answer.html"
    asks_at_once = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not selectors.is_holder(self.person, self.found, on=self.today):
            raise PermissionDenied(
                _(
                    "Ce mandat attend la signature du mandataire. Vous l'avez signé : il n'y a rien d'autre à faire."
                )
            )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.state != MandateState.TO_ACCEPT:
            return to_the_mandate(self.found)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        accepts = "accept" in request.POST
        if not accepts and "refuse" not in request.POST:
            return redirect("prosante_login:mandate_answer", mandate=self.found.public_id)
        if not is_recent(request, PROSANTE):
            return self.ask_again()
        act = mandates.accept if accepts else mandates.refuse
        try:
            mandate = act(mandate=self.found, by=self.person, at=self.at)
        except ValidationError as refusal:
            if refusal_codes(refusal) & _ANSWERED:
                messages.info(request, refusal.messages[0])
                return to_the_mandate(self.found)
            context = self.get_context_data(refusal=refusal.messages[0])
            return self.render_to_response(context)
        if accepts:
            messages.success(request, _("Vous avez signé le mandat. Un e-mail le confirme aux deux côtés."))
        else:
            messages.success(request, _("Vous avez refusé le mandat. Un e-mail en avertit le mandant."))
        return to_the_mandate(mandate)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"refusal": ""} | super().get_context_data(**kwargs)
