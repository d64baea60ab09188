from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce, read_bce
from bhod_portal.core.refusals import refusal_codes
from csam import selectors
from csam.forms.designations import EnterpriseRegisterForm
from csam.http import AuthenticatedRequest
from csam.models import AccessManager, Person
from csam.services import designations
from csam.views.designation_steps import (
    NAME_SOMEONE_ELSE,
    DesignateCheckStep,
    DesignateStep,
    DesignationStep,
    OfAnEnterprise,
    WayOut,
    ways_out,
)
from csam.views.landing import OUTSIDE_LINKS


def _search_in_bce(text: Promise) -> WayOut:
    return WayOut(text, gettext_lazy("BCE Public Search"), "csam:bce_search")


_MODIFY_THE_GAP = gettext_lazy("Comme représentant légal, vous pouvez désigner un autre GAP.")

_CHECK_THE_NUMBER = _search_in_bce(gettext_lazy("Cherchez l'entreprise par son nom et recopiez son numéro."))
_NAME_SOMEONE_ELSE = WayOut(
    NAME_SOMEONE_ELSE, gettext_lazy("Recommencer avec une autre entreprise"), "csam:enterprise_register"
)
OF_THE_ENTERPRISE = {
    "malformed": _CHECK_THE_NUMBER,
    "check_digits": _CHECK_THE_NUMBER,
    "unknown_to_bce": _CHECK_THE_NUMBER,
    "enterprise_stopped": _search_in_bce(
        gettext_lazy(
            "Une entreprise arrêtée ne peut plus être enregistrée. Si elle est toujours active, faites corriger ses "
            "données à la Banque-Carrefour des Entreprises par un guichet d'entreprises."
        )
    ),
    "no_legal_function": _search_in_bce(
        gettext_lazy(
            "Seul un représentant légal peut enregistrer l'entreprise : demandez-le à l'une des personnes que la BCE "
            "reconnaît, ou faites d'abord publier votre mandat."
        )
    ),
    "legal_function_over": _search_in_bce(
        gettext_lazy(
            "Votre fonction légale doit être valable actuellement : demandez l'enregistrement à un représentant légal "
            "en fonction, ou faites publier le renouvellement de votre mandat."
        )
    ),
    "already_registered": WayOut(
        gettext_lazy("Étape suivante : l'activation de la qualité « eHealth Soins de Santé »."),
        gettext_lazy("Gestion des accès"),
        "access_mgmt:landing",
    ),
}
OF_THE_GAP = {"gap_unknown": _NAME_SOMEONE_ELSE, "gap_not_linked": _NAME_SOMEONE_ELSE}


class EnterpriseRegisterView(FormView):
    request: AuthenticatedRequest
    form_class = EnterpriseRegisterForm
    template_name = "csam/enterprise_register.html"

    def get_initial(self) -> dict[str, Any]:
        """The number that BCE Public Search sends along; whatever else the address says is left out."""
        try:
            return {"enterprise_number": format_bce(read_bce(self.request.GET.get("numero", "")))}
        except ValidationError:
            return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = ways_out(context["form"], OF_THE_ENTERPRISE)
        if OF_THE_ENTERPRISE["already_registered"] in found:
            # Only a legal representative is told that the enterprise is registered: he may replace its GAP.
            number = self.bce_number
            found.append(
                WayOut(_MODIFY_THE_GAP, gettext_lazy("Modifier le GAP"), "csam:gap_replace", (number,))
            )
        return context | {"ways_out": found}

    def form_valid(self, form: EnterpriseRegisterForm) -> HttpResponse:
        self.bce_number = bce_number = form.cleaned_data["enterprise_number"]
        world, person = self.request.world, self.request.user
        try:
            designations.check_registrable(
                enterprise=selectors.enterprise_with_number(world, bce_number),
                by=person,
                on=clock.today(world),
            )
        except ValidationError as refusal:
            form.add_error("enterprise_number", refusal)
            return self.form_invalid(form)
        return redirect("csam:gap_designate", bce_number=bce_number)


class _RegistrationStep(DesignationStep):
    """A step that needs an enterprise which this person may register; once registered, it leads to the end."""

    flow = "gap"

    def elsewhere(self) -> HttpResponseBase | None:
        try:
            designations.check_registrable(enterprise=self.enterprise, by=self.request.user, on=self.today)
        except ValidationError as refusal:
            if "already_registered" in refusal_codes(refusal):
                return redirect(self.page("gap_designate_done"))
            raise PermissionDenied(refusal.messages[0]) from None
        return None

    def form_url(self) -> str:
        return self.page("gap_designate")

    def check_url(self) -> str:
        return self.page("gap_designate_check")

    def done_url(self, manager_pk: int) -> str:
        return self.page("gap_designate_done")

    def role_label(self) -> str:
        return _("Gestionnaire d'accès principal")

    def known_ways_out(self) -> dict[str, WayOut]:
        return OF_THE_GAP


class GapDesignateView(_RegistrationStep, DesignateStep):
    template_name = "csam/gap_designate.html"

    def check(self, answers: Mapping[str, Any]) -> None:
        designations.check_gap(enterprise=self.enterprise, gap=self.person_named(answers), on=self.today)


class GapDesignateCheckView(_RegistrationStep, DesignateCheckStep):
    template_name = "csam/gap_designate_check.html"

    def designate(self, person: Person | None, contact: dict[str, str]) -> AccessManager:
        return designations.register_enterprise(
            enterprise=self.enterprise,
            gap=person,
            gap_email=contact["email"],
            gap_phone=contact["phone"],
            own_email=contact["own_email"],
            own_phone=contact["own_phone"],
            by=self.request.user,
            at=self.at,
        )

    def done_already(self, person: Person | None) -> AccessManager | None:
        return selectors.gap_of(self.enterprise)


class GapDesignateDoneView(OfAnEnterprise, TemplateView):
    """What has been done, and what comes next; for every legal representative, whoever did it."""

    request: AuthenticatedRequest
    template_name = "csam/gap_designate_done.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            designations.check_represents(enterprise=self.enterprise, by=self.request.user, on=self.today)
        except ValidationError as refusal:
            raise PermissionDenied(refusal.messages[0]) from None
        if self.enterprise.registered_at is None:
            return redirect(self.page("gap_designate"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        gap = context["gap_link"].gap if context["gap_link"] else None
        return context | {
            "gap": gap,
            "guide_address": OUTSIDE_LINKS["guide-step-by-step"].address,
            "is_gap": gap is not None and gap.person_id == self.request.user.pk,
        }
