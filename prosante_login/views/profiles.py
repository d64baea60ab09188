from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from bhod_portal.core import clock
from csam.http import next_address
from csam.selectors import enterprises_of
from prosante_login import http, selectors
from prosante_login.applications import application_for
from prosante_login.enums import ProfileKind
from prosante_login.forms import ProfileChooseForm
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
        }
