"""What the rules say of a guard before it is written, and whom writing it would tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from bhod.eligibility import Eligible, eligible
from bhod.enums import GuardAct
from bhod.forms.guards import GuardForm, QuickGuardForm, read_day
from bhod.models import Guard
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.rules.standing import unpaid_minutes
from bhod.selectors.circles import organisation_of
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import guards_of, units_of
from bhod.selectors.plans import Entry, Plan, judge
from bhod.services.notices import doctors_told
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.keys import key_in
from csam.models import Person


@dataclass(frozen=True, slots=True)
class Look:
    """A guard as it would be: what the rules refuse, which minutes count, which don't, and who gets a mail."""

    problems: Sequence[Problem]
    eligible: Eligible
    unpaid: int
    told: str


def look_at(entry: Entry, *, enterprise_id: int, by: Person, at: datetime) -> Look:
    """What writing this entry alone would come to; nothing of it is written."""
    plan = Plan(enterprise_id, [entry])
    [problems] = judge(plan, at=at).problems
    in_order = entry.ends_at > entry.starts_at
    return Look(
        problems,
        eligible(entry.starts_at, entry.ends_at) if in_order else Eligible(),
        unpaid_minutes(entry.starts_at, entry.ends_at) if in_order else 0,
        told_of(plan, by=by),
    )


def told_of(plan: Plan, *, by: Person) -> str:
    """« 2 médecins seront prévenus par e-mail : … »; who writes nobody is told, too."""
    names = [str(each.person) for each in doctors_told(plan, by=by)]
    if not names:
        return _("Personne ne reçoit d'e-mail.")
    text = ngettext(
        "%(number)s médecin sera prévenu par e-mail : %(names)s.",
        "%(number)s médecins seront prévenus par e-mail : %(names)s.",
        len(names),
    )
    return text % {"number": len(names), "names": ", ".join(names)}


def entry_of(wanted: dict[str, Any], *, guard: Guard | None = None) -> Entry:
    """The values of a form as a line of a plan."""
    return Entry(
        unit_id=wanted["unit"].pk,
        provider_id=wanted["provider"].pk,
        starts_at=wanted["starts_at"],
        ends_at=wanted["ends_at"],
        state=wanted["state"],
        act=GuardAct.CHANGED if guard else GuardAct.ENTERED,
        guard=guard,
    )


class GuardCheckView(CapabilityRequiredMixin, TemplateView):
    """Asked while one types: the problems of what stands in the form, in a part of a page or alone on one."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.guard: Guard | None = None
        asked = self.request.GET.get("garde", "")
        if asked:
            found = guards_of(self.enterprise_id)
            self.guard = get_object_or_404(found, pk=key_in(asked))

    def get_template_names(self) -> list[str]:
        is_part = self.request.headers.get("HX-Request") == "true"
        return ["bhod/_guard_check.html" if is_part else "bhod/guard_check.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world = self.portal_request.world
        form = self._form()
        look = None
        if form is not None and form.is_valid():
            look = look_at(
                entry_of(form.wanted, guard=self.guard),
                enterprise_id=self.enterprise_id,
                by=self.portal_request.user,
                at=clock.now(world),
            )
        return super().get_context_data(**kwargs) | self.page_context() | {"look": look, "typed": form}

    def _form(self) -> GuardForm | QuickGuardForm | None:
        """The form that the page shows: of a cell when a day comes along."""
        data = self.request.GET
        units = list(units_of(self.enterprise_id))
        providers = doctors_to_choose(self.enterprise_id, on=clock.today(self.portal_request.world))
        if self.guard and self.guard.provider not in providers:
            providers.append(self.guard.provider)
        if "jour" not in data:
            return GuardForm(data, units=units, providers=providers)
        day = read_day(data["jour"])
        if day is None:
            return None
        shifts = organisation_of(self.enterprise_id).shifts_on(day)
        return QuickGuardForm(data, day=day, shifts=shifts, units=units, providers=providers)
