from typing import Any

from allauth.core.ratelimit import consume
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt.forms.contact import ContactForm
from access_mgmt.services import contact
from bhod_portal.core import clock
from csam.http import PortalRequest

TOO_MANY_REQUESTS = 429


@method_decorator(login_not_required, name="dispatch")
class ContactView(FormView):
    """« Posez votre question via le formulaire de contact » (seed 000, line 126)."""

    request: PortalRequest
    form_class = ContactForm
    template_name = "access_mgmt/contact.html"
    success_url = reverse_lazy("access_mgmt:contact_done")

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {"name": str(user), "email": user.email} if user.is_authenticated else {}

    def form_valid(self, form: Form) -> HttpResponse:
        if not consume(self.request, action="contact"):
            wait = _("Trop de questions à la fois : attendez dix minutes, puis réessayez.")
            form.add_error(None, ValidationError(wait, code="too_many"))
            response = self.form_invalid(form)
            response.status_code = TOO_MANY_REQUESTS
            return response
        world = self.request.world
        contact.ask(world=world, at=clock.now(world), **form.cleaned_data)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"gap_link": None}


@method_decorator(login_not_required, name="dispatch")
class ContactDoneView(TemplateView):
    request: PortalRequest
    template_name = "access_mgmt/contact_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"gap_link": None, "address": contact.CONTACT_CENTRE}
