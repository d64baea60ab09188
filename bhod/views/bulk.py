"""Acts upon several guards at once: asked in the address, shown with what is refused and who is told, then done once."""

import secrets
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from bhod.eligibility import ONE_DAY
from bhod.enums import BatchKind, GuardState
from bhod.forms import read_month
from bhod.forms.bulk import (
    MONTH,
    ChosenCancelForm,
    CopyForm,
    GuardsCancelForm,
    PeriodForm,
    SeriesForm,
)
from bhod.models import Guard, GuardUnit
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors.circles import organisation_of
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import month_of, units_of
from bhod.services import confirmations, copies, series
from bhod.services.planning import Done
from bhod.services.proposals import Line, Preview, Proposal, do_as_shown, preview
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.keys import keys_in
from bhod_portal.core.periods import Period, months_later
from bhod_portal.core.refusals import add_refusal
from prosante_login.models import CareProvider

# Which problems are mended on the list of doctors.
OF_DOCTORS = {
    "not_enrolled", "acquired_rights_required", "supervisor_required", "not_eligible_code", "unit_not_allowed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads to where a refused guard is mended."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: Line
    way: Way | None


class BulkView(CapabilityRequiredMixin, TemplateView):
    """A page that asks, shows and does; `propose` says what is asked."""

    required_capability = Capability.MANAGE_GUARDS
    http_method_names = ["get", "head", "post", "options"]
    form_class: type[forms.Form]
    # Which field mends which refusal of the proposal itself.
    fields: ClassVar[dict[str, str]] = {}

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        self.today = clock.day_of(self.at)
        self.data = self.request.GET if self.is_asked() else self.by_default()
        self.form = self.form_class(self.data, **self.form_kwargs())
        if self.data is None:
            self.form = self.form_class(initial=self.initial(), **self.form_kwargs())

    @cached_property
    def units(self) -> list[GuardUnit]:
        return list(units_of(self.enterprise_id))

    @cached_property
    def providers(self) -> list[CareProvider]:
        return doctors_to_choose(self.enterprise_id, on=self.today)

    def form_kwargs(self) -> dict[str, Any]:
        return {"units": self.units}

    def is_asked(self) -> bool:
        return any(name in self.request.GET for name in self.form_class.base_fields)

    def by_default(self) -> QueryDict | None:
        """What is asked when the address says nothing; None shows the form alone."""
        return None

    def initial(self) -> dict[str, Any]:
        return {}

    def propose(self, values: dict[str, Any]) -> Proposal:
        raise NotImplementedError

    def proposal(self) -> Proposal | None:
        """What is asked, if it was understood."""
        if not self.form.is_bound or not self.form.is_valid():
            return None
        try:
            return self.propose(self.form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(self.form, refusal, self.fields)
            return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal = self.proposal()
        shown = preview(proposal=proposal, by=self.portal_request.user, at=self.at) if proposal else None
        context = {
            "form": self.form,
            "has_units": bool(self.units),
            "query": self.data.urlencode() if self.data else "",
            "preview": shown,
        }
        if shown:
            known = self.known_to_payments(changed_by(shown))
            context |= preview_context(shown, self.enterprise_id) | {
                "click": secrets.token_hex(8),
                "known": known,
            }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        proposal = self.proposal()
        if proposal is None:
            return self.render_to_response(self.get_context_data())
        try:
            done = do_as_shown(
                proposal=proposal,
                shown=request.POST.get("fingerprint", ""),
                click=request.POST.get("click", ""),
                by=self.portal_request.user,
                at=self.at,
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return HttpResponseRedirect(f"{request.path}?{self.data.urlencode() if self.data else ''}")
        if done is None:
            messages.info(request, _("C'est déjà fait : voici l'acte dans la liste."))
        else:
            messages.success(request, what_was_done(proposal.kind, done))
        return redirect("bhod:batch_list")


class PeriodMixin(BulkView):
    """An act upon the guards of a period; `mois=2026-03` asks for a month."""

    form_class = PeriodForm

    def by_default(self) -> QueryDict | None:
        first = read_month(self.request.GET.get("mois", ""))
        period = month_of(first) if first else self.usual_period()
        return asked_of(period)

    def usual_period(self) -> Period:
        raise NotImplementedError


class GuardConfirmView(PeriodMixin):
    """The performance of a period: by default the month before this one."""

    template_name = "bhod/guard_confirm.html"

    def usual_period(self) -> Period:
        return month_of(self.today.replace(day=1) - ONE_DAY)

    def propose(self, values: dict[str, Any]) -> Proposal:
        return confirmations.confirmation_of(
            enterprise_id=self.enterprise_id, period=values["period"], unit=values["unit"], at=self.at
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        others = {"confirmed": 0, "not_over": 0}
        if context["preview"]:
            asked = self.form.cleaned_data
            others = confirmations.not_to_confirm(
                enterprise_id=self.enterprise_id, period=asked["period"], unit=asked["unit"], at=self.at
            )
        return context | others


class GuardPublishView(PeriodMixin):
    """The drafts of a period: by default those of this month and of the eleven after it."""

    template_name = "bhod/guard_publish.html"

    def usual_period(self) -> Period:
        first = self.today.replace(day=1)
        return Period(first, months_later(first, 12) - ONE_DAY)

    def propose(self, values: dict[str, Any]) -> Proposal:
        return confirmations.publication_of(
            enterprise_id=self.enterprise_id, period=values["period"], unit=values["unit"]
        )


class GuardsCancelView(BulkView):
    """Standing guards of a period, of a unit or a doctor, or those chosen in the list, cancelled with one reason."""

    form_class: type[forms.Form] = GuardsCancelForm
    template_name = "bhod/guards_cancel.html"

    def load(self) -> None:
        self.chosen = keys_in(self.request.GET.getlist("garde"))
        if self.chosen:
            self.form_class = ChosenCancelForm
        super().load()

    def form_kwargs(self) -> dict[str, Any]:
        return {} if self.chosen else super().form_kwargs() | {"providers": self.providers}

    def is_asked(self) -> bool:
        return "motif" in self.request.GET if self.chosen else super().is_asked()

    def initial(self) -> dict[str, Any]:
        return {"garde": self.chosen}

    def propose(self, values: dict[str, Any]) -> Proposal:
        if self.chosen:
            return confirmations.cancellation_of_chosen(
                enterprise_id=self.enterprise_id, guard_pks=values["chosen"], reason=values["motif"]
            )
        return confirmations.cancellation_of(
            enterprise_id=self.enterprise_id,
            period=values["period"],
            unit=values["unit"],
            provider_id=values["medecin"],
            reason=values["motif"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        guards = [line.entry.guard for line in context["preview"].accepted] if context["preview"] else []
        confirmed = [each for each in guards if each and each.state == GuardState.CONFIRMED]
        none_ticked = "choisies" in self.request.GET and not self.chosen
        return context | {"confirmed": len(confirmed), "chosen": len(self.chosen), "none_ticked": none_ticked}


class GuardSeriesView(BulkView):
    """The usual guards of some days, for one doctor or for several in turn."""

    form_class = SeriesForm
    template_name = "bhod/guard_series.html"

    def form_kwargs(self) -> dict[str, Any]:
        organisation = self.organisation
        units = [unit for unit in self.units if unit.is_open_on(self.today)]
        given = {"units": units, "providers": self.providers, "organisation": organisation}
        return super().form_kwargs() | given

    def is_asked(self) -> bool:
        # The quality board says where and when, and leaves the rest to be filled in.
        return any(
            name in self.request.GET for name in self.form_class.base_fields.keys() - PeriodForm.base_fields
        )

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET[name] for name in PeriodForm.base_fields if name in self.request.GET}

    @cached_property
    def organisation(self) -> Any:
        return organisation_of(self.enterprise_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_doctors": bool(self.providers)}

    def propose(self, values: dict[str, Any]) -> Proposal:
        order = series.SeriesOrder(
            unit=values["unit"],
            providers=values["doctors"],
            period=values["period"],
            shifts=values["shifts"],
            weekdays=values["weekdays"],
            every=values["chaque"],
            turns_by_week=values["tour"] == "semaine",
            state=GuardState.DRAFT if values["brouillon"] else GuardState.REGISTERED,
        )
        return series.series_of(order=order, organisation=self.organisation)


class GuardCopyView(BulkView):
    """A week onto others, a month onto others."""

    form_class = CopyForm
    template_name = "bhod/guard_copy.html"

    def initial(self) -> dict[str, Any]:
        first = read_month(self.request.GET.get("mois", ""))
        return {"quoi": MONTH, "de": first, "vers": months_later(first, 1)} if first else {}

    def propose(self, values: dict[str, Any]) -> Proposal:
        copied = copies.copied_months if values["quoi"] == MONTH else copies.copied_weeks
        return copied(
            enterprise_id=self.enterprise_id,
            source=values["de"],
            target=values["vers"],
            times=values["fois"],
            unit=values["unit"],
            is_draft=values["brouillon"],
        )


def changed_by(shown: Preview) -> list[Guard | None]:
    """The guards that an act changes; one that is confirmed becomes what the next payment waits for, and is none of them."""
    return [line.entry.guard for line in shown.accepted if line.entry.state != GuardState.CONFIRMED]


def preview_context(shown: Preview, enterprise_id: int) -> dict[str, Any]:
    """What the check of an act shows beside the act itself."""
    return {
        "refused": [RefusedRow(line, way_out(line, enterprise_id)) for line in shown.refused],
        "button": button_of(shown),
        "removes": shown.proposal.kind == BatchKind.CANCEL,
    }


def way_out(line: Line, enterprise_id: int) -> Way | None:
    """Where the first problem of a guard is mended."""
    problem = line.problems[0]
    if problem.code == "still_draft":
        query = asked_of(Period(clock.day_of(line.entry.starts_at))).urlencode()
        return Way(f"{reverse('bhod:guard_publish')}?{query}", _("Brouillons à enregistrer"))
    if problem.code in OF_DOCTORS:
        return Way(reverse("bhod:doctor_list"), _("Médecins inscrits"))
    if problem.code == "unit_closed":
        return Way(reverse("bhod:circle"), _("Organisation du cercle"))
    if line.day:
        query = urlencode({"jour": line.day.isoformat(), "unite": line.entry.unit_id})
        return Way(f"{reverse('bhod:guard_create')}?{query}", _("Ajouter une garde"))
    return _way_to_guard(problem, line.entry.guard, enterprise_id)


def _way_to_guard(problem: Problem, guard: Guard | None, enterprise_id: int) -> Way | None:
    other = problem.other
    if other and other.key > 0 and other.enterprise_id == enterprise_id:
        return Way(reverse("bhod:guard_edit", args=[other.key]), _("Voir l'autre garde"))
    if guard is None:
        return None
    if problem.code == "changed_since_act":
        return Way(reverse("bhod:guard_history", args=[guard.pk]), _("Historique"))
    return Way(reverse("bhod:guard_edit", args=[guard.pk]), _("Voir la garde"))


def button_of(shown: Preview) -> str:
    """What a click does, with the number of guards."""
    number, without = len(shown.accepted), len(shown.refused)
    act = {
        BatchKind.CONFIRM: ngettext("Confirmer %(number)s garde", "Confirmer %(number)s gardes", number),
        BatchKind.PUBLISH: ngettext("Enregistrer %(number)s garde", "Enregistrer %(number)s gardes", number),
        BatchKind.CANCEL: ngettext("Annuler %(number)s garde", "Annuler %(number)s gardes", number),
        BatchKind.SPLIT: _("Partager la garde"),
    }.get(shown.proposal.kind, ngettext("Ajouter %(number)s garde", "Ajouter %(number)s gardes", number))
    rest = (
        ngettext(", sans celle qui est refusée", ", sans les %(without)s refusées", without)
        if without
        else ""
    )
    return (act + rest) % {"number": number, "without": without}


def what_was_done(kind: BatchKind, done: Done) -> str:
    """A sentence on an act that was done, and one on the doctors who were told."""
    number = len(done.guards)
    act = {
        BatchKind.CONFIRM: ngettext("%(number)s garde confirmée.", "%(number)s gardes confirmées.", number),
        BatchKind.PUBLISH: ngettext(
            "%(number)s garde enregistrée.", "%(number)s gardes enregistrées.", number
        ),
        BatchKind.CANCEL: ngettext("%(number)s garde annulée.", "%(number)s gardes annulées.", number),
        BatchKind.SPLIT: _("La garde est partagée."),
    }.get(kind, ngettext("%(number)s garde ajoutée.", "%(number)s gardes ajoutées.", number))
    return f"{act % {'number': number}} {who_was_told(done.told)}"


def who_was_told(number: int) -> str:
    if not number:
        return _("Aucun médecin n'a été prévenu.")
    return ngettext(
        "%(number)s médecin prévenu par e-mail.", "%(number)s médecins prévenus par e-mail.", number
    ) % {"number": number}


def asked_of(period: Period) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked["du"], asked["au"] = (f"{day:%d-%m-%Y}" for day in (period.start, period.end or period.start))
    return asked
