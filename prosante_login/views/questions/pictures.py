"""The screenshots of seed 003, which came to us as text, drawn again; the same one illustrates several answers."""

from django.utils.translation import gettext_lazy as _

from prosante_login.views.questions.parts import Line, Look

_AS_WHAT = Line(Look.TEXT, (_("Je souhaite me connecter en tant que:"),))
_CITIZEN = Line(Look.BOX, (_("Citoyen"),))

PICTURES = {
    "kind": (_AS_WHAT, _CITIZEN),
    "chooser": (
        Line(Look.TITLE, (_("Se connecter pour Portail INAMI"),)),
        Line(Look.TEXT, (_("Choisissez votre profil:"),)),
        _AS_WHAT,
        Line(Look.BOX, (_("Choisissez un profil"),)),
        Line(Look.OPTION, (_("Citoyen"),)),
        Line(Look.GROUP, (_("prestataire de soins professionnel"),)),
        Line(Look.OPTION, (_("Bandagiste"),)),
        Line(Look.OPTION, (_("Infirmier"),)),
        Line(Look.OPTION, (_("Médecin"),)),
    ),
    "organisation": (
        _AS_WHAT,
        _CITIZEN,
        Line(Look.TEXT, (_("Au sein de l'organisation:"),)),
        Line(Look.BOX, (_("Entreprise"),)),
    ),
    "confirm": (Line(Look.BUTTON, (_("Confirmer le profil"),)),),
    "selection": (
        Line(Look.TITLE, (_("Sélection de profil"),)),
        Line(
            Look.TEXT,
            (
                _(
                    "Sous quel profil souhaitez-vous continuer ? Vous disposez de plusieurs profils dans MyInami."
                ),
            ),
        ),
        Line(Look.BUTTON, (_("Continuer en tant que mandataire"), _("Continuer en tant que citoyen"))),
    ),
    "search": (
        Line(Look.TITLE, (_("Chercher mandant"),)),
        Line(Look.FIELDS, (_("Numéro INAMI"), _("Numéro de registre national"), _("Nom"), _("Prénom"))),
        Line(Look.TEXT, (_("Nombre de résultats :"),)),
        Line(Look.BOX, (_("Afficher 25"),)),
    ),
}
