from typing import Any

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from bhod_portal.core import clock
from csam import security, selectors
from csam.enums import Country, DigitalKey
from csam.forms.eidas import EidasCountryForm, EidasLoginForm
from csam.http import PortalRequest
from csam.services import eidas
from csam.views.common import NextMixin


@method_decorator([login_not_required, never_cache], name="dispatch")
class EidasCountryView(NextMixin, FormView):
    request: PortalRequest
    form_class = EidasCountryForm
    template_name = "csam/eidas_country.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        countries = selectors.eidas_countries(self.request.world)
        return super().get_form_kwargs() | {"with_identities": countries}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        identification_url = self.with_next(reverse("csam:identification"))
        return super().get_context_data(**kwargs) | {"identification_url": identification_url}

    def form_valid(self, form: EidasCountryForm) -> HttpResponse:
        country = form.cleaned_data["country"].lower()
        return redirect(self.with_next(reverse("csam:eidas_login", kwargs={"country": country})))


@method_decorator([login_not_required, never_cache, rate_limit(action="login")], name="dispatch")
class EidasLoginView(NextMixin, FormView):
    """The identity provider of another country, simulated: it believes whoever picks an identity."""

    request: PortalRequest
    form_class = EidasLoginForm
    template_name = "csam/eidas_login.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        code = kwargs["country"].upper()
        if code not in Country.values or code == Country.BELGIUM:
            raise Http404
        self.country = Country(code)
        self.holders = selectors.eidas_holders(self.request.world, self.country)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"holders": self.holders}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "country": self.country,
            "has_holders": self.holders.exists(),
            "country_url": self.with_next(reverse("csam:eidas_country")),
            "identification_url": self.with_next(reverse("csam:identification")),
        }

    def form_valid(self, form: EidasLoginForm) -> HttpResponse:
        holder = form.cleaned_data["identity"]
        known = bool(holder.niss)
        try:
            person = eidas.identify(identity=holder.eidas_identity, at=clock.now(self.request.world))
        except ValidationError as refusal:
            form.add_error("identity", refusal)
            return self.form_invalid(form)
        response = security.log_in(self.request, person, key=DigitalKey.EIDAS, to=self.next_url)
        if not known:
            # Without the number itself: notices may travel in a cookie.
            assigned = _(
                "C'était votre première identification : l'administration belge vous a attribué un numéro BIS. "
                "Un e-mail vous l'annonce, et il se lit sous « Qui suis-je ? »."
            )
            messages.info(self.request, assigned)
        return response
