"""The tariffs, as the agents of INAMI set them: a change is asked in the address, shown with what it touches, then done once."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from bhod.forms.tariffs import TariffForm, initial_of
from bhod.models import Tariff
from bhod.selectors import tariff_table
from bhod.selectors.tariff_changes import TariffEffect, TariffValues
from bhod.services import tariffs
from bhod.services.tariffs import TariffPlan
from bhod.views.agent.common import AgentView
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest

PAGE_SIZE = 20


class TariffListView(AgentView, TemplateView):
    request: AuthenticatedRequest
    template_name = "bhod/tariff_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world = self.request.world
        page = Paginator(tariff_table.tariff_history(world), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "rows": tariff_table.tariff_table(world),
            "waiting": tariff_table.guards_without_tariff(world),
            "columns": [
                _("Du"),
                _("Au"),
                Column(_("Montant par heure")),
                _("Source"),
                _("En paiement jusqu'au"),
                Column(_("Modifier ou supprimer"), numeric=False, hidden=True),
            ],
            "page_obj": page,
            "acts": tariff_table.acts_of(list(page)),
            "act_columns": [_("Quand"), _("Qui"), _("Quoi")],
        }


class _TariffActView(AgentView, TemplateView):
    """A page that asks, shows what would be done, and does it."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]
    form: forms.Form
    said: str | Promise
    # Which field mends which refusal.
    fields: ClassVar[dict[str, str]] = {"tariff_overlap": "du"}

    def load(self) -> None:
        asked = any(name in self.request.GET for name in ("montant", "source"))
        self.form = TariffForm(self.request.GET) if asked else TariffForm(initial=self.initial())

    def initial(self) -> dict[str, Any]:
        return {}

    def propose(self) -> TariffPlan:
        """What the form asks."""
        raise NotImplementedError

    def do(self, act: dict[str, Any]) -> TariffPlan | None:
        """Do it as it was seen, with who acts and when; None when it is done already."""
        raise NotImplementedError

    @property
    def values(self) -> TariffValues:
        values: TariffValues = self.form.cleaned_data["values"]
        return values

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = None
        if self.form.is_bound and self.form.is_valid():
            try:
                plan = self.propose()
            except ValidationError as refusal:
                add_refusal(self.form, refusal, self.fields)
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "plan": plan,
            "query": self.request.GET.urlencode(),
            "nothing_changes": plan is not None and plan.before == plan.after,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.form.is_bound or not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        act = {"seen": request.POST.get("stamp", ""), "by": self.request.user, "at": self.at}
        try:
            plan = self.do(act)
        except ValidationError as refusal:
            if "changed_meanwhile" in refusal_codes(refusal):
                messages.warning(request, " ".join(refusal.messages))
            return self.render_to_response(self.get_context_data())
        if plan is None:
            messages.info(request, _("C'est déjà enregistré : rien n'a changé."))
        else:
            messages.success(request, f"{self.said} {_checked_anew(plan.effect)}".strip())
        return redirect("bhod:tariff_list")


class TariffAddView(_TariffActView):
    template_name = "bhod/tariff_add.html"
    said = gettext_lazy("Le tarif est ajouté.")
    fields = {"tariff_overlap": "du", "tariff_paid": "du"}

    def initial(self) -> dict[str, Any]:
        return {"du": self.request.GET.get("du", ""), "au": self.request.GET.get("au", "")}

    def propose(self) -> TariffPlan:
        return tariffs.plan_to_add(self.request.world, self.values)

    def do(self, act: dict[str, Any]) -> TariffPlan | None:
        return tariffs.add_tariff(world=self.request.world, values=self.values, **act)


class _OfATariff(_TariffActView):
    """An act upon a tariff of this world: 404 for any other; one that is gone by the second click is told to be."""

    tariff: Tariff
    is_gone = False

    def load(self) -> None:
        found = tariff_table.tariffs_of(self.request.world).filter(pk=self.kwargs["tariff_pk"]).first()
        if found is None:
            if self.request.method != "POST":
                raise Http404
            self.is_gone = True
            return
        self.tariff = found
        super().load()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_gone:
            messages.info(request, _("Ce tarif n'existe plus : il a déjà été supprimé."))
            return redirect("bhod:tariff_list")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tariff": self.tariff}


class TariffEditView(_OfATariff):
    template_name = "bhod/tariff_edit.html"
    said = gettext_lazy("Le tarif est modifié.")

    def initial(self) -> dict[str, Any]:
        return initial_of(self.tariff)

    def propose(self) -> TariffPlan:
        return tariffs.plan_to_change(self.tariff, self.values)

    def do(self, act: dict[str, Any]) -> TariffPlan | None:
        return tariffs.change_tariff(tariff=self.tariff, values=self.values, **act)


class TariffRemoveView(_OfATariff):
    template_name = "bhod/tariff_remove.html"
    said = gettext_lazy("Le tarif est supprimé.")
    fields: ClassVar[dict[str, str]] = {}

    def load(self) -> None:
        super().load()
        self.form = forms.Form({})

    def propose(self) -> TariffPlan:
        return tariffs.plan_to_remove(self.tariff)

    def do(self, act: dict[str, Any]) -> TariffPlan | None:
        return tariffs.remove_tariff(tariff=self.tariff, **act)


def _checked_anew(effect: TariffEffect) -> str:
    """What the act leaves to the next round."""
    guards = effect.validated + effect.waiting
    if not guards:
        return ""
    text = ngettext(
        "%(guards)d garde qui n'est dans aucun paiement sera recalculée au prochain contrôle, cette nuit ou dès que vous le "
        "demandez.",
        "%(guards)d gardes qui ne sont dans aucun paiement seront recalculées au prochain contrôle, cette nuit ou dès que "
        "vous le demandez.",
        guards,
    )
    return text % {"guards": guards}
