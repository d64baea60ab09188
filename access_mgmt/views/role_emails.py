"""« Envoyer un e-mail à l'utilisateur »: written, looked at, sent once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.forms.role_emails import RoleEmailForm
from access_mgmt.services import role_emails
from access_mgmt.views.common import MemberView
from bhod_portal.core import drafts
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest

FLOW = "role_email"


class DraftedEmailView(MemberView):
    """A page of the flow; what was typed waits in a draft of the manager's own."""

    @property
    def draft(self) -> dict[str, str]:
        kept = drafts.read(person=self.person, flow=FLOW, subject=str(self.member.pk))
        return dict(kept.get("email", {}))

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:role_list", member_pk=self.member.pk)


class RoleEmailView(DraftedEmailView, FormView):
    request: AuthenticatedRequest
    form_class = RoleEmailForm
    template_name = "access_mgmt/role_email.html"

    def elsewhere(self) -> HttpResponse | None:
        if selectors.functions_held(self.member, on=self.today).exists():
            return None
        messages.info(
            self.request, _("Attribuez d'abord une fonction : l'e-mail annonce l'accès qu'elle donne.")
        )
        return self.to_list()

    def get_initial(self) -> dict[str, Any]:
        proposed = role_emails.propose_role_email(self.member, by=self.person, at=self.at)
        return {"subject": proposed.subject, "body": proposed.body} | self.draft

    def form_valid(self, form: Form) -> HttpResponse:
        email = {name: form.cleaned_data[name] for name in ("subject", "body")}
        drafts.save(person=self.person, flow=FLOW, subject=str(self.member.pk), email=email)
        return redirect("access_mgmt:role_email_check", member_pk=self.member.pk)


class RoleEmailCheckView(DraftedEmailView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/role_email_check.html"

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST" or self.draft:
            return None
        return redirect("access_mgmt:role_email", member_pk=self.member.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written = drafts.take(person=self.person, flow=FLOW, subject=str(self.member.pk))
        if not written:
            messages.info(request, _("Cet e-mail est déjà parti, ou rien n'a été écrit."))
            return self.to_list()
        try:
            role_emails.send_role_email(member=self.member, by=self.person, at=self.at, **written["email"])
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("access_mgmt:role_overview", quality_pk=self.quality.pk)
        messages.success(
            request,
            _("L'e-mail est parti à %(name)s (%(address)s).")
            % {"name": self.member.person, "address": self.member.email},
        )
        return self.to_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.draft
        return super().get_context_data(**kwargs) | {
            "rows": [
                Row(_("À"), f"{self.member.person} ({self.member.email})"),
                Row(_("Objet"), draft["subject"]),
            ],
            "body": draft["body"],
        }
