"""« Bloquer », « débloquer » and « Nouveau mot de passe »: what each means is shown first, then confirmed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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


class _SwitchView(_MemberActView):
    """Blocks or unblocks; a second click, or another manager who was faster, is told how things stand."""

    page: str
    done: Promise
    done_before: Promise

    def is_done(self) -> bool:
        raise NotImplementedError

    def act(self) -> bool:
        """Do it; says whether it was still to do."""
        raise NotImplementedError

    def elsewhere(self) -> HttpResponse | None:
        if not self.is_done() or self.request.method == "POST":
            return None
        messages.info(self.request, self.done_before % self.member.person)
        return self.to_member()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            acted = self.act()
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(self.page, member_pk=self.member.pk)
        if acted:
            messages.success(request, self.done % self.member.person)
        else:
            messages.info(request, self.done_before % self.member.person)
        return self.to_member()


class MemberBlockView(_SwitchView):
    template_name = "access_mgmt/member_block.html"
    page = "access_mgmt:member_block"
    done = gettext_lazy(
        "%s est bloqué(e) et en reçoit un e-mail. Ses fonctions prennent fin dans un délai maximal de 20 minutes."
    )
    done_before = gettext_lazy("%s est déjà bloqué(e).")

    def is_done(self) -> bool:
        return self.member.blocked_at is not None

    def act(self) -> bool:
        return blocking.block_member(member=self.member, by=self.person, at=self.at)

    def refusal(self) -> ValidationError | None:
        return blocking.refusal_to_block(member=self.member, by=self.person, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "functions": _ordered(selectors.current_assignments(self.today).filter(member=self.member)),
            "ties": selectors.ties_of(self.member, seen_by=self.person, on=self.today),
            "branch": selectors.branch_only_of(self.member),
        }


class MemberUnblockView(_SwitchView):
    template_name = "access_mgmt/member_unblock.html"
    page = "access_mgmt:member_unblock"
    done = gettext_lazy(
        "%s est débloqué(e) et en reçoit un e-mail. Ses fonctions reviennent dans un délai maximal de 20 minutes."
    )
    done_before = gettext_lazy("%s n'est pas bloqué(e).")

    def is_done(self) -> bool:
        return self.member.blocked_at is None

    def act(self) -> bool:
        return blocking.unblock_member(member=self.member, by=self.person, at=self.at)

    def refusal(self) -> ValidationError | None:
        return blocking.refusal_to_unblock(member=self.member, by=self.person, on=self.today)

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
