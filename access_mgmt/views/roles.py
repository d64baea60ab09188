from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import CIRCLE_FUNCTIONS, AssignmentState, ChangeKind, Function, QualityKind
from access_mgmt.forms.roles import RoleAssignForm, RoleEditForm
from access_mgmt.models import Quality, RoleAssignment, RoleChange
from access_mgmt.selectors import FunctionRow
from access_mgmt.services import role_assignments
from access_mgmt.views import role_warnings
from access_mgmt.views.common import MemberView
from access_mgmt.views.member_lists import PAGE_SIZE
from access_mgmt.views.refreshing import refreshing
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_day, shown_instant
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest, refreshes_itself

TONES = {
    AssignmentState.PENDING: "warning",
    AssignmentState.ACTIVE: "success",
    AssignmentState.FUTURE: "info",
    AssignmentState.EXPIRED: "neutral",
    AssignmentState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownFunction:
    """A row of « Fonctions exercées » with the words of its state."""

    assignment: RoleAssignment
    state: str
    tone: str
    note: str
    editable: bool


@method_decorator(refreshes_itself, name="dispatch")
class RoleListView(MemberView, FormView):
    """The functions of a member; the form below the table adds one.

    The table looks again by itself while a change is on its way. Without script the whole page does, and shows no form
    then, lest what is being typed be lost: `?pause=1` shows it and stands still.
    """

    request: AuthenticatedRequest
    form_class = RoleAssignForm
    template_name = "access_mgmt/role_list.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.member.person_id == self.person.pk and not self.may_open():
            return render(request, "access_mgmt/role_list_own.html", status=HTTPStatus.FORBIDDEN)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"quality": self.quality}

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        function = Function(data["function"])
        try:
            role_assignments.assign_role(
                member=self.member, function=function, period=data["period"], by=self.person, at=self.at
            )
        except ValidationError as refusal:
            if not selectors.is_assigned(self.member, function, data["period"]):
                add_refusal(form, refusal, {"role_overlap": "function"})
                return self.form_invalid(form)
            # A second click on « Ajouter » sees what the first one did.
            messages.info(self.request, _("La fonction %s est attribuée pour ces dates.") % function.label)
        else:
            messages.success(self.request, _propagates(_("La fonction %s a été ajoutée.") % function.label))
            for sentence in role_warnings.warnings_for(self.member, function, data["period"], on=self.today):
                messages.warning(self.request, sentence)
        return redirect("access_mgmt:role_list", member_pk=self.member.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.function_rows(self.member, on=self.today)
        gives_circle_functions = self.quality.kind == QualityKind.EHEALTH
        mode = self.request.world.mode
        states = [(row.state, shown(row, self.at, mode)) for row in rows]
        pending = sum(bool(row.pending) for row in rows)
        standing = [row for state, row in states if state != AssignmentState.WITHDRAWN]
        page = Paginator(standing, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return (
            super().get_context_data(**kwargs)
            | {
                "rows": list(page),
                "page_obj": page,
                "history": [row for state, row in states if state == AssignmentState.WITHDRAWN],
                "columns": [_("Fonction"), _("Date de début"), _("Date de fin"), _("État"), _("Action")],
                "history_columns": [_("Fonction"), _("Date de début"), _("Date de fin"), _("État")],
                "ties": selectors.ties_of(self.member, seen_by=self.person, on=self.today),
                "may_be_told": any(row.editable and row.state != AssignmentState.EXPIRED for row in rows),
                "gives_circle_functions": gives_circle_functions,
                "no_doctor": role_warnings.no_doctor(self.member) if gives_circle_functions else "",
                "no_application": role_warnings.no_application(self.member) if gives_circle_functions else "",
                "manager_function": Function.FILEMANAGER_CIRCLE.value,
                "administrative_function": Function.GUARDPOST_CIRCLE.value,
            }
            | refreshing(self.request, waiting=pending if mode != PropagationMode.STUCK else 0)
        )


class AssignmentView(MemberView):
    """A page about one function that a member was given."""

    assignment: RoleAssignment

    def load_quality(self) -> Quality:
        known = selectors.assignments_known_to(self.person, on=self.today)
        self.assignment = get_object_or_404(known, pk=self.kwargs["assignment_pk"])
        self.member = self.assignment.member
        return self.member.quality

    @property
    def place_arguments(self) -> dict[str, Any]:
        return {**super().place_arguments, "member_pk": self.member.pk}

    def elsewhere(self) -> HttpResponse | None:
        return self.over() if self.assignment.revoked_at is not None else None

    def over(self) -> HttpResponse:
        # A second click, or another manager was faster: the list says how things stand.
        messages.info(self.request, _became(selectors.what_became_of(self.assignment)))
        return self.to_list()

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:role_list", member_pk=self.member.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"assignment": self.assignment}


class RoleEditView(AssignmentView, FormView):
    request: AuthenticatedRequest
    form_class = RoleEditForm
    template_name = "access_mgmt/role_edit.html"

    def elsewhere(self) -> HttpResponse | None:
        # What was typed for a function that is gone is still heard.
        return None if self.request.method == "POST" else super().elsewhere()

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": self.assignment.valid_from, "valid_until": self.assignment.valid_until}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            successor = role_assignments.change_period(
                assignment=self.assignment, period=form.cleaned_data["period"], by=self.person, at=self.at
            )
        except ValidationError as refusal:
            if "assignment_over" in refusal_codes(refusal):
                return self.overtaken(form)
            add_refusal(form, refusal, {"role_overlap": "valid_from"})
            return self.form_invalid(form)
        if successor == self.assignment:
            messages.info(self.request, _("Les dates sont restées les mêmes : rien n'a changé."))
        else:
            messages.success(
                self.request,
                _propagates(_("Les dates de la fonction %s ont été modifiées.") % successor.function),
            )
        return self.to_list()

    def overtaken(self, form: Form) -> HttpResponse:
        """Someone was faster: what he did, beside what was typed here, which is sent again on purpose or not at all."""
        change = selectors.what_became_of(self.assignment)
        if change is None:
            return self.over()
        now = change.grants
        if now and Period(now.valid_from, now.valid_until) == form.cleaned_data["period"]:
            # A second click, or two who wanted the same.
            return self.over()
        return self.render_to_response(self.get_context_data(form=form, overtaken_by=change))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"overtaken_by": None, **kwargs})


class RoleDeleteView(AssignmentView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/role_delete.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            role_assignments.revoke_role(assignment=self.assignment, by=self.person, at=self.at)
        except ValidationError:
            return self.over()
        label = self.assignment.get_function_display()
        messages.success(self.request, _propagates(_("La fonction %s a été supprimée.") % label))
        return self.to_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assignment = self.assignment
        until = assignment.valid_until
        return super().get_context_data(**kwargs) | {
            "rows": [
                Row(_("Utilisateur"), str(self.member.person)),
                Row(_("Fonction"), assignment.get_function_display()),
                Row(_("Date de début"), shown_day(assignment.valid_from)),
                Row(_("Date de fin"), shown_day(until) if until else _("sans fin")),
            ],
            "opens_bhod": assignment.function in CIRCLE_FUNCTIONS,
        }


def _became(change: RoleChange | None) -> str:
    """Who was faster, when, and how things stand since."""
    if change is None:
        return _("Cette fonction a déjà été modifiée ou supprimée.")
    words = {
        "who": change.requested_by,
        "when": shown_instant(change.requested_at),
        "dates": _dates(change.grants) if change.grants else "",
    }
    if change.grants:
        sentence = _(
            "Cette fonction a déjà été modifiée ou supprimée : %(who)s en a changé les dates le %(when)s (%(dates)s)."
        )
    else:
        sentence = _("Cette fonction a déjà été modifiée ou supprimée : %(who)s l'a supprimée le %(when)s.")
    return sentence % words


def _dates(assignment: RoleAssignment) -> str:
    until = assignment.valid_until
    return f"{shown_day(assignment.valid_from)} – {shown_day(until) if until else _('sans fin')}"


def _propagates(sentence: str) -> str:
    return f"{sentence} {_('Votre adaptation sera active dans un délai maximal de 20 minutes.')}"


def shown(row: FunctionRow, at: datetime, mode: str) -> ShownFunction:
    """A function with the words of its state at an instant of a world that propagates in that mode."""
    return ShownFunction(
        assignment=row.assignment,
        state=str(row.state.label),
        tone=TONES[row.state],
        note=_note(row, at, mode) if row.pending else "",
        editable=row.editable,
    )


def _note(row: FunctionRow, at: datetime, mode: str) -> str:
    """What is on its way for a row, and when it will be there."""
    if mode == PropagationMode.STUCK:
        return _("La propagation est arrêtée dans ce monde du simulateur.")
    change = cast(RoleChange, row.pending)
    if change.held_until is not None:
        return _(
            "Mise de côté : elle n'a pas pu être appliquée, et un responsable du simulateur en est averti. Elle est "
            "réessayée d'elle-même ; d'ici là, rien ne change pour les applications."
        )
    edited = change.kind == ChangeKind.EDITED
    if row.editable:
        sentence = (
            _("Modification %(when)s ; d'ici là, les anciennes dates comptent.")
            if edited
            else _("Attribution %(when)s.")
        )
    else:
        sentence = (
            _("Remplacée %(when)s ; d'ici là, ces dates-ci comptent.")
            if edited
            else _("Suppression %(when)s ; d'ici là, rien ne change pour les applications.")
        )
    return sentence % {"when": time_left(change.due_at - at)}


def time_left(left: timedelta) -> str:
    """« dans 5 minutes », rounded up; « d'un instant à l'autre » for what is due."""
    minutes = ceil(left.total_seconds() / 60)
    if minutes <= 0:
        return _("d'un instant à l'autre")
    return ngettext("dans %(minutes)d minute", "dans %(minutes)d minutes", minutes) % {"minutes": minutes}
