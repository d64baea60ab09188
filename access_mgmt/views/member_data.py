"""The file of a member: his data to modify, and what else one may do with him."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from access_mgmt import selectors
from access_mgmt.enums import ADDED_KINDS, MemberKind
from access_mgmt.forms.member_data import MemberEditForm
from access_mgmt.services import member_data
from access_mgmt.views.common import MemberView
from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest

_AT_KIND = dict.fromkeys(("oneself", "last_manager", "not_offered"), "kind")


class MemberEditView(MemberView, FormView):
    request: AuthenticatedRequest
    form_class = MemberEditForm
    template_name = "access_mgmt/member_edit.html"
    menu_entry = "users"

    def get_initial(self) -> dict[str, Any]:
        now = selectors.member_values(self.member)
        return {**now, "seen": now}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.member.person, "kinds": self.kinds()}

    def kinds(self) -> list[MemberKind]:
        """What one may make of this member; nothing when he can only stay what he is."""
        if self.member.kind not in ADDED_KINDS:
            return []
        other = next(kind for kind in ADDED_KINDS if kind != self.member.kind)
        try:
            member_data.check_kind(member=self.member, kind=other, by=self.person, at=self.at)
        except (PermissionDenied, ValidationError):
            # Who sent the choice all the same, or saw it before someone else acted, is told why not.
            return list(ADDED_KINDS) if self.request.POST.get("kind") == other.value else []
        return list(ADDED_KINDS)

    def form_valid(self, form: MemberEditForm) -> HttpResponse:
        data = {"kind": MemberKind(self.member.kind), **form.cleaned_data}
        try:
            changed = member_data.change_member(
                member=self.member, by=self.person, at=self.at, **data | {"kind": MemberKind(data["kind"])}
            )
        except ValidationError as refusal:
            codes = refusal_codes(refusal)
            if codes & {"quality_over", "member_over"}:
                messages.info(self.request, " ".join(refusal.messages))
                return redirect("access_mgmt:home")
            add_refusal(form, refusal, _AT_KIND)
            if "changed_meanwhile" not in codes:
                return self.form_invalid(form)
            self.member.refresh_from_db()
            compared = form.look_again(selectors.member_values(self.member))
            return self.render_to_response(self.get_context_data(form=form, meanwhile=compared))
        if changed:
            messages.success(self.request, _("Les données de cette personne ont été modifiées."))
        else:
            messages.info(self.request, _("Les données sont restées les mêmes : rien n'a changé."))
        return redirect("access_mgmt:member_edit", member_pk=self.member.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = self.member
        return (
            {"meanwhile": []}
            | super().get_context_data(**kwargs)
            | {
                "identity_rows": [
                    Row(_("Nom d'utilisateur"), member.person.username),
                    Row(_("Nom"), member.person.last_name),
                    Row(_("Prénom"), member.person.first_name),
                    Row(_("NISS"), format_niss(member.person.niss) if member.person.niss else ""),
                ],
                "standing_rows": self._standing(),
                "change": selectors.last_member_change(member),
                "is_oneself": member.person_id == self.person.pk,
                "is_local_manager": member.kind == MemberKind.LOCAL_MANAGER,
                "is_co_local_manager": member.kind == MemberKind.CO_LOCAL_MANAGER,
                "administers": selectors.administers(self.person, self.quality.enterprise, on=self.today),
            }
        )

    def _standing(self) -> list[Row]:
        member = self.member
        last_login = member.person.last_login
        return [
            Row(_("Type"), member.get_kind_display()),
            Row(_("Statut"), member.status.label),
            Row(_("Subdivision"), str(member.subdivision) if member.subdivision else _("aucune")),
            Row(
                _("Ajouté le"),
                _("%(day)s par %(who)s")
                % {"day": shown_day(clock.day_of(member.added_at)), "who": member.added_by},
            ),
            Row(
                _("Dernière connexion"),
                shown_day(clock.day_of(last_login)) if last_login else _("jamais"),
            ),
        ]
