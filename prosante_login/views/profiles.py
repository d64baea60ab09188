"""The choice of the profile, and the pages to which a choice leads that opens nothing by itself."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from access_mgmt.selectors import Loss, LostFunction
from bhod_portal.core import clock
from bhod_portal.core.names import elided
from bhod_portal.core.shown import shown_day, shown_time
from csam.http import next_address
from csam.models import Person
from prosante_login import http, selectors
from prosante_login.enums import ProfileKind
from prosante_login.forms.profiles import ProfileChooseForm, ProfileSelectForm, option
from prosante_login.http import ProfiledRequest
from prosante_login.models import CareProvider
from prosante_login.profiles import ProfileChoice
from prosante_login.selectors import ClosedMandate, Tie
from prosante_login.selectors.landings import Landing, Place, capacities, landing, landing_of, standing
from prosante_login.selectors.profiles import care_providers_of, lost_organisations_of
from prosante_login.services.grantors import leave_file
from prosante_login.views.closed_mandates import why


class ProfileChooseView(FormView):
    """« Se connecter pour Portail ProSanté »: as what, for which organisation; the choice may be changed at any time."""

    request: ProfiledRequest
    form_class = ProfileChooseForm
    template_name = "prosante_login/profile_choose.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = clock.today(self.request.world)
        person = self.request.user
        self.organisations = list(selectors.organisations_of(person, on=self.today))
        self.providers = Providers.of(person, on=self.today)

    def get_initial(self) -> dict[str, Any]:
        profile = self.request.profile
        if profile is None:
            return {"kind": ProfileKind.CITIZEN}
        profession = profile.choice.profession
        return {
            "kind": option(profession) if profession else profile.kind,
            "organisation": profile.enterprise_id,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        offered = {"organisations": self.organisations, "providers": self.providers.ready}
        return super().get_form_kwargs() | offered

    def form_valid(self, form: ProfileChooseForm) -> HttpResponse:
        choice = form.choice()
        led = landing(person=self.request.user, choice=choice, on=self.today)
        if led.refusal is not None:
            form.refuse(led.refusal)
            return self.form_invalid(form)
        _change(self.request, choice)
        return go_on(self.request, led)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        return super().get_context_data(**kwargs) | {
            "has_organisation": bool(self.organisations),
            "awaits_a_change": not self.organisations and selectors.awaits_a_change(person),
            "providers_not_ready": self.providers.not_ready,
            "lost": _lost(person, self.today),
            "lost_profile": self._lost_profile(),
        }

    def _lost_profile(self) -> str:
        """Why the profile that was chosen last is not the person's any more; empty while it is, and before any choice."""
        choice = http.remembered(self.request)
        if choice is None or self.request.profile is not None:
            return ""
        if choice.profession is not None:
            facts = {"profession": choice.profession.label}
            return _("Le dossier de votre profession « %(profession)s » n'est pas, ou plus, ouvert.") % facts
        closed = choice.mandate_id and selectors.closed_mandate(
            person=self.request.user,
            enterprise_id=choice.enterprise_id,
            mandate_id=choice.mandate_id,
            on=self.today,
        )
        return _of_mandate(closed) if closed else _("Ce que vous aviez choisi n'existe plus.")


class ProfileSelectView(FormView):
    """« Sélection de profil » (seed 003, lines 125-129): as what somebody goes on who has several profiles."""

    request: ProfiledRequest
    form_class = ProfileSelectForm
    template_name = "prosante_login/profile_select.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = self.request.profile
        if profile is None:
            return redirect(_chooser(self.request))
        self.today = clock.today(self.request.world)
        self.choice = replace(profile.choice, capacity=None, mandate_id=None)
        self.enterprise = profile.enterprise
        has = standing(person=self.request.user, choice=self.choice, on=self.today)
        self.capacities = capacities(self.choice, has)
        if not self.capacities:
            return go_on(self.request, landing_of(profile.choice, has))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"capacities": self.capacities}

    def form_valid(self, form: ProfileSelectForm) -> HttpResponse:
        choice = replace(self.choice, capacity=form.cleaned_data["capacity"])
        _change(self.request, choice)
        return go_on(self.request, landing(person=self.request.user, choice=choice, on=self.today))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "capacities": self.capacities,
            "enterprise": self.enterprise,
        }


class CitizenHomeView(TemplateView):
    """« Citoyen » whom INAMI knows as nothing else: what one needs to be more, and the way out."""

    request: ProfiledRequest
    template_name = "prosante_login/citizen_home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = self.request.profile
        if profile is None or profile.kind != ProfileKind.CITIZEN or profile.enterprise_id is not None:
            return redirect("prosante_login:profile_choose")
        self.today = clock.today(self.request.world)
        led = landing(person=self.request.user, choice=profile.choice, on=self.today)
        if led.place != Place.CITIZEN_HOME:
            return redirect(led.url_name)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        providers = Providers.of(person, on=self.today)
        return super().get_context_data(**kwargs) | {
            "person": person,
            "organisations": list(selectors.organisations_of(person, on=self.today)),
            "providers_ready": providers.ready,
            "providers_not_ready": providers.not_ready,
            "awaits_a_change": selectors.awaits_a_change(person),
            "lost": _lost(person, self.today),
        }


class OrganisationClosedView(TemplateView):
    """An organisation was chosen, but the functions held there open no application: which ones would, who gives them."""

    request: ProfiledRequest
    template_name = "prosante_login/organisation_closed.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = self.request.profile
        if profile is None or profile.enterprise is None:
            return redirect("prosante_login:profile_choose")
        self.today = clock.today(self.request.world)
        led = landing(person=self.request.user, choice=profile.choice, on=self.today)
        if led.place != Place.ORGANISATION_CLOSED:
            return redirect(led.url_name)
        self.functions = profile.functions
        self.enterprise = profile.enterprise
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "enterprise": self.enterprise,
            "functions": [Function(code) for code in sorted(self.functions)],
            "circle_functions": sorted(CIRCLE_FUNCTIONS),
            "awaits_a_change": selectors.awaits_a_change(self.request.user),
            "why_none": "" if self.functions else self._why_none(),
            "why_no_mandate": self._why_no_mandate(),
        }

    def _why_none(self) -> str:
        return _why(selectors.lost_access(self.request.user, self.enterprise.pk, on=self.today))

    def _why_no_mandate(self) -> str:
        """Why the last mandate that the organisation held opens nothing, for who acts or acted for it; empty else."""
        person = self.request.user
        latest = selectors.received_mandates(enterprise=self.enterprise).first()
        closed = latest and selectors.closed_mandate(
            person=person, enterprise_id=self.enterprise.pk, mandate_id=latest.pk, on=self.today
        )
        if not closed or closed.reason is Tie.NONE:
            return ""
        if (
            isinstance(closed.reason, Tie)
            and closed.day
            and closed.day < clock.day_of(closed.mandate.given_at)
        ):
            # Given after he had left: none of his.
            return ""
        is_over = not isinstance(closed.reason, Tie)
        if is_over and not selectors.may_use_mandates_of(person, self.enterprise, on=self.today):
            return ""
        return _of_mandate(closed)


@dataclass(frozen=True, slots=True)
class Providers:
    """The professions of a person: those whose profile he may choose on a day, and those whose file is not ready."""

    ready: list[CareProvider]
    not_ready: list[CareProvider]

    @classmethod
    def of(cls, person: Person, *, on: date) -> Self:
        every = list(care_providers_of(person))
        return cls(
            [each for each in every if each.is_ready(on)],
            [each for each in every if not each.is_ready(on)],
        )


def go_on(request: ProfiledRequest, led: Landing) -> HttpResponse:
    """To where a choice leads, or from there on to where one was going."""
    wanted = next_address(request)
    if led.leads_on and wanted:
        return redirect(wanted)
    onward = f"?{urlencode({'next': wanted})}" if wanted and led.place == Place.SELECTION else ""
    return redirect(reverse(led.url_name) + onward)


def _change(request: ProfiledRequest, choice: ProfileChoice) -> None:
    """Go on under another profile: the grantor reads when his file was left, by whatever door."""
    if opened := request.profile.mandate if request.profile else None:
        leave_file(mandate=opened, by=request.user, at=clock.now(request.world))
    http.remember(request, choice)


def _chooser(request: ProfiledRequest) -> str:
    wanted = next_address(request)
    return reverse("prosante_login:profile_choose") + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _lost(person: Person, today: date) -> list[dict[str, Any]]:
    """The organisations that are not offered, each with why."""
    return [
        {"enterprise": enterprise, "why": _why(lost)}
        for enterprise, lost in lost_organisations_of(person, on=today)
    ]


def _of_mandate(closed: ClosedMandate) -> str:
    grantor = closed.mandate.provider
    which = elided(_("Votre mandat de %(grantor)s ne s'ouvre plus.") % {"grantor": grantor}, grantor)
    return f"{which} {why(closed)}"


def _why(lost: LostFunction) -> str:
    facts = {"function": lost.function, "day": shown_day(lost.day)}
    if lost.withdrawn_at:
        facts["time"] = shown_time(lost.withdrawn_at)
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
