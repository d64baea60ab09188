"""The lists of addresses under which calendars read guards: made here, and revoked."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms.feeds import CircleFeedForm, OwnFeedForm
from bhod.models import CalendarFeed, GuardUnit
from bhod.permissions import Capability
from bhod.selectors import calendars
from bhod.selectors.guards import units_of
from bhod.services import feeds as services
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core import clock
from bhod_portal.core.messages import absolute
from bhod_portal.core.refusals import add_refusal


class FeedListView(CapabilityRequiredMixin, FormView):
    """The addresses of the circle and of its units, and the form that makes one."""

    required_capability = Capability.MANAGE_GUARDS
    form_class = CircleFeedForm
    template_name = "bhod/feed_list.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"units": units_of(self.enterprise_id)}

    def get_initial(self) -> dict[str, Any]:
        return {"secret": services.offer_secret()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "feeds": calendars.feeds_of_circle(self.enterprise_id),
            "columns": [_("Agenda"), _("Gardes de"), _("Créée"), _("Lue la dernière fois"), _("État"), ""],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: CircleFeedForm) -> HttpResponse:
        """The address is shown in the very answer: it is kept nowhere from which another page could take it."""
        request, values = self.portal_request, form.cleaned_data
        try:
            services.create_circle_feed(
                enterprise=self.circle,
                unit=values["unit"],
                label=values["label"],
                secret=values["secret"],
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        context = self.page_context() | _shown(values["label"], values["secret"], values["unit"])
        return render(self.request, "bhod/feed_created.html", context)


class FeedRevokeView(CapabilityRequiredMixin, TemplateView):
    """Check page: programs that read this address get nothing any more."""

    required_capability = Capability.MANAGE_GUARDS
    template_name = "bhod/feed_revoke.html"

    def load(self) -> None:
        super().load()
        self.feed = get_object_or_404(
            calendars.feeds_of_circle(self.enterprise_id), pk=self.kwargs["feed_pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.page_context() | {"feed": self.feed}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.portal_request
        services.revoke_circle_feed(feed=self.feed, by=asked.user, at=clock.now(asked.world))
        messages.success(request, _revoked(self.feed))
        return redirect("bhod:feed_list")


class OwnFeedsView(ProviderFileView, FormView):
    """The addresses of the doctor whose file is open: one reads his guards in every circle."""

    form_class = OwnFeedForm
    template_name = "bhod/own_feeds.html"

    def get_initial(self) -> dict[str, Any]:
        return {"secret": services.offer_secret()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "feeds": calendars.feeds_of_provider(self.provider),
            "closed": calendars.closed_with_their_mandate(
                self.provider, on=clock.today(self.portal_request.world)
            ),
            "columns": [_("Agenda"), _("Créée"), _("Lue la dernière fois"), _("État"), ""],
        }

    def form_valid(self, form: OwnFeedForm) -> HttpResponse:
        """As for a circle, the address is shown in the very answer."""
        request, values = self.portal_request, form.cleaned_data
        try:
            services.create_own_feed(
                provider=self.provider,
                mandate=self.mandate,
                label=values["label"],
                secret=values["secret"],
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        context = self.file_context() | _shown(values["label"], values["secret"])
        return render(self.request, "bhod/own_feed_created.html", context)


class OwnFeedRevokeView(ProviderFileView, TemplateView):
    template_name = "bhod/own_feed_revoke.html"

    def load(self) -> None:
        self.feed = get_object_or_404(
            calendars.feeds_of_provider(self.provider), pk=self.kwargs["own_feed_pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"feed": self.feed}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.portal_request
        services.revoke_own_feed(
            feed=self.feed,
            provider=self.provider,
            mandate=self.mandate,
            by=asked.user,
            at=clock.now(asked.world),
        )
        messages.success(request, _revoked(self.feed))
        return redirect("bhod:own_feeds")


def _shown(label: str, secret: str, unit: GuardUnit | None = None) -> dict[str, Any]:
    address = absolute(reverse("bhod:feed", kwargs={"secret": secret}))
    return {
        "label": label,
        "unit": unit,
        "address": address,
        # Programs that know this scheme ask by themselves whether to subscribe.
        "subscribe_url": address.replace("https://", "webcal://").replace("http://", "webcal://"),
    }


def _revoked(feed: CalendarFeed) -> str:
    return _("L'adresse « %(label)s » est révoquée : elle ne donne plus rien.") % {"label": feed.label}
