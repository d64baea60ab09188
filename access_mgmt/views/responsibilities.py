"""« Hiérarchie des responsabilités » and « About "Responsibility Management" »: the second and third tab (seed 000, line 468)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.forms.responsibilities import ResponsibilityCheckForm, ResponsibilityForm
from access_mgmt.models import Quality, QualityMember, Responsibility
from access_mgmt.selectors import Hierarchy
from access_mgmt.services import responsibilities
from access_mgmt.views.common import QualityView
from access_mgmt.views.member_lists import PAGE_SIZE
from bhod_portal.core import clock, drafts
from bhod_portal.core.keys import key_in
from bhod_portal.core.names import elided
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest

FLOW = "responsibility"
# More persons than one would look through: a longer part of the name finds the right one.
_MOST_FOUND = 20


class HierarchyView(QualityView):
    """A page of the hierarchy of a quality; a subdivision manager sees his branch."""

    menu_entry = "roles"
    opens_to_branches = True

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:responsibility_list", quality_pk=self.quality.pk)

    def managed(self) -> QuerySet[QualityMember]:
        """The members whom the person may place in the hierarchy."""
        members = selectors.members_managed_by(self.person, self.quality, on=self.today)
        return members.unblocked()  # type: ignore[attr-defined,no-any-return]  # the manager's own query set


class ResponsibilityListView(HierarchyView, TemplateView):
    """The tree, a page of its tops at a time; `?de=` opens it at one person, `?arbre=` turns its pages."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibility_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hierarchy = selectors.hierarchy_of(self.quality, seen_by=self.person, on=self.today)
        top = self._opened_at(hierarchy)
        tops: list[tuple[int | None, int]] = (
            list(hierarchy.below[top.pk]) if top else [(None, pk) for pk in hierarchy.tops]
        )
        tree = Paginator(tops, PAGE_SIZE).get_page(self.request.GET.get("arbre"))
        outside = selectors.members_outside_hierarchy(self.quality, seen_by=self.person, on=self.today)
        kept = {"de": top.pk if top else "", "arbre": tree.number if tree.number > 1 else ""}
        return super().get_context_data(**kwargs) | {
            "top": top,
            "lines": hierarchy.lines(list(tree)),
            "tree": tree,
            "tree_query": urlencode({"de": top.pk}) if top else "",
            "page_obj": Paginator(outside, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "query": urlencode({key: value for key, value in kept.items() if value}),
            "columns": [_("Nom"), _("Prénom"), _("Type"), _("Statut"), _("Action")],
        }

    def _opened_at(self, hierarchy: Hierarchy) -> QualityMember | None:
        typed = self.request.GET.get("de", "")
        pk = key_in(typed)
        return hierarchy.members[pk] if pk and pk in hierarchy.below else None


class ResponsibilityCreateView(HierarchyView, FormView):
    """Who answers for whom, typed; `?membre=` or `?responsable=` fills one of them in."""

    request: AuthenticatedRequest
    form_class = ResponsibilityForm
    template_name = "access_mgmt/responsibility_create.html"

    def get_initial(self) -> dict[str, Any]:
        asked = {
            "member": key_in(self.request.GET.get("membre", "")),
            "responsible": key_in(self.request.GET.get("responsable", "")),
        }
        found = {
            name: self.managed().select_related("person").filter(pk=pk).first()
            for name, pk in asked.items()
            if pk is not None
        }
        return {
            name: member.person.username or str(member.person) for name, member in found.items() if member
        }

    def form_valid(self, form: Form) -> HttpResponse:
        found = {name: self._found(form, name) for name in ("responsible", "member")}
        if form.errors:
            return self.form_invalid(form)
        drafts.save(
            person=self.person,
            flow=FLOW,
            subject=str(self.quality.pk),
            responsibles=found["responsible"],
            members=found["member"],
        )
        return redirect("access_mgmt:responsibility_create_check", quality_pk=self.quality.pk)

    def _found(self, form: Form, name: str) -> list[int]:
        found = selectors.members_called(self.managed(), form.cleaned_data[name])
        keys = list(found.values_list("pk", flat=True)[: _MOST_FOUND + 1])
        if not keys:
            sentence = _(
                "Aucun membre actif de la qualité ne s'appelle ainsi. Écrivez une partie de son nom, ou retrouvez-le "
                "dans la liste des utilisateurs ; une personne bloquée ne se choisit pas."
            )
            form.add_error(name, ValidationError(sentence, code="not_found"))
        elif len(keys) > _MOST_FOUND:
            sentence = _(
                "Plus de %(most)d membres s'appellent ainsi : ajoutez le prénom, ou écrivez le nom d'utilisateur."
            )
            form.add_error(name, ValidationError(sentence, code="too_many", params={"most": _MOST_FOUND}))
        return keys


class ResponsibilityCreateCheckView(HierarchyView, FormView):
    """The persons who were found; the confirmation lets one answer for the other."""

    request: AuthenticatedRequest
    form_class = ResponsibilityCheckForm
    template_name = "access_mgmt/responsibility_create_check.html"
    draft: dict[str, Any]

    def elsewhere(self) -> HttpResponse | None:
        self.draft = drafts.read(person=self.person, flow=FLOW, subject=str(self.quality.pk))
        # Nothing was typed yet, or a second click on « Confirmer ».
        return None if self.draft else self.to_list()

    def get_form_kwargs(self) -> dict[str, Any]:
        by_name = self.managed().select_related("person").order_by("person__sort_name", "pk")
        return super().get_form_kwargs() | {
            key: list(by_name.filter(pk__in=self.draft[key])) for key in ("responsibles", "members")
        }

    def form_valid(self, form: Form) -> HttpResponse:
        responsible = self._chosen(form, "responsible")
        member = self._chosen(form, "member")
        names = {"responsible": responsible.person, "member": member.person}
        try:
            responsibilities.make_responsible(
                responsible=responsible, member=member, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            if refusal_codes(refusal) != {"already_responsible"}:
                add_refusal(form, refusal, {})
                return self.form_invalid(form)
            said = _("%(responsible)s répond déjà de %(member)s.") % names
            messages.info(self.request, elided(said, member.person))
        else:
            said = _("%(responsible)s répond désormais de %(member)s. Un e-mail le leur dit.") % names
            messages.success(self.request, elided(said, member.person))
        drafts.discard(person=self.person, flow=FLOW, subject=str(self.quality.pk))
        return self.to_list()

    def _chosen(self, form: Form, name: str) -> QualityMember:
        chosen = self.managed().select_related("person").filter(pk=form.cleaned_data[name])
        return get_object_or_404(chosen)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [len(self.draft[key]) for key in ("responsibles", "members")]
        return super().get_context_data(**kwargs) | {"is_choice": max(found) > 1}


class ResponsibilityEndView(HierarchyView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibility_end.html"
    responsibility: Responsibility

    def load_quality(self) -> Quality:
        known = selectors.responsibilities_known_to(self.person, on=self.today)
        self.responsibility = get_object_or_404(known, pk=self.kwargs["responsibility_pk"])
        return self.responsibility.member.quality

    def elsewhere(self) -> HttpResponse | None:
        return self.over() if self.responsibility.ended_at is not None else None

    def over(self) -> HttpResponse:
        # A second click, or another manager was faster.
        messages.info(self.request, _("Cette responsabilité a déjà pris fin : l'historique dit par qui."))
        return self.to_list()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            responsibilities.end_responsibility(
                responsibility=self.responsibility, by=self.person, at=self.at
            )
        except ValidationError:
            return self.over()
        names = {
            "responsible": self.responsibility.responsible.person,
            "member": self.responsibility.member.person,
        }
        said = _("%(responsible)s ne répond plus de %(member)s. Un e-mail le leur dit.") % names
        messages.success(self.request, elided(said, names["member"]))
        return self.to_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = self.responsibility.member
        others = selectors.answered_by(member).exclude(pk=self.responsibility.pk).count()
        left = (
            ngettext(
                "Une autre personne répond encore de ce membre.",
                "%(number)d autres personnes répondent encore de ce membre.",
                others,
            )
            % {"number": others}
            if others
            else _("Personne d'autre ne répond alors de ce membre.")
        )
        return super().get_context_data(**kwargs) | {
            "rows": [
                Row(_("Personne responsable"), str(self.responsibility.responsible.person)),
                Row(_("Membre dont elle répond"), str(member.person)),
                Row(_("Depuis le"), shown_day(clock.day_of(self.responsibility.given_at))),
            ],
            "left": left,
        }


class ResponsibilityHistoryView(HierarchyView, TemplateView):
    """The responsibilities that were ended: who, when, by whom."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibility_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = selectors.ended_responsibilities(self.quality, seen_by=self.person, on=self.today)
        return super().get_context_data(**kwargs) | {
            "page_obj": Paginator(ended, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "columns": [_("Personne responsable"), _("Membre"), _("Attribuée"), _("Terminée")],
        }


class ResponsibilityAboutView(HierarchyView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibility_about.html"
