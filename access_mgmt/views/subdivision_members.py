"""Who belongs to a subdivision and who manages its branch."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from access_mgmt import selectors
from access_mgmt.enums import MemberKind
from access_mgmt.forms.subdivisions import TOP, subdivision_choices
from access_mgmt.models import QualityMember, Subdivision
from access_mgmt.services import subdivision_members
from access_mgmt.views.common import MemberView
from access_mgmt.views.member_lists import FilteredMembersView
from access_mgmt.views.subdivisions import SubdivisionView, TreeView
from bhod_portal.core.keys import key_in, keys_in
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest

# More than a page of a list holds.
_AT_MOST = 100


class _SubdivisionUsersView(FilteredMembersView, SubdivisionView, TemplateView):
    """A list of users with the filters, order and pages of the users list."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.search() or self.render_to_response(self.get_context_data())

    def managed(self) -> QuerySet[QualityMember]:
        return selectors.members_managed_by(self.person, self.quality, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (context := super().get_context_data(**kwargs)) | {
            "list_url": self.list_url(),
            "above": self.above(),
            "columns": [
                Column(_("Choisir"), hidden=True),
                *context["sorted_columns"],
                _("Statut"),
                self.last(),
            ],
        }

    def last(self) -> str:
        """The heading of the last column."""
        raise NotImplementedError

    def above(self) -> list[tuple[Subdivision, bool]]:
        """The subdivisions to which this one belongs, and whether the person may open each."""
        managed = selectors.subdivisions_managed_by(self.person, self.quality, on=self.today)
        mine = set(managed.filter(pk__in=self.subdivision.ancestors).values_list("pk", flat=True))
        return [(each, each.pk in mine) for each in selectors.subdivisions_above(self.subdivision)]


class SubdivisionDetailView(_SubdivisionUsersView):
    template_name = "access_mgmt/subdivision_detail.html"

    def listed(self) -> QuerySet[QualityMember]:
        return self.managed().filter(subdivision=self.subdivision).select_related("person")

    def list_url(self) -> str:
        return reverse("access_mgmt:subdivision_detail", args=[self.subdivision.pk])

    def last(self) -> str:
        return _("Action")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = subdivision_choices(
            (level, place) for level, place in selectors.tree_lines(self.tree()) if place != self.subdivision
        )
        outside = [(TOP, _("aucune subdivision"))] if self.manages_quality else []
        return super().get_context_data(**kwargs) | {
            "node": selectors.subdivision_tree(Subdivision.objects.branch(self.subdivision))[0],
            "targets": [*outside, *others],
            "is_own_top": self.branch == self.subdivision,
        }


class SubdivisionAddView(_SubdivisionUsersView):
    """The users of the quality, or of one's branch, who may be put into a subdivision."""

    template_name = "access_mgmt/subdivision_add.html"

    def listed(self) -> QuerySet[QualityMember]:
        return selectors.placeable(self.managed(), self.subdivision)

    def list_url(self) -> str:
        return reverse("access_mgmt:subdivision_add", args=[self.subdivision.pk])

    def last(self) -> str:
        return _("Subdivision actuelle")


class SubdivisionPlaceView(TreeView, View):
    """Puts the users chosen on a page of a list into a subdivision, or takes them out of theirs."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Whose session was over logs in and comes back here; the list asks anew.
        return redirect("access_mgmt:subdivision_list", quality_pk=self.quality.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        numbers = keys_in(request.POST.getlist("membre"))[:_AT_MOST]
        origin, target = self._place("de"), self._place("vers")
        back = redirect("access_mgmt:subdivision_list", quality_pk=self.quality.pk)
        if origin or target:
            back = redirect("access_mgmt:subdivision_detail", subdivision_pk=(origin or target).pk)  # type: ignore[union-attr]  # one of them is there
        if not numbers or not request.POST.get("vers"):
            messages.info(request, _("Choisissez d'abord, dans la liste, les personnes et leur subdivision."))
            if target and not origin:
                return redirect("access_mgmt:subdivision_add", subdivision_pk=target.pk)
            return back
        try:
            moved = subdivision_members.place_members(
                quality=self.quality,
                members=numbers,
                subdivision=target,
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return back
        if moved:
            sentence = ngettext(
                "%(number)d utilisateur a été placé : %(place)s.",
                "%(number)d utilisateurs ont été placés : %(place)s.",
                len(moved),
            )
            place = str(target) if target else _("aucune subdivision")
            messages.success(request, sentence % {"number": len(moved), "place": place})
        else:
            messages.info(request, _("Ces personnes y étaient déjà, ou n'y sont plus : rien n'a changé."))
        return back

    def _place(self, name: str) -> Subdivision | None:
        asked = self.request.POST.get(name, "")
        if asked in ("", TOP):
            return None
        managed = selectors.subdivisions_managed_by(self.person, self.quality, on=self.today)
        return get_object_or_404(managed, pk=key_in(asked))


class _ManagerView(MemberView, TemplateView):
    menu_entry = "users"

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST" or self.applies():
            return super().elsewhere()
        messages.info(self.request, self.why_not())
        return self.back()

    def applies(self) -> bool:
        raise NotImplementedError

    def why_not(self) -> str:
        return _("Rien à changer : la situation de cette personne est déjà celle-là.")

    def act(self) -> bool:
        raise NotImplementedError

    def done(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            changed = self.act()
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return self.back()
        if changed:
            messages.success(request, self.done() % {"name": self.member.person})
        else:
            messages.info(request, _("C'était déjà fait : rien n'a changé."))
        return self.back()

    def back(self) -> HttpResponse:
        if self.member.subdivision_id is None:
            return redirect("access_mgmt:subdivision_list", quality_pk=self.quality.pk)
        return redirect("access_mgmt:subdivision_detail", subdivision_pk=self.member.subdivision_id)


class SubdivisionManagerNameView(_ManagerView):
    template_name = "access_mgmt/subdivision_manager_name.html"

    def applies(self) -> bool:
        return self.member.kind == MemberKind.USER and self.member.subdivision_id is not None

    def why_not(self) -> str:
        if self.member.kind == MemberKind.USER:
            return _(
                "Placez d'abord cette personne dans une subdivision : un Gestionnaire de Subdivision gère celle où il "
                "est. Ouvrez la subdivision, puis « Placer des utilisateurs »."
            )
        return super().why_not()

    def act(self) -> bool:
        return subdivision_members.name_subdivision_manager(member=self.member, by=self.person, at=self.at)

    def done(self) -> str:
        return _("%(name)s gère maintenant cette subdivision et en reçoit un e-mail.")


class SubdivisionManagerEndView(_ManagerView):
    template_name = "access_mgmt/subdivision_manager_end.html"

    def applies(self) -> bool:
        return self.member.kind == MemberKind.SUBDIVISION_MANAGER

    def act(self) -> bool:
        return subdivision_members.end_subdivision_manager(member=self.member, by=self.person, at=self.at)

    def done(self) -> str:
        return _("%(name)s ne gère plus cette subdivision, en reste utilisateur et en reçoit un e-mail.")
