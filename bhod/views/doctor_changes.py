"""What becomes of an enrolment: another last day, supervisor or right; its end, with the guards that are in its way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from bhod.eligibility import ONE_MINUTE, qualification_of
from bhod.enums import GuardAct, GuardState
from bhod.forms.doctors import (
    AcquiredRightsForm,
    DoctorEndForm,
    DoctorEndGuardsForm,
    EnrolmentChangeForm,
    LastDayForm,
    SupervisorForm,
)
from bhod.forms.guards import read_day
from bhod.models import Guard
from bhod.permissions import Capability
from bhod.selectors.doctors import (
    doctor_line,
    doctors_of,
    guards_against,
    guards_ahead,
    guards_past,
    stamp_of,
)
from bhod.selectors.guards import guard_line
from bhod.selectors.plans import Entry, Plan
from bhod.services import doctors as services
from bhod.services import enrolments
from bhod.services.notices import doctors_told
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.doctor_enrolments import CHANGE, SUPERVISOR, NumbersMixin
from bhod_portal.core import clock, drafts
from bhod_portal.core.names import elided
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_day

# Which field mends which refusal.
FIELDS = {
    "guards_after_end": "last_day",
    "period_out_of_order": "last_day",
    "already_ended": "last_day",
    "already_enrolled": "last_day",
    "not_eligible_code": "supervisor_number",
    "another_world": "supervisor_number",
    "supervisor_not_allowed": "supervisor_number",
    "supervisor_not_eligible": "supervisor_number",
    "candidate_and_supervisor": "supervisor_number",
    "outside_enrolment": "from_day",
    "acquired_rights_required": "acquired_rights",
    "acquired_rights_not_needed": "acquired_rights",
    "reason_required": "reason",
}


@dataclass(frozen=True, slots=True)
class WayOut:
    """What can be done about guards after a last day: how many are over, how many are not, and the first last day that
    leaves none that is over outside.
    """

    performed: int
    ahead: int
    day: date


class EnrolmentView(CapabilityRequiredMixin):
    """A page about one enrolment of the circle."""

    required_capability = Capability.MANAGE_DOCTORS

    def load(self) -> None:
        super().load()
        self.doctor = get_object_or_404(doctors_of(self.enterprise_id), pk=self.kwargs["doctor_pk"])

    def act(self) -> dict[str, Any]:
        """Who acts, and when in the world."""
        return {"by": self.portal_request.user, "at": clock.now(self.portal_request.world)}

    def doctor_context(self) -> dict[str, Any]:
        today = clock.today(self.portal_request.world)
        columns = [_("Début"), _("Fin"), _("Unité"), _("Heures honorées"), ""]
        return self.page_context() | {"line": doctor_line(self.doctor, on=today), "columns": columns}

    def way_out(self, guards: list[Guard], last_day: date) -> WayOut:
        at = self.act()["at"]
        over = [guard.ends_at for guard in guards if guard.ends_at <= at]
        days = [clock.day_of(ends_at - ONE_MINUTE) for ends_at in over]
        return WayOut(len(over), len(guards) - len(over), max([last_day, *days]))

    def shown(self, guards: list[Guard]) -> list[Any]:
        return [guard_line(guard, None) for guard in guards]


class DoctorEndView(EnrolmentView, FormView):
    """End an enrolment; the guards that are still to come are shown first."""

    form_class = DoctorEndForm
    template_name = "bhod/doctor_end.html"

    def load(self) -> None:
        super().load()
        self.guards = list(guards_ahead(self.doctor, at=self.act()["at"]))
        self.way: WayOut | None = None

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": self.doctor.valid_until}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"guards": self.shown(self.guards), "way_out": self.way}
        return super().get_context_data(**kwargs) | self.doctor_context() | context

    def form_valid(self, form: DoctorEndForm) -> HttpResponse:
        last_day = form.cleaned_data["last_day"]
        try:
            services.end_enrolment(doctor=self.doctor, last_day=last_day, **self.act())
        except ValidationError as refusal:
            if "guards_after_end" in refusal_codes(refusal):
                self.guards = list(guards_past(self.doctor, last_day))
                self.way = self.way_out(self.guards, last_day)
            add_refusal(form, refusal, _fields_of(form))
            self.doctor.refresh_from_db(fields=["valid_until"])
            return self.form_invalid(form)
        return ended(self, last_day)


class DoctorEndGuardsView(EnrolmentView, FormView):
    """Check page: which guards an end of enrolment on a day cancels along with it, and who is told."""

    form_class = DoctorEndGuardsForm
    template_name = "bhod/doctor_end_guards.html"
    last_day: date | None = None

    def load(self) -> None:
        super().load()
        self.last_day = read_day(self.request.GET.get("jour", ""))
        self.guards = list(guards_past(self.doctor, self.last_day)) if self.last_day else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.guards:
            messages.info(request, _("Aucune garde n'empêche cette fin : indiquez le dernier jour."))
            return redirect("bhod:doctor_end", doctor_pk=self.doctor.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.last_day is None:
            return redirect("bhod:doctor_end", doctor_pk=self.doctor.pk)
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": _versions(self.guards)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        act = self.act()
        entries = [
            Entry.of(guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED) for guard in self.guards
        ]
        context = {
            "guards": self.shown(self.guards),
            "last_day": self.last_day,
            "performed": sum(guard.ends_at <= act["at"] for guard in self.guards),
            "told": doctors_told(Plan(self.enterprise_id, entries), by=act["by"]),
        }
        return super().get_context_data(**kwargs) | self.doctor_context() | context

    def form_valid(self, form: DoctorEndGuardsForm) -> HttpResponse:
        last_day = cast(date, self.last_day)
        try:
            done = enrolments.end_with_guards(
                doctor=self.doctor,
                last_day=last_day,
                reason=form.cleaned_data["reason"],
                seen=_read_versions(form.cleaned_data["seen"]),
                **self.act(),
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _fields_of(form))
            if "changed_meanwhile" in refusal_codes(refusal):
                # What was typed stays; what is confirmed next are the guards that the page shows now.
                form.look_again(_versions(self.guards))
            return self.form_invalid(form)
        if done:
            number = len(done.guards)
            text = ngettext("%(number)d garde annulée.", "%(number)d gardes annulées.", number)
            messages.success(self.request, text % {"number": number})
        return ended(self, last_day)


class DoctorChangeView(EnrolmentView, NumbersMixin, TemplateView):
    """Change one thing of an enrolment: its last day, the supervisor of a candidate, acquired rights."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/doctor_change.html"

    def load(self) -> None:
        super().load()
        qualification = qualification_of(self.doctor.provider)
        self.forms: dict[str, Form] = {}
        self.guards: list[Guard] = []
        self.way: WayOut | None = None
        self._make("last_day", LastDayForm, {"last_day": self.doctor.valid_until})
        if qualification and qualification.is_candidate:
            back = self.brought_back(CHANGE, str(self.doctor.pk), {SUPERVISOR: "supervisor_number"})
            self._make("supervisor", SupervisorForm, back)
        if self.doctor.acquired_rights or (qualification and qualification.needs_acquired_rights):
            self._make("rights", AcquiredRightsForm, {"acquired_rights": self.doctor.acquired_rights})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.forms.get(request.POST.get("acte", ""))
        if not isinstance(form, EnrolmentChangeForm) or not form.is_bound:
            messages.info(request, _("Choisissez ce qui change dans cette inscription."))
            return redirect(request.path)
        if f"chercher_{SUPERVISOR}" in request.POST and isinstance(form, SupervisorForm):
            return self.go_and_search(CHANGE, str(self.doctor.pk), form, {"inscription": self.doctor.pk})
        if not form.is_valid():
            return self.render_to_response(self.get_context_data())
        try:
            text = self._change(form)
        except ValidationError as refusal:
            self._explain(form, refusal)
            return self.render_to_response(self.get_context_data())
        if not text:
            return self.render_to_response(self.get_context_data())
        drafts.discard(person=self.portal_request.user, flow=CHANGE, subject=str(self.kwargs["doctor_pk"]))
        messages.success(request, text)
        return redirect("bhod:doctor_detail", doctor_pk=self.doctor.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bound = next((form for form in self.forms.values() if form.is_bound), None)
        context = {
            "form": bound or self.forms["last_day"],
            "last_day_form": self.forms["last_day"],
            "supervisor_form": self.forms.get("supervisor"),
            "rights_form": self.forms.get("rights"),
            "guards": self.shown(self.guards),
            "way_out": self.way,
        }
        return super().get_context_data(**kwargs) | self.doctor_context() | context

    def _make(self, name: str, form_class: Callable[..., Form], initial: dict[str, Any]) -> None:
        is_asked = self.request.method == "POST" and self.request.POST.get("acte") == name
        self.forms[name] = form_class(
            self.request.POST if is_asked else None,
            initial=initial | {"acte": name, "seen": stamp_of(self.doctor)},
            auto_id=f"{name}_%s",
        )

    def _change(self, form: EnrolmentChangeForm) -> str:
        """Does it, and says what was done; nothing where a number could not be read."""
        return elided(self._done(form), self.doctor.provider.person)

    def _done(self, form: EnrolmentChangeForm) -> str:
        data = form.cleaned_data
        act = self.act() | {"doctor": self.doctor, "seen": data["seen"]}
        facts: dict[str, Any] = {"doctor": self.doctor.provider.person}
        if isinstance(form, SupervisorForm):
            supervisor = self.find(form, "supervisor_number")
            if supervisor is None:
                return ""
            day = data["from_day"]
            self.doctor = enrolments.change_supervisor(supervisor=supervisor, from_day=day, **act)
            facts |= {"supervisor": supervisor.person, "day": shown_day(day)}
            return _("%(supervisor)s est le maître de stage de %(doctor)s à partir du %(day)s.") % facts
        if isinstance(form, AcquiredRightsForm):
            enrolments.change_acquired_rights(acquired_rights=data["acquired_rights"], **act)
            return _("Les droits acquis de %(doctor)s sont mis à jour.") % facts
        last_day = data["last_day"]
        enrolments.change_last_day(last_day=last_day, **act)
        if last_day is None:
            return _("L'inscription de %(doctor)s n'a plus de fin.") % facts
        facts |= {"day": shown_day(last_day)}
        return _("L'inscription de %(doctor)s se termine le %(day)s, ce jour compris.") % facts

    def _explain(self, form: EnrolmentChangeForm, refusal: ValidationError) -> None:
        """Beside its field; with the guards that are in the way, and from where things stand now."""
        self.doctor.refresh_from_db()
        codes, data = refusal_codes(refusal), form.cleaned_data
        if "guards_after_end" in codes:
            self.guards = list(guards_past(self.doctor, data["last_day"]))
            self.way = self.way_out(self.guards, data["last_day"])
        if "candidate_and_supervisor" in codes:
            supervisor = self.find(form, "supervisor_number")
            if supervisor:
                found = guards_against(self.doctor, supervisor=supervisor, from_day=data["from_day"])
                self.guards = list(found)
        if "changed_meanwhile" in codes:
            form.look_again(stamp_of(self.doctor))
        add_refusal(form, refusal, _fields_of(form))


def ended(view: EnrolmentView, last_day: date) -> HttpResponse:
    """Say that an enrolment ends, and go back to the list."""
    facts = {"doctor": view.doctor.provider.person, "day": shown_day(last_day)}
    text = _("L'inscription de %(doctor)s se termine le %(day)s, ce jour compris.")
    messages.success(view.request, elided(text % facts, facts["doctor"]))
    return redirect(reverse("bhod:doctor_list"))


def _fields_of(form: Form) -> dict[str, str]:
    return {code: name for code, name in FIELDS.items() if name in form.fields}


def _versions(guards: list[Guard]) -> str:
    return ",".join(f"{guard.pk}:{guard.version}" for guard in guards)


def _read_versions(text: str) -> dict[int, int]:
    """The versions by key; what isn't understood is as if nothing had been seen."""
    try:
        pairs = [pair.split(":") for pair in text.split(",") if pair]
        return {int(key): int(version) for key, version in pairs}
    except ValueError:
        return {}
