from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from access_mgmt import selectors
from access_mgmt.enums import ADDED_KINDS, MemberKind, MemberLink
from access_mgmt.forms.members import MemberCreateForm, MemberIdentifyForm
from access_mgmt.models import QualityMember, Subdivision
from access_mgmt.services import member_exports, members
from access_mgmt.views.common import QualityView
from access_mgmt.views.member_lists import FilteredMembersView
from bhod_portal.core import drafts
from bhod_portal.core.http import csv_file
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.keys import key_in
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Column, Row
from csam.http import AuthenticatedRequest, check_look_ups
from csam.models import Person
from csam.selectors import person_with_pk

FLOW = "member"


class QualityUsersView(FilteredMembersView, QualityView):
    """The users of a quality."""

    request: AuthenticatedRequest
    opens_to_branches = True

    def listed(self) -> QuerySet[QualityMember]:
        members = selectors.members_of(self.quality)
        return selectors.in_branch(members, self.branch) if self.branch else members

    def list_url(self) -> str:
        return reverse("access_mgmt:member_list", args=[self.quality.pk])


class UsersView(QualityUsersView, FormView):
    """Their list; the form at the bottom adds one by NISS, at a URL of its own."""

    request: AuthenticatedRequest
    form_class = MemberIdentifyForm
    template_name = "access_mgmt/member_list.html"

    def kinds(self) -> list[MemberKind]:
        """What a new person may become: only who manages the quality as a whole names who does so too."""
        return [MemberKind.USER] if self.branch else list(ADDED_KINDS)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kinds": self.kinds()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        added = key_in(self.request.GET.get("ajout", ""))
        return (
            {"already": None}
            | (context := super().get_context_data(**kwargs))
            | {
                "columns": [
                    Column(_("Choisir"), hidden=True),
                    *context["sorted_columns"],
                    _("Statut"),
                    _("Action"),
                ],
                "added": self.listed().filter(pk=added).first() if added else None,
            }
        )


class MemberListView(UsersView):
    """The list by criteria; they come by POST, so that a NISS among them stands in no address."""

    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.search() or self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, form=MemberIdentifyForm(kinds=self.kinds()))


class MemberExportView(QualityUsersView):
    """What the list shows, all pages of it; a link as in the seed, and a line of the trail is all that it writes."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.filter.is_valid():
            return redirect(f"{self.list_url()}?{request.GET.urlencode()}")
        rows = member_exports.export_members(
            quality=self.quality, found=self.found, by=self.person, at=self.at
        )
        name = f"utilisateurs-{self.quality.enterprise.bce_number}-{self.today:%Y-%m-%d}.csv"
        return csv_file(rows, name)


class MemberIdentifyView(UsersView):
    """Who is to be added: by POST, so that the NISS stands in no address."""

    http_method_names = ["get", "head", "post", "options"]

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST":
            return None
        return redirect("access_mgmt:member_list", quality_pk=self.quality.pk)

    def form_valid(self, form: Form) -> HttpResponse:
        kind, niss = MemberKind(form.cleaned_data["kind"]), form.cleaned_data["niss"]
        try:
            check_look_ups(self.request)
            person = members.find_candidate(
                quality=self.quality, kind=kind, niss=niss, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            form.add_error("niss", refusal)
            already = None
            if "already_member" in refusal_codes(refusal):
                already = self.listed().filter(person__niss=niss).first()
            return self.render_to_response(self.get_context_data(form=form, already=already))
        drafts.save(
            person=self.person, flow=FLOW, subject=subject_of(self.quality.pk, kind), person_pk=person.pk
        )
        return redirect("access_mgmt:member_create", quality_pk=self.quality.pk, kind=kind.value)


class MemberCreateView(QualityView, FormView):
    request: AuthenticatedRequest
    form_class = MemberCreateForm
    template_name = "access_mgmt/member_create.html"
    opens_to_branches = True
    kind: MemberKind
    candidate: Person

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        kind = next((kind for kind in ADDED_KINDS if kind.value == kwargs["kind"]), None)
        if kind is None:
            raise Http404
        self.kind = kind

    def elsewhere(self) -> HttpResponse | None:
        draft = drafts.read(person=self.person, flow=FLOW, subject=subject_of(self.quality.pk, self.kind))
        candidate = person_with_pk(self.person.world, draft.get("person_pk"))
        if candidate is None:
            messages.info(self.request, _("Indiquez d'abord le NISS de la personne à ajouter."))
            return redirect("access_mgmt:member_list", quality_pk=self.quality.pk)
        self.candidate = candidate
        try:
            members.check_candidate(
                quality=self.quality, kind=self.kind, person=candidate, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            messages.info(self.request, " ".join(refusal.messages))
            return redirect("access_mgmt:member_list", quality_pk=self.quality.pk)
        return None

    def get_initial(self) -> dict[str, Any]:
        link = selectors.link_between(self.candidate, self.quality.enterprise, on=self.today)
        return {
            "username": selectors.proposed_username(self.candidate),
            "title": selectors.title_of(self.candidate),
            "language": self.candidate.language,
            "email": self.candidate.email,
            # Neither worker nor legal representative: what remains.
            "link": (link or MemberLink.MEMBER).value,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.candidate, "places": self.places()}

    def places(self) -> list[tuple[int, Subdivision]]:
        """Where the new user may be put by who manages a branch only."""
        if self.branch is None:
            return []
        branch = Subdivision.objects.branch(self.branch)
        return list(selectors.tree_lines(selectors.subdivision_tree(branch)))

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            member = members.add_member(
                quality=self.quality,
                kind=self.kind,
                person=self.candidate,
                by=self.person,
                at=self.at,
                **{"username": "", "subdivision": self.branch, **form.cleaned_data},
            )
        except ValidationError as refusal:
            if "already_member" in refusal_codes(refusal):
                # The first of two clicks, or another manager, was faster.
                messages.info(self.request, " ".join(refusal.messages))
                return redirect("access_mgmt:member_list", quality_pk=self.quality.pk)
            add_refusal(form, refusal, {"username_taken": "username", "username_required": "username"})
            return self.form_invalid(form)
        drafts.discard(person=self.person, flow=FLOW, subject=subject_of(self.quality.pk, self.kind))
        response = redirect("access_mgmt:member_list", quality_pk=self.quality.pk)
        response["Location"] += f"?ajout={member.pk}"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        candidate = self.candidate
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "candidate": candidate,
            "in_branch": self.branch is not None,
            "username_row": [Row(_("Nom d'utilisateur"), candidate.username)] if candidate.username else [],
            "name_rows": [Row(_("Nom"), candidate.last_name), Row(_("Prénom"), candidate.first_name)],
            "niss_row": [Row(_("NISS"), format_niss(candidate.niss))],
        }


def member_columns() -> list[str]:
    """What the users list and the overview of functions tell of each member."""
    return [_("Nom"), _("Prénom"), _("Nom d'utilisateur"), _("Type"), _("NISS"), _("Statut"), _("Action")]


def subject_of(quality_pk: int, kind: MemberKind) -> str:
    return f"{quality_pk}:{kind.value}"
