from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from bhod.eligibility import DAY_STARTS, NIGHT_STARTS, ONE_DAY, category_of
from bhod.enums import GuardAct, GuardCategory, GuardState
from bhod.forms import is_ambiguous, read_month
from bhod.forms.guards import (
    GuardCancelForm,
    GuardEditForm,
    GuardForm,
    read_day,
    read_hours,
    seen_of,
    values_of,
)
from bhod.models import Guard
from bhod.permissions import Capability
from bhod.rules.standing import unpaid_minutes
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import GuardLine, guard_line, guards_of, last_change, month_of, units_open_on
from bhod.selectors.plans import Entry, Plan
from bhod.selectors.swaps import offer_of
from bhod.services import guards as services
from bhod.templatetags.guards import categories, hours
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.guard_check import Look, entry_of, look_at, told_of
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_instant
from prosante_login.models import CareProvider

# Which field mends which refusal.
FIELDS = {
    "guard_out_of_order": "end_day",
    "guard_too_long": "end_day",
    "guard_too_old": "end_day",
    "guard_overlap": "provider",
    "guard_overlap_elsewhere": "provider",
    "acquired_rights_required": "provider",
    "unit_closed": "unit",
    "unit_not_allowed": "unit",
    "guard_too_far": "start_day",
    "candidate_and_supervisor": "provider",
    "not_enrolled": "provider",
    "not_eligible_code": "provider",
    "supervisor_required": "provider",
}


class GuardFormView(CapabilityRequiredMixin, FormView):
    """What adding and changing a guard have in common."""

    required_capability = Capability.MANAGE_GUARDS
    guard: Guard | None = None

    def load(self) -> None:
        super().load()
        self.today = today = clock.today(self.portal_request.world)
        # A unit that has closed since is offered to who comes from a day on which it was open.
        first_of_month = read_month(self.request.GET.get("mois", ""))
        self.month_asked = first_of_month if first_of_month != month_of(today).start else None
        self.units = list(units_open_on(self.enterprise_id, self.day_asked or self.month_asked or today))
        self.providers: list[CareProvider] = doctors_to_choose(self.enterprise_id, on=today)

    @property
    def day_asked(self) -> date | None:
        """The day from which one comes, as the address gives it."""
        return read_day(self.request.GET.get("jour", ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"units": self.units, "providers": self.providers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            "has_units": bool(self.units),
            "has_doctors": bool(self.providers),
            "uses_htmx": True,
            "look": None,
            "meanwhile": [],
            "change": None,
            "month_url": month_url(self.day_asked or self.month_asked or self.today),
        }
        return context | super().get_context_data(**kwargs) | self.page_context()

    def save(self, form: Any) -> Guard:
        raise NotImplementedError

    def form_valid(self, form: GuardForm) -> HttpResponse:
        if "verifier" in self.request.POST:
            look = self.look(form)
            return self.render_to_response(self.get_context_data(form=form, look=look))
        try:
            guard = self.save(form)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        say_what_counts(self.request, guard_line(guard, None))
        return redirect(month_url(clock.day_of(guard.starts_at)))

    def look(self, form: GuardForm) -> Look:
        request = self.portal_request
        return look_at(
            entry_of(form.wanted, guard=self.guard),
            enterprise_id=self.enterprise_id,
            by=request.user,
            at=clock.now(request.world),
        )

    def refused(self, form: Any, refusal: ValidationError) -> HttpResponse:
        add_refusal(form, refusal, FIELDS)
        return self.form_invalid(form)


class GuardCreateView(GuardFormView):
    form_class = GuardForm
    template_name = "bhod/guard_create.html"

    def get_initial(self) -> dict[str, Any]:
        """The cell of the grid from which one comes, with the hours that are paid on that day."""
        asked, initial = self.request.GET, {}
        if (unit := asked.get("unite", "")) in {str(each.pk) for each in self.units}:
            initial["unit"] = unit
        if (provider := asked.get("medecin", "")) in {str(each.pk) for each in self.providers}:
            initial["provider"] = provider
        day = self.day_asked
        if day is None:
            return initial | ({"start_day": self.month_asked} if self.month_asked else {})
        is_night = category_of(day) == GuardCategory.WEEKNIGHT
        return initial | {
            "start_day": day,
            "start_time": NIGHT_STARTS if is_night else DAY_STARTS,
            "end_day": day + ONE_DAY,
            "end_time": DAY_STARTS,
            **read_hours(asked),
        }

    def save(self, form: GuardForm) -> Guard:
        request = self.portal_request
        return services.register_guard(**form.wanted, by=request.user, at=clock.now(request.world))

    def refused(self, form: GuardForm, refusal: ValidationError) -> HttpResponse:
        if is_there_already(self.enterprise_id, form.wanted, refusal):
            messages.info(self.request, _("Cette garde est déjà enregistrée."))
            return redirect(month_url(clock.day_of(form.wanted["starts_at"])))
        return super().refused(form, refusal)


class GuardEditView(GuardFormView):
    form_class = GuardEditForm
    template_name = "bhod/guard_edit.html"
    guard: Guard

    def load(self) -> None:
        super().load()
        self.guard = get_object_or_404(
            guards_of(self.enterprise_id).select_related("registered_by", "cancelled_by"),
            pk=self.kwargs["guard_pk"],
        )
        if self.guard.provider not in self.providers:
            self.providers = [*self.providers, self.guard.provider]
        if self.guard.unit not in self.units:
            self.units = [*self.units, self.guard.unit]

    def get_initial(self) -> dict[str, Any]:
        return values_of(self.guard) | {"version": self.guard.version, "seen": seen_of(self.guard)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_draft": self.guard.state == GuardState.DRAFT}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = kwargs["form"].data if "form" in kwargs else {}
        again = {
            "jour": self._day_typed(typed.get("start_day", "")),
            "unite": typed.get("unit", self.guard.unit_id),
            "medecin": typed.get("provider", self.guard.provider_id),
        }
        context = {
            "line": guard_line(self.guard, self.tariffs),
            "is_over": self.guard.ends_at <= clock.now(self.portal_request.world),
            "again": urlencode(again),
            "known": self.known_to_payments([self.guard]),
            "offered": offer_of(self.guard, at=clock.now(self.portal_request.world)),
        }
        return super().get_context_data(**kwargs) | context

    def save(self, form: GuardEditForm) -> Guard:
        request = self.portal_request
        return services.change_guard(
            guard=self.guard,
            **form.wanted,
            by=request.user,
            at=clock.now(request.world),
            seen_version=form.cleaned_data["version"],
        )

    def refused(self, form: GuardEditForm, refusal: ValidationError) -> HttpResponse:
        self.guard = guards_of(self.enterprise_id).get(pk=self.guard.pk)
        if "changed_meanwhile" not in refusal_codes(refusal):
            return super().refused(form, refusal)
        if form.wanted == {name: getattr(self.guard, name) for name in form.wanted}:
            messages.info(self.request, _("Cette garde est déjà ainsi : rien n'a changé."))
            return redirect(month_url(clock.day_of(self.guard.starts_at)))
        compared = form.look_again(seen_of(self.guard))
        form.data["version"] = self.guard.version  # type: ignore[index]  # its own copy since `look_again`
        change = last_change(self.guard)
        return self.render_to_response(self.get_context_data(form=form, meanwhile=compared, change=change))

    def _day_typed(self, typed: str) -> str:
        try:
            day: date = GuardForm.base_fields["start_day"].clean(typed)
        except ValidationError:
            day = clock.day_of(self.guard.starts_at)
        return day.isoformat()


class GuardCancelView(CapabilityRequiredMixin, FormView):
    required_capability = Capability.MANAGE_GUARDS
    form_class = GuardCancelForm
    template_name = "bhod/guard_cancel.html"

    def load(self) -> None:
        super().load()
        self.guard = get_object_or_404(guards_of(self.enterprise_id), pk=self.kwargs["guard_pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.guard.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = Entry.of(self.guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        context = {
            "line": guard_line(self.guard, self.tariffs),
            "told": told_of(Plan(self.enterprise_id, [entry]), by=self.portal_request.user),
            "change": None,
            "offered": offer_of(self.guard, at=clock.now(self.portal_request.world)),
            "known": self.known_to_payments([self.guard]),
        }
        return context | super().get_context_data(**kwargs) | self.page_context()

    def form_valid(self, form: GuardCancelForm) -> HttpResponse:
        request = self.portal_request
        try:
            services.cancel_guard(
                guard=self.guard,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(request.world),
                seen_version=form.cleaned_data["version"],
            )
        except ValidationError as refusal:
            if "changed_meanwhile" in refusal_codes(refusal):
                return self.overtaken(form)
            # Someone, or the first of two clicks, was faster.
            messages.info(self.request, " ".join(refusal.messages))
        else:
            messages.success(self.request, _("La garde est annulée."))
        return redirect(month_url(clock.day_of(self.guard.starts_at)))

    def overtaken(self, form: GuardCancelForm) -> HttpResponse:
        """The guard as it stands now, with the reason that was typed."""
        self.guard = guards_of(self.enterprise_id).get(pk=self.guard.pk)
        data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = self.guard.version
        form.data = data
        return self.render_to_response(self.get_context_data(form=form, change=last_change(self.guard)))


def month_url(day: date) -> str:
    return f"{reverse('bhod:guard_month')}?mois={day:%Y-%m}"


def is_there_already(enterprise_id: int, wanted: dict[str, Any], refusal: ValidationError) -> bool:
    """Whether the refused guard is one that stands, the same in all: it was sent twice."""
    if "guard_overlap" not in refusal_codes(refusal):
        return False
    return guards_of(enterprise_id).standing().filter(**wanted).exists()


def say_what_counts(request: HttpRequest, line: GuardLine) -> None:
    """What was written, and all that its author might not have meant."""
    guard = line.guard
    messages.success(request, what_counts(line))
    unpaid = unpaid_minutes(guard.starts_at, guard.ends_at)
    if unpaid:
        text = _(
            "%(unpaid)s de cette garde ne sont pas honorées : elles sont hors du week-end, des jours fériés et des "
            "nuits de 19:00 à 08:00."
        )
        messages.warning(request, text % {"unpaid": hours(unpaid)})
    if is_ambiguous(guard.starts_at) or is_ambiguous(guard.ends_at):
        text = _(
            "Cette nuit-là, l'horloge passe deux fois de 02:00 à 03:00 : l'heure indiquée est la première des deux."
        )
        messages.info(request, text)


def what_counts(line: GuardLine) -> str:
    """« Garde enregistrée : Dr Benali, Ouest, du … au …. Elle compte : nuit de semaine 13 h. »"""
    guard = line.guard
    facts = {
        "doctor": guard.provider.person.last_name,
        "unit": guard.unit.name,
        "start": shown_instant(guard.starts_at),
        "end": shown_instant(guard.ends_at),
        "counts": categories(line.eligible),
    }
    text = _(
        "Garde enregistrée : Dr %(doctor)s, %(unit)s, du %(start)s au %(end)s. Elle compte : %(counts)s."
    )
    if guard.state == GuardState.DRAFT:
        text = _(
            "Brouillon gardé : Dr %(doctor)s, %(unit)s, du %(start)s au %(end)s. Il compterait : %(counts)s."
        )
    return text % facts
