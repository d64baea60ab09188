"""Mandates as the provider sees them in his file, and one of them as both sides see it: its acts, and stopping it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core.refusals import refusal_codes
from csam.security import RecentLoginMixin
from prosante_login import selectors
from prosante_login.enums import FilePart, MandateKind, MandateState
from prosante_login.models import Mandate
from prosante_login.services import mandates
from prosante_login.views import mandate_facts
from prosante_login.views.common import FileView, ProfiledView


class MandateListView(FileView, TemplateView):
    """« Mandats »: what the provider gave, and what each kind opens. Nobody sees it on his behalf."""

    part = FilePart.MANDATES
    template_name = "prosante_login/mandate_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = mandate_facts.rows_of(selectors.given_mandates(self.provider), self.today)
        return super().get_context_data(**kwargs) | {
            "current": [row for row in rows if row.current],
            "past": [row for row in rows if not row.current],
            "columns": [_("Mandataire"), _("Type"), _("Du"), _("Au"), _("État"), ""],
            "kinds": [(kind.label, mandate_facts.opened_by(kind)) for kind in MandateKind],
        }


class MandateView(ProfiledView):
    """A page about one mandate, for who gave it, got it, or acts for the enterprise that got it (404 for others)."""

    found: Mandate

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        known = selectors.mandates_known_to(self.person, on=self.today)
        self.found = get_object_or_404(known, public_id=kwargs["mandate"])
        self.own = self.found.provider.person_id == self.person.pk
        self.state = selectors.state_of(self.found, self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "row": mandate_facts.row_of(self.found, self.today),
            "facts": mandate_facts.facts_of(self.found),
            "opened": mandate_facts.opened_by(MandateKind(self.found.kind)),
            "own": self.own,
        }


class MandateDetailView(MandateView, TemplateView):
    template_name = "prosante_login/mandate_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waits = self.state == MandateState.TO_ACCEPT
        # Of an enterprise of his own, a provider is both sides.
        holds = selectors.is_holder(self.person, self.found, on=self.today)
        successors = Mandate.objects.filter(transfers=self.found).order_by("pk")
        return super().get_context_data(**kwargs) | {
            "signatures": mandate_facts.signatures_of(self.found),
            "waits_for_me": waits and holds,
            "waits_for_holder": waits and not holds,
            "may_stop": self._may_stop(),
            "may_transfer": self.own and self.state in mandates.TRANSFERABLE,
            "usable": holds and self.state == MandateState.ACTIVE,
            "successors": mandate_facts.rows_of(selectors.with_parties(successors), self.today)
            if self.own
            else [],
        }

    def _may_stop(self) -> bool:
        try:
            mandates.check_may_stop(mandate=self.found, by=self.person, on=self.today)
        except (ValidationError, PermissionDenied):
            return False
        return True


class MandateStopView(MandateView, RecentLoginMixin, TemplateView):
    """GET says what closes at once; POST stops the mandate."""

    template_name = "prosante_login/mandate_stop.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            mandates.check_may_stop(mandate=self.found, by=self.person, on=self.today)
        except ValidationError as refusal:
            # Also the second click on « Arrêter ».
            tell = messages.info if self.state == MandateState.STOPPED else messages.warning
            tell(request, refusal.messages[0])
            return to_the_mandate(self.found)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            mandates.stop(mandate=self.found, by=self.person, at=self.at)
        except ValidationError as refusal:
            if "mandate_over" not in refusal_codes(refusal):
                raise
            messages.info(request, refusal.messages[0])
            return to_the_mandate(self.found)
        messages.success(
            request,
            _("Le mandat est arrêté : il n'ouvre plus rien. Un e-mail le confirme aux deux côtés."),
        )
        return to_the_mandate(self.found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "waits": self.state == MandateState.TO_ACCEPT,
            "active": self.state == MandateState.ACTIVE,
        }


def to_the_mandate(mandate: Mandate) -> HttpResponse:
    """Where every act on a mandate leads."""
    return redirect("prosante_login:mandate_detail", mandate=mandate.public_id)
