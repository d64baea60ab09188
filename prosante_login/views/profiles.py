from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from access_mgmt.selectors import Loss, LostFunction
from bhod_portal.core import clock
from csam.http import next_address
from csam.selectors import enterprises_of
from prosante_login import http, selectors
from prosante_login.applications import application_for
from prosante_login.enums import ProfileKind
from prosante_login.forms.profiles import ProfileChooseForm
from prosante_login.http import ProfiledRequest


class ProfileChooseView(FormView):
    """« Se connecter pour Portail ProSanté »: as what, for which organisation; the choice may be changed at any time."""

    request: ProfiledRequest
    form_class = ProfileChooseForm
    template_name = "prosante_login/profile_choose.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        today = clock.today(self.request.world)
        self.organisations = list(selectors.organisations_of(self.request.user, on=today))

    def get_initial(self) -> dict[str, Any]:
        profile = self.request.profile
        return {
            "kind": profile.kind if profile else ProfileKind.CITIZEN,
            "organisation": profile.enterprise_id if profile else None,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organisations": self.organisations}

    def form_valid(self, form: ProfileChooseForm) -> HttpResponse:
        choice = form.choice()
        http.remember(self.request, choice)
        if choice.enterprise_id is None:
            return redirect("prosante_login:citizen_home")
        profile = selectors.active_profile(self.request)
        application = application_for(profile.functions) if profile else None
        if application is None:
            return redirect("prosante_login:organisation_closed")
        return redirect(next_address(self.request) or application.url_name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        return super().get_context_data(**kwargs) | {
            "has_organisation": bool(self.organisations),
            "awaits_a_change": not self.organisations and selectors.awaits_a_change(person),
        }


class CitizenHomeView(TemplateView):
    """« Citoyen » without an organisation: what this gives, and the way out when one misses one's organisation."""

    request: ProfiledRequest
    template_name = "prosante_login/citizen_home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.profile is None or self.request.profile.enterprise_id is not None:
            return redirect("prosante_login:profile_choose")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        organisations = list(selectors.organisations_of(person, on=clock.today(self.request.world)))
        return super().get_context_data(**kwargs) | {
            "person": person,
            "organisations": organisations,
            "awaits_a_change": selectors.awaits_a_change(person),
        }


class OrganisationClosedView(TemplateView):
    """An organisation was chosen, but the functions held there open no application: which ones would, who gives them."""

    request: ProfiledRequest
    template_name = "prosante_login/organisation_closed.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = self.request.profile
        if profile is None or profile.enterprise_id is None:
            return redirect("prosante_login:profile_choose")
        application = application_for(profile.functions)
        if application is not None:
            return redirect(application.url_name)
        self.functions = profile.functions
        self.enterprise_id = profile.enterprise_id
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "enterprise": enterprises_of(self.request.world).get(pk=self.enterprise_id),
            "functions": [Function(code) for code in sorted(self.functions)],
            "circle_functions": sorted(CIRCLE_FUNCTIONS),
            "awaits_a_change": selectors.awaits_a_change(self.request.user),
            "why_none": "" if self.functions else self._why_none(),
        }

    def _why_none(self) -> str:
        today = clock.today(self.request.world)
        return _why(selectors.lost_access(self.request.user, self.enterprise_id, on=today))


def _why(lost: LostFunction) -> str:
    facts = {"function": lost.function, "day": date_format(lost.day, "d/m/Y") if lost.day else ""}
    if lost.withdrawn_at:
        facts["time"] = date_format(localtime(lost.withdrawn_at, clock.BRUSSELS), "H:i")
        facts["by"] = str(lost.withdrawn_by or "")
    match lost.loss:
        case Loss.TO_COME:
            return _("Votre fonction %(function)s ne commence que le %(day)s.") % facts
        case Loss.ENDED:
            return _("Votre fonction %(function)s a pris fin : son dernier jour était le %(day)s.") % facts
        case Loss.BLOCKED:
            sentence = _(
                "%(by)s vous a bloqué(e) dans cette organisation : votre fonction %(function)s n'agit plus depuis le %(day)s "
                "à %(time)s."
            )
            return sentence % facts
        case Loss.WITHDRAWN:
            sentence = _(
                "Votre fonction %(function)s vous a été retirée : elle n'agit plus depuis le %(day)s à %(time)s."
            )
            who = _("Retrait demandé par %(by)s.") % facts if lost.withdrawn_by else ""
            return f"{sentence % facts} {who}".strip()
        case _other:
            return ""
