"""« Messages structurés » of a quality (seed 000, line 290): sender number, channels, certificate."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import ChannelKind
from access_mgmt.forms.messaging import ChannelForm
from access_mgmt.models import MessageChannel, Quality
from access_mgmt.services import messaging
from access_mgmt.views.certificates import certificate_context
from access_mgmt.views.common import QualityView
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest

# The number in the names of domain.md 3.7, where a quality has none yet.
EXAMPLE = "123456"
_AT_FIELD = {"channel_taken": "application", "no_certificate": "kind"}


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A line of the table of channels; `works` is false while REST has no valid certificate."""

    channel: MessageChannel
    application: str
    works: bool


class MessagingView(QualityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/messaging.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        certificate = selectors.standing_certificate(self.quality)
        sender = selectors.sender_number_of(self.quality)
        usable = selectors.is_usable(certificate, at=self.at)
        return (
            super().get_context_data(**kwargs)
            | certificate_context(self.quality, self.at)
            | {
                "sender": sender,
                "file_names": [
                    f"{kind}.DMFA.{sender or EXAMPLE}.20030801.00001.R.1.1" for kind in ("FI", "FS")
                ],
                "channels": [
                    ShownChannel(channel, application_name(channel), usable or not channel.client_id)
                    for channel in selectors.channels_of(self.quality)
                ],
                "columns": [
                    _("Canal"),
                    _("Application sécurisée"),
                    _("OAuth client id"),
                    _("État"),
                    _("Action"),
                ],
            }
        )


class SenderNumberRegisterView(QualityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/sender_number_register.html"

    def elsewhere(self) -> HttpResponse | None:
        sender = selectors.sender_number_of(self.quality)
        if sender is None:
            return None
        messages.info(self.request, _("La qualité a déjà le numéro d'expéditeur %s.") % sender)
        return to_overview(self.quality)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        sender = messaging.register_sender_number(quality=self.quality, by=self.person, at=self.at)
        messages.success(self.request, _("Le numéro d'expéditeur %s est enregistré.") % sender)
        return to_overview(self.quality)


class ChannelFormView(QualityView, FormView):
    """A page of the flow that activates a channel; without sender number there is none."""

    form_class = ChannelForm

    def elsewhere(self) -> HttpResponse | None:
        if selectors.sender_number_of(self.quality):
            return None
        messages.info(self.request, _("Enregistrez d'abord un numéro d'expéditeur."))
        return to_overview(self.quality)


class ChannelActivateView(ChannelFormView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/channel_activate.html"

    def get_initial(self) -> dict[str, Any]:
        return {
            "kind": self.request.GET.get("kind", ""),
            "application": self.request.GET.get("application", ""),
        }

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            messaging.check_channel(quality=self.quality, by=self.person, at=self.at, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal, _AT_FIELD)
            return self.form_invalid(form)
        check = reverse("access_mgmt:channel_activate_check", args=[self.quality.pk])
        return redirect(f"{check}?{urlencode(form.cleaned_data)}")


class ChannelActivateCheckView(ChannelFormView):
    """The check page; its choice stands in the address, and comes back in hidden fields."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/channel_activate_check.html"

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ChannelForm(self.request.GET)
        return self.render(form) if form.is_valid() else self.form_invalid(form)

    def render(self, form: Form) -> HttpResponse:
        choice = form.cleaned_data
        rows = [
            Row(_("Numéro d'expéditeur"), str(selectors.sender_number_of(self.quality))),
            Row(_("Type de canal"), ChannelKind(choice["kind"]).label),
            Row(
                _("Application sécurisée"),
                application_name(MessageChannel(application=choice["application"])),
            ),
        ]
        back = reverse("access_mgmt:channel_activate", args=[self.quality.pk])
        return self.render_to_response(
            self.get_context_data(
                form=form,
                choice=choice,
                rows=rows,
                is_rest=choice["kind"] == ChannelKind.REST,
                back_url=f"{back}?{urlencode(choice)}",
            )
        )

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            channel = messaging.activate_channel(
                quality=self.quality, by=self.person, at=self.at, **form.cleaned_data
            )
        except ValidationError as refusal:
            # The first of two clicks, or another manager, was faster; or the certificate ended meanwhile.
            messages.info(self.request, " ".join(refusal.messages))
            return to_overview(self.quality)
        sentence = (
            _("Le canal REST est activé. OAuth client id : %s.") % channel.client_id
            if channel.client_id
            else _("Le canal FTP est activé.")
        )
        messages.success(self.request, sentence)
        return to_overview(self.quality)

    def form_invalid(self, form: Form) -> HttpResponse:
        return redirect("access_mgmt:channel_activate", quality_pk=self.quality.pk)


class ChannelRemoveView(QualityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/channel_remove.html"
    menu_entry = "messages"
    channel: MessageChannel

    def load_quality(self) -> Quality:
        known = selectors.channels_known_to(self.person, on=self.today)
        self.channel = get_object_or_404(known, pk=self.kwargs["channel_pk"])
        return self.channel.sender_number.quality

    def elsewhere(self) -> HttpResponse | None:
        if self.channel.ended_at is None:
            return None
        # A second click, or another manager was faster.
        messages.info(self.request, _("Ce canal est déjà supprimé."))
        return to_overview(self.quality)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if messaging.remove_channel(channel=self.channel, by=self.person, at=self.at):
            messages.success(self.request, _("Le canal est supprimé."))
        return to_overview(self.quality)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        channel = self.channel
        rows = [
            Row(_("Type de canal"), channel.get_kind_display()),
            Row(_("Application sécurisée"), application_name(channel)),
        ]
        if channel.client_id:
            rows.append(Row(_("OAuth client id"), channel.client_id))
        return super().get_context_data(**kwargs) | {"channel": channel, "rows": rows}


def application_name(channel: MessageChannel) -> str:
    return str(channel.get_application_display()) or _("Toutes les applications sécurisées")


def to_overview(quality: Quality) -> HttpResponse:
    return redirect("access_mgmt:messaging", quality_pk=quality.pk)
