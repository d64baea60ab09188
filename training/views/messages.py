from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from csam.http import PortalRequest
from training import permissions
from training.forms import RecipientForm
from training.selectors import devices
from training.views.common import RunsWorldMixin, page_of


@method_decorator([login_not_required, never_cache], name="dispatch")
class MessageListView(RunsWorldMixin, TemplateView):
    """Every e-mail and SMS of the world, those to addresses that are nobody's too."""

    request: PortalRequest
    template_name = "training/message_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RecipientForm(self.request.GET)
        recipient = form.cleaned_data["recipient"] if form.is_valid() else ""
        found = devices.messages_of_world(self.request.world, recipient=recipient)
        columns = [_("Envoyé le"), _("Par"), _("À"), _("Objet ou début")]
        return (
            super().get_context_data(**kwargs)
            | page_of(self.request, found)
            | {"form": form, "columns": columns}
        )


@method_decorator([login_not_required, never_cache], name="dispatch")
class MessageView(TemplateView):
    """One e-mail or SMS, whole."""

    request: PortalRequest
    template_name = "training/message.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = devices.messages_of_world(self.request.world)
        self.sent = get_object_or_404(found, pk=kwargs["message_pk"])
        self.readers = list(devices.readers_of(self.sent))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.user not in self.readers and not permissions.can_run(self.request.world):
            raise PermissionDenied(_("Ce message n'est pas arrivé chez vous."))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "sent": self.sent,
            "readers": self.readers,
            "is_mail": self.sent.channel == "EMAIL",
            "can_run": permissions.can_run(self.request.world),
        }
