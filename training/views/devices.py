from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from bhod_portal.core import clock
from csam.http import PortalRequest, refreshes_itself
from csam.models import ItsmeAccount
from csam.services import itsme
from training import permissions
from training.forms import AppSecretForm, ItsmeAnswerForm, NameForm
from training.selectors import devices
from training.views.common import DeviceMixin, page_of

# A phone shows the last ones; the list of all messages has the rest.
SMS_SHOWN = 10


@method_decorator([login_not_required, never_cache], name="dispatch")
class DeviceListView(TemplateView):
    """Everyone of the world with his mailbox and phone, those that were reached last first."""

    request: PortalRequest
    template_name = "training/device_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world = self.request.world
        form = NameForm(self.request.GET)
        name = form.cleaned_data["name"] if form.is_valid() else ""
        owners = devices.device_owners(world, name=name, at=clock.now(world))
        context = {
            "form": form,
            "columns": [_("Personne"), _("Appareils"), _("Dernier message")],
            "can_run": permissions.can_run(world),
        }
        return super().get_context_data(**kwargs) | page_of(self.request, owners) | context


@method_decorator([login_not_required, never_cache], name="dispatch")
class MailboxView(DeviceMixin, TemplateView):
    request: PortalRequest
    template_name = "training/mailbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(self.request, devices.mail_of(self.person))
        return super().get_context_data(**kwargs) | page | {"person": self.person}


@method_decorator(
    [login_not_required, never_cache, refreshes_itself, sensitive_post_parameters("secret")], name="dispatch"
)
class PhoneView(DeviceMixin, TemplateView):
    """The phone of someone; it looks by itself for what is new, unless it is asked not to (`?pause=1`).

    Neither does it while the key of an application is typed (`?ajouter=1`): what was typed would be lost.
    """

    request: PortalRequest
    template_name = "training/phone.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        if not context["is_paused"]:
            response["Refresh"] = str(devices.refresh_after(context["app_code"]))
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the code of a secret that was typed. Nothing is kept: enrolling it is done in « Mes clés numériques »."""
        form = AppSecretForm(request.POST)
        typed = (
            devices.app_code(form.cleaned_data["secret"], at=clock.real_now()) if form.is_valid() else None
        )
        return self.render_to_response(self.get_context_data(**kwargs) | {"form": form, "typed_code": typed})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, now = self.person, clock.now(self.request.world)
        is_adding = self.request.method == "POST" or "ajouter" in self.request.GET
        return super().get_context_data(**kwargs) | {
            "person": person,
            "now": now,
            "itsme": ItsmeAccount.objects.filter(person=person).first(),
            "requests": devices.phone_requests(person, at=now),
            "app_code": devices.app_code_of(person, at=clock.real_now()),
            "typed_code": None,
            "form": AppSecretForm(),
            "texts": devices.sms_of(person)[:SMS_SHOWN],
            "is_adding": is_adding,
            "is_paused": is_adding or "pause" in self.request.GET,
        }


@method_decorator(login_not_required, name="dispatch")
class ItsmeAnswerView(DeviceMixin, View):
    """A touch on the phone: one of three icons, or the button that refuses."""

    request: PortalRequest
    http_method_names = ["post", "options"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        requests = self.person.itsme_requests.select_related("world")
        self.asked = get_object_or_404(requests, pk=kwargs["request_pk"])

    def post(self, request: PortalRequest, **kwargs: Any) -> HttpResponse:
        form = ItsmeAnswerForm(request.POST)
        if form.is_valid():
            self._answer(form.cleaned_data["icon"])
        else:
            messages.error(request, _("Touchez une des trois icônes, ou refusez."))
        return redirect("training:phone", public_id=self.person.public_id)

    def _answer(self, icon: str) -> None:
        at = clock.now(self.request.world)
        try:
            if icon:
                itsme.approve(request=self.asked, icon=icon, by=self.person, at=at)
            else:
                itsme.refuse(request=self.asked, by=self.person, at=at)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
        else:
            said = (
                _("Demande acceptée : retournez à l'écran d'identification.")
                if icon
                else _("Demande refusée.")
            )
            messages.success(self.request, said)
