from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from django.views.generic.base import ContextMixin, View

from bhod_portal.core import clock, drafts
from bhod_portal.core.identifiers import format_bce, format_niss, read_bce
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Row, Section
from csam import selectors
from csam.forms.designations import (
    OTHER,
    SELF,
    EnterpriseRegisterForm,
    GapDesignateCheckForm,
    GapDesignateForm,
)
from csam.http import AuthenticatedRequest, PortalRequest
from csam.models import Enterprise, Person
from csam.services import designations
from csam.views.landing import OUTSIDE_LINKS

FLOW = "gap"


@dataclass(frozen=True, slots=True)
class WayOut:
    """What someone can do who was refused: a sentence, and the page where he goes on."""

    text: str | Promise
    label: str | Promise
    url_name: str

    @property
    def url(self) -> str:
        return reverse(self.url_name)


def _search_in_bce(text: Promise) -> WayOut:
    return WayOut(text, gettext_lazy("BCE Public Search"), "csam:bce_search")


_CHECK_THE_NUMBER = _search_in_bce(gettext_lazy("Cherchez l'entreprise par son nom et recopiez son numéro."))
_NAME_SOMEONE_ELSE = WayOut(
    gettext_lazy(
        "Le Gestionnaire d'Accès Principal doit être un travailleur ou un représentant légal de l'entreprise. Vérifiez "
        "le numéro, choisissez une autre personne, ou désignez-vous vous-même."
    ),
    gettext_lazy("Recommencer avec une autre entreprise"),
    "csam:enterprise_register",
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


def ways_out(form: forms.Form, known: Mapping[str, WayOut]) -> list[WayOut]:
    """One way out per kind of refusal in a form's errors, in their order."""
    codes = (str(error.code) for errors in form.errors.as_data().values() for error in errors)
    found = (known[code] for code in codes if code in known)
    return list(dict.fromkeys(found))


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
        return context | {"ways_out": ways_out(context["form"], OF_THE_ENTERPRISE)}

    def form_valid(self, form: EnterpriseRegisterForm) -> HttpResponse:
        bce_number = form.cleaned_data["enterprise_number"]
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


class _OfAnEnterprise(ContextMixin, View):
    """A page about the registration of one enterprise of this world: 404 for any other."""

    enterprise: Enterprise
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        world = cast(PortalRequest, request).world
        self.enterprise = get_object_or_404(selectors.enterprises_of(world), bce_number=kwargs["bce_number"])
        self.at = clock.now(world)

    def step(self, name: str) -> str:
        return reverse(f"csam:{name}", kwargs={"bce_number": self.enterprise.bce_number})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "enterprise": self.enterprise,
            "enterprise_rows": enterprise_rows(self.enterprise),
        }


def enterprise_rows(enterprise: Enterprise) -> list[Row]:
    return [
        Row(_("Dénomination"), enterprise.name),
        Row(_("Numéro d'entreprise"), format_bce(enterprise.bce_number)),
        Row(_("Forme légale"), enterprise.legal_form),
        Row(_("Adresse"), enterprise.address),
    ]


class _RegistrationStep(_OfAnEnterprise, FormView):
    """A step that needs an enterprise which this person may register; once registered, it leads to the end."""

    request: AuthenticatedRequest
    needs_answers = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.draft = drafts.read(person=self.request.user, flow=FLOW, subject=self.enterprise.bce_number)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            designations.check_registrable(
                enterprise=self.enterprise, by=self.request.user, on=clock.day_of(self.at)
            )
        except ValidationError as refusal:
            if "already_registered" in refusal_codes(refusal):
                return redirect(self.step("gap_designate_done"))
            raise PermissionDenied(refusal.messages[0]) from None
        if self.needs_answers and not self.draft:
            return redirect(self.step("gap_designate"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"ways_out": ways_out(context["form"], OF_THE_GAP)}

    def gap_named(self, answers: dict[str, Any]) -> Person | None:
        """The person that the answers name; none when the NISS is nobody's in this world."""
        if answers["gap"] == SELF:
            return self.request.user
        return selectors.person_with_niss(self.request.world, answers["niss"])


class GapDesignateView(_RegistrationStep):
    form_class = GapDesignateForm
    template_name = "csam/gap_designate.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"myself": str(self.request.user)}

    def get_initial(self) -> dict[str, Any]:
        person = self.request.user
        typed = self.draft | ({"niss": format_niss(self.draft["niss"])} if self.draft.get("niss") else {})
        return {"own_email": person.email, "own_phone": person.phone} | typed

    def form_valid(self, form: GapDesignateForm) -> HttpResponse:
        answers = form.cleaned_data
        try:
            designations.check_gap(
                enterprise=self.enterprise, gap=self.gap_named(answers), on=clock.day_of(self.at)
            )
        except ValidationError as refusal:
            form.add_error("niss", refusal)
            return self.form_invalid(form)
        # What was typed about someone else stays when « moi » is chosen, for who changes his mind.
        typed = {name: value for name, value in answers.items() if value}
        drafts.save(person=self.request.user, flow=FLOW, subject=self.enterprise.bce_number, **typed)
        return redirect(self.step("gap_designate_check"))


class GapDesignateCheckView(_RegistrationStep):
    form_class = GapDesignateCheckForm
    template_name = "csam/gap_designate_check.html"
    needs_answers = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sections": self._sections()}

    def form_valid(self, form: GapDesignateCheckForm) -> HttpResponse:
        draft, person = self.draft, self.request.user
        of_whom = "own" if draft["gap"] == SELF else "gap"
        try:
            designations.register_enterprise(
                enterprise=self.enterprise,
                gap=self.gap_named(draft),
                gap_email=draft[f"{of_whom}_email"],
                gap_phone=draft[f"{of_whom}_phone"],
                own_email=draft["own_email"],
                own_phone=draft["own_phone"],
                by=person,
                at=self.at,
            )
        except ValidationError as refusal:
            if "already_registered" not in refusal_codes(refusal):
                add_refusal(form, refusal, {})
                return self.form_invalid(form)
        else:
            drafts.discard(person=person, flow=FLOW, subject=self.enterprise.bce_number)
        return redirect(self.step("gap_designate_done"))

    def _sections(self) -> list[Section]:
        draft, change = self.draft, self.step("gap_designate")
        gap = [Row(_("Nom"), self.gap_named(draft), change)]
        if draft["gap"] == OTHER:
            gap += [
                Row(_("Numéro de registre national (NISS)"), format_niss(draft["niss"]), change),
                Row(_("Adresse e-mail"), draft["gap_email"], change),
                Row(_("Numéro de téléphone"), draft["gap_phone"], change),
            ]
        own = [
            Row(_("Nom"), self.request.user),
            Row(_("Adresse e-mail"), draft["own_email"], change),
            Row(_("Numéro de téléphone"), draft["own_phone"], change),
        ]
        return [
            Section(_("Entreprise"), enterprise_rows(self.enterprise)),
            Section(_("Gestionnaire d'accès principal"), gap),
            Section(_("Vos données de contact"), own),
        ]


class GapDesignateDoneView(_OfAnEnterprise, TemplateView):
    """What has been done, and what comes next; for every legal representative, whoever did it."""

    request: AuthenticatedRequest
    template_name = "csam/gap_designate_done.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            designations.check_represents(
                enterprise=self.enterprise, by=self.request.user, on=clock.day_of(self.at)
            )
        except ValidationError as refusal:
            raise PermissionDenied(refusal.messages[0]) from None
        if self.enterprise.registered_at is None:
            return redirect(self.step("gap_designate"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gap = selectors.gap_of(self.enterprise)
        return super().get_context_data(**kwargs) | {
            "gap": gap,
            "guide_address": OUTSIDE_LINKS["guide-step-by-step"].address,
            "is_gap": gap is not None and gap.person_id == self.request.user.pk,
        }
