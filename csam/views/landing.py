from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """A link of the real portal to a site that is not simulated: what one would find there, and its address."""

    title: str | Promise
    text: str | Promise
    address: str


OUTSIDE_LINKS = {
    "guide-step-by-step": OutsideLink(
        _("Guide step-by-step"),
        _(
            "Le guide illustré de CSAM : comment enregistrer son entreprise et désigner un Gestionnaire d'Accès "
            "Principal, puis d'autres Gestionnaires d'Accès."
        ),
        "https://www.csam.be/fr/documents/pdf/guide-utilisateur.pdf",
    ),
    "itsme": OutsideLink(
        _("Créez votre compte itsme"),
        _(
            "Le site de l'application itsme, où l'on crée son compte avec sa carte d'identité ou par sa banque. Dans le "
            "simulateur, les comptes itsme existent déjà : chaque personne qui en a un reçoit les demandes sur son "
            "téléphone simulé."
        ),
        "https://www.itsme-id.com/fr-BE/get-started",
    ),
}


@method_decorator(login_not_required, name="dispatch")
class LandingView(TemplateView):
    template_name = "csam/landing.html"


@method_decorator(login_not_required, name="dispatch")
class OutsideView(TemplateView):
    template_name = "csam/outside.html"
    link: OutsideLink

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["slug"] not in OUTSIDE_LINKS:
            raise Http404
        self.link = OUTSIDE_LINKS[kwargs["slug"]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"link": self.link}
