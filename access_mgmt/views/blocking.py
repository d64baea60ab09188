"""« Bloquer », « débloquer » and « Nouveau mot de passe »: what each means is shown first, then confirmed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.models import RoleAssignment
from access_mgmt.services import blocking, new_passwords
from access_mgmt.views.common import MemberView
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest
from csam.services.password_links import LINK_LASTS, password_mark


class _MemberActView(MemberView, TemplateView):
    """The check page of an act on one member; a refusal takes the place of its button."""

    request: AuthenticatedRequest
    menu_entry = "users"

    def refusal(self) -> ValidationError | None:
        raise NotImplementedError

    def to_member(self) -> HttpResponse:
        return redirect("access_mgmt:member_edit", member_pk=self.member.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refusal = self.refusal()
        return super().get_context_data(**kwargs) | {
            "refusal": " ".join(refusal.messages) if refusal else "",
            "ways_out": self.ways_out(refusal_codes(refusal) if refusal else ()),
            "rows": [
                Row(_("Nom"), self.member.person.last_name),
                Row(_("Prénom"), self.member.person.first_name),
                Row(_("Type"), self.member.get_kind_display()),
                Row(_("Nom d'utilisateur"), self.member.person.username),
            ],
        }


class MemberBlockView(_MemberActView):
    template_name = "access_mgmt/member_block.html"

    def elsewhere(self) -> HttpResponse | None:
        if self.member.blocked_at is None or self.request.method == "POST":
            return None
        messages.info(self.request, _("%s est déjà bloqué(e).") % self.member.person)
        return self.to_member()

    def refusal(self) -> ValidationError | None:
        return blocking.refusal_to_block(member=self.member, by=self.person, on=self.today)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            blocked = blocking.block_member(member=self.member, by=self.person, at=self.at)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("access_mgmt:member_block", member_pk=self.member.pk)
        if blocked:
            messages.success(
                request,
                _(
                    "%s est bloqué(e) et en reçoit un e-mail. Ses fonctions prennent fin dans un délai maximal de 20 "
                    "minutes."
                )
                % self.member.person,
            )
        else:
            messages.info(request, _("%s est déjà bloqué(e).") % self.member.person)
        return self.to_member()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branch = selectors.branch_only_of(self.member)
        return super().get_context_data(**kwargs) | {
            "functions": _ordered(selectors.current_assignments(self.today).filter(member=self.member)),
            "ties": selectors.ties_of(self.member, seen_by=self.person, on=self.today),
            "branch": branch,
        }


class MemberUnblockView(_MemberActView):
    template_name = "access_mgmt/member_unblock.html"

    def elsewhere(self) -> HttpResponse | None:
        if self.member.blocked_at is not None or self.request.method == "POST":
            return None
        messages.info(self.request, _("%s n'est pas bloqué(e).") % self.member.person)
        return self.to_member()

    def refusal(self) -> ValidationError | None:
        return blocking.refusal_to_unblock(member=self.member, by=self.person, on=self.today)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            unblocked = blocking.unblock_member(member=self.member, by=self.person, at=self.at)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("access_mgmt:member_unblock", member_pk=self.member.pk)
        if unblocked:
            messages.success(
                request,
                _(
                    "%s est débloqué(e) et en reçoit un e-mail. Ses fonctions reviennent dans un délai maximal de 20 "
                    "minutes."
                )
                % self.member.person,
            )
        else:
            messages.info(request, _("%s n'est pas bloqué(e).") % self.member.person)
        return self.to_member()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "functions": selectors.functions_to_give_back(self.member, on=self.today)
        }


class MemberNewPasswordView(_MemberActView):
    template_name = "access_mgmt/member_new_password.html"

    def elsewhere(self) -> HttpResponse | None:
        return redirect("account_change_password") if self.member.person_id == self.person.pk else None

    def refusal(self) -> ValidationError | None:
        return new_passwords.refusal_to_renew(member=self.member, by=self.person, on=self.today)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            renewed = new_passwords.renew_password(
                member=self.member, mark=request.POST.get("etat", ""), by=self.person, at=self.at
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("access_mgmt:member_new_password", member_pk=self.member.pk)
        if renewed:
            messages.success(
                request,
                _(
                    "%s : l'ancien mot de passe ne sert plus. L'e-mail envoyé dit comment en choisir un nouveau."
                )
                % self.member.person,
            )
        else:
            # A second click, or another manager was faster, or the person himself.
            messages.info(
                request,
                _("%s : le mot de passe vient d'être remplacé, rien d'autre n'a été modifié.")
                % self.member.person,
            )
        return self.to_member()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "mark": password_mark(self.member.person),
            "has_address": bool(selectors.address_for_link(self.member)),
            "days": LINK_LASTS.days,
        }


def _ordered(assignments: Any) -> Sequence[RoleAssignment]:
    return list(assignments.order_by("valid_from", "pk"))
