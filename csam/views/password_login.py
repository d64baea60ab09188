from typing import Any

from allauth.account.adapter import get_adapter
from allauth.decorators import rate_limit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from csam import security
from csam.enums import DigitalKey
from csam.forms.keys import PasswordLoginForm
from csam.http import PortalRequest
from csam.views.common import KeptPageMixin, NextMixin

STEPS = {
    DigitalKey.EMAIL: gettext_lazy(
        "Donnez d'abord votre nom d'utilisateur et votre mot de passe. Un code de sécurité est ensuite envoyé à "
        "l'adresse e-mail de votre dossier."
    ),
    DigitalKey.SMS: gettext_lazy(
        "Donnez d'abord votre nom d'utilisateur et votre mot de passe. Un code de sécurité est ensuite envoyé par SMS "
        "au numéro de téléphone de votre dossier."
    ),
    DigitalKey.APP: gettext_lazy(
        "Donnez d'abord votre nom d'utilisateur et votre mot de passe. Le code que montre votre application mobile "
        "vous est ensuite demandé."
    ),
    DigitalKey.TOKEN: gettext_lazy(
        "Donnez d'abord votre nom d'utilisateur et votre mot de passe. L'un des codes imprimés sur votre token papier "
        "vous est ensuite demandé."
    ),
    DigitalKey.PASSWORD: gettext_lazy(
        "Cette clé a le niveau de sécurité le plus bas : elle n'ouvre aux citoyens que la Gestion des accès."
    ),
}


# allauth answers an address that asks too often with templates/429.html.
@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password"), rate_limit(action="login")],
    name="dispatch",
)
class PasswordLoginView(KeptPageMixin, NextMixin, FormView):
    """User name and password: all of the key, or the first half of one that then asks for a code."""

    request: PortalRequest
    key = DigitalKey.PASSWORD
    form_class = PasswordLoginForm
    template_name = "csam/password_login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "key": self.key,
            "explanation": STEPS[self.key],
            "asks_for_a_code": self.key != DigitalKey.PASSWORD,
            "identification_url": self.with_next(reverse("csam:identification")),
        }

    def form_valid(self, form: PasswordLoginForm) -> HttpResponse:
        try:
            person = get_adapter().authenticate(self.request, **form.cleaned_data)
        except ValidationError as too_many_attempts:
            return self._refuse(form, too_many_attempts)
        if person is None:
            wrong = _("Le nom d'utilisateur ou le mot de passe est faux.")
            return self._refuse(form, ValidationError(wrong, code="invalid_login"))
        return security.log_in(self.request, person, key=self.key, to=self.next_url)

    def _refuse(self, form: forms.Form, refusal: ValidationError) -> HttpResponse:
        form.add_error(None, refusal)
        return self.form_invalid(form)
