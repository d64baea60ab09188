"""The tab « Subdivision » (seed 000, line 420): the tree, and what becomes of its branches."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.forms.subdivisions import (
    TOP,
    SubdivisionCreateForm,
    SubdivisionNameForm,
    SubdivisionPlaceForm,
)
from access_mgmt.models import Quality, Subdivision
from access_mgmt.services import subdivisions
from access_mgmt.views.common import QualityView
from bhod_portal.core.refusals import add_refusal, refusal_codes
from csam.http import AuthenticatedRequest

_FIELDS = {"name_taken": "name", "too_deep": "parent", "own_branch": "parent", "subdivision_over": "parent"}


class TreeView(QualityView):
    """A page of those who manage the tree of a quality, or a branch of it."""

    opens_to_branches = True
    menu_entry = "users"

    def tree(self) -> list[selectors.SubdivisionNode]:
        managed = selectors.subdivisions_managed_by(self.person, self.quality, on=self.today)
        return selectors.subdivision_tree(managed)


class SubdivisionListView(TreeView, FormView):
    """The tree; the form below it makes one subdivision more."""

    request: AuthenticatedRequest
    form_class = SubdivisionCreateForm
    template_name = "access_mgmt/subdivision_list.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.nodes = self.tree()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "places": selectors.tree_lines(self.nodes),
            "at_top": self.manages_quality,
        }

    def form_valid(self, form: SubdivisionCreateForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        try:
            subdivisions.create_subdivision(
                quality=self.quality, parent=form.place(), name=name, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _FIELDS)
            return self.form_invalid(form)
        messages.success(self.request, _("La subdivision « %(name)s » a été créée.") % {"name": name})
        return redirect("access_mgmt:subdivision_list", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "nodes": self.nodes,
            "deepest": subdivisions.DEEPEST,
        }


class SubdivisionView(TreeView):
    """A page about one subdivision."""

    subdivision: Subdivision

    def load_quality(self) -> Quality:
        known = selectors.subdivisions_known_to(self.person, on=self.today)
        self.subdivision = get_object_or_404(known, pk=self.kwargs["subdivision_pk"])
        return self.subdivision.quality

    def may_open(self) -> bool:
        return selectors.manages_subdivision(self.person, self.subdivision, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"subdivision": self.subdivision}

    def to_detail(self) -> HttpResponse:
        return redirect("access_mgmt:subdivision_detail", subdivision_pk=self.subdivision.pk)

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:subdivision_list", quality_pk=self.quality.pk)


class BelowOwnView(SubdivisionView):
    """What a subdivision manager does to all of his branch but its topmost subdivision."""

    def elsewhere(self) -> HttpResponse | None:
        subdivisions.check_below_own(self.quality, self.subdivision, self.person, self.at)
        return super().elsewhere()


class SubdivisionRenameView(SubdivisionView, FormView):
    request: AuthenticatedRequest
    form_class = SubdivisionNameForm
    template_name = "access_mgmt/subdivision_rename.html"

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.subdivision.name}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            changed = subdivisions.rename_subdivision(
                subdivision=self.subdivision, name=form.cleaned_data["name"], by=self.person, at=self.at
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {"name_taken": "name"})
            return self.form_invalid(form)
        if changed:
            messages.success(self.request, _("La subdivision a changé de nom."))
        else:
            messages.info(self.request, _("Le nom est resté le même : rien n'a changé."))
        return self.to_detail()


class SubdivisionMoveView(BelowOwnView, FormView):
    """Where else in the tree a subdivision may stand: not below itself."""

    request: AuthenticatedRequest
    form_class = SubdivisionPlaceForm
    template_name = "access_mgmt/subdivision_move.html"

    def get_initial(self) -> dict[str, Any]:
        return {"parent": str(self.subdivision.parent_id or TOP)}

    def get_form_kwargs(self) -> dict[str, Any]:
        places = [
            (level, place)
            for level, place in selectors.tree_lines(self.tree())
            if self.subdivision.pk not in (place.pk, *place.ancestors)
        ]
        return super().get_form_kwargs() | {"places": places, "at_top": self.manages_quality}

    def form_valid(self, form: SubdivisionPlaceForm) -> HttpResponse:
        try:
            moved = subdivisions.move_subdivision(
                subdivision=self.subdivision, parent=form.place(), by=self.person, at=self.at
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _FIELDS | {"name_taken": "parent"})
            return self.form_invalid(form)
        if moved:
            messages.success(
                self.request,
                _("« %(name)s » a été déplacée, avec tout ce qui en dépend.") % {"name": self.subdivision},
            )
        else:
            messages.info(self.request, _("La subdivision est restée à sa place : rien n'a changé."))
        return self.to_list()


class SubdivisionDeleteView(BelowOwnView, TemplateView):
    """What is still in a subdivision; the confirmation removes it when nothing is."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/subdivision_delete.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            subdivisions.remove_subdivision(subdivision=self.subdivision, by=self.person, at=self.at)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            if "not_empty" in refusal_codes(refusal):
                return redirect("access_mgmt:subdivision_delete", subdivision_pk=self.subdivision.pk)
            return self.to_list()
        messages.success(
            self.request, _("La subdivision « %(name)s » a été supprimée.") % {"name": self.subdivision}
        )
        return self.to_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branch = Subdivision.objects.branch(self.subdivision)
        node = selectors.subdivision_tree(branch)[0]
        return super().get_context_data(**kwargs) | {
            "node": node,
            "empty": not node.members and not node.children,
        }
