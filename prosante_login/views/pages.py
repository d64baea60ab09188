from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView


@method_decorator(login_not_required, name="dispatch")
class LandingView(TemplateView):
    """« Programmes web »: the way in, which anyone may read."""

    template_name = "prosante_login/landing.html"


@method_decorator(login_not_required, name="dispatch")
class HelpView(TemplateView):
    """The questions and answers of seed 003, word for word."""

    template_name = "prosante_login/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"screens": _screens()}


def _screens() -> dict[str, list[str]]:
    """The screenshots of seed 003, which came to us as text; the same one illustrates several answers."""
    as_what, confirm = _("Je souhaite me connecter en tant que:"), _("Confirmer le profil")
    within = _("Au sein de l'organisation:")
    return {
        "kind": [as_what, _("Citoyen")],
        "chooser": [
            _("Se connecter pour Portail INAMI"),
            _("Choisissez votre profil:"),
            as_what,
            _("Choisissez un profil"),
            _("Citoyen"),
            _("prestataire de soins professionnel"),
            _("Bandagiste"),
            _("Infirmier"),
            _("Médecin"),
        ],
        "organisation": [as_what, _("Citoyen"), within, _("Entreprise")],
        "confirm": [confirm],
        "selection": [
            _("Sélection de profil"),
            _("Sous quel profil souhaitez-vous continuer ? Vous disposez de plusieurs profils dans MyInami."),
            _("Continuer en tant que mandataire"),
            _("Continuer en tant que citoyen"),
        ],
        "search": [
            _("Chercher mandant"),
            _("Numéro INAMI, Numéro de registre national, Nom, Prénom"),
            _("Nombre de résultats : Afficher 25"),
        ],
    }
