"""What a manager should know of a function that he gives all the same: nothing here refuses it."""

from datetime import date

from django.utils.translation import gettext as _

from access_mgmt.applications import is_doctor
from access_mgmt.enums import CIRCLE_FUNCTIONS, Function, SecuredApplication
from access_mgmt.models import QualityMember
from bhod_portal.core.periods import Period


def no_doctor(member: QualityMember) -> str:
    """Said of the manager's function, where the person is known as no doctor."""
    if is_doctor(member.person):
        return ""
    return _(
        "%(name)s n'est pas connu(e) comme médecin, alors que ce rôle est destiné au responsable du cercle, qui est "
        "également médecin. Il n'y a pas de contrôle externe sur l'attribution des rôles. Le gestionnaire d'accès est "
        "responsable des rôles (fonctions) qu'il attribue aux utilisateurs."
    ) % {"name": member.person}


def no_application(member: QualityMember) -> str:
    """Said of the circle's functions, where the application was not ticked when the person was added."""
    if SecuredApplication.BHOD in member.secured_applications:
        return ""
    return _(
        "L'application sécurisée « %(application)s » n'est pas cochée pour %(name)s. La fonction se donne malgré tout : "
        "vérifiez que la personne doit bien travailler avec cette application."
    ) % {"application": SecuredApplication.BHOD.label, "name": member.person}


def warnings_for(member: QualityMember, function: Function, period: Period, *, on: date) -> list[str]:
    """What to say beside the confirmation that a function was given for these days."""
    found = []
    if function == Function.FILEMANAGER_CIRCLE:
        found.append(no_doctor(member))
    if function in CIRCLE_FUNCTIONS:
        found.append(no_application(member))
    if period.end is not None and period.end < on:
        found.append(_("Ces dates sont déjà passées : la fonction n'ouvrira rien."))
    elif period.start < on:
        found.append(
            _(
                "Le début est dans le passé : la fonction n'agit qu'une fois appliquée, jamais pour les jours d'avant."
            )
        )
    return [sentence for sentence in found if sentence]
