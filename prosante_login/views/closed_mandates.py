"""A mandate that opens nothing (any more): the page that says why, in place of the file."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.shown import shown_day
from prosante_login import http, selectors
from prosante_login.enums import MandateState
from prosante_login.http import ProfiledRequest
from prosante_login.selectors import ClosedMandate, Party, Tie

_TRANSFERRED = _("Il a été transféré à un autre mandataire le %(day)s.")
_SENTENCES: dict[MandateState | Party | Tie, str | Promise] = {
    MandateState.TO_ACCEPT: _(
        "Donné le %(day)s, il n'a pas encore été accepté : sans l'accord des deux, il n'ouvre rien."
    ),
    MandateState.LAPSED: _("Son dernier jour était le %(day)s, et il n'avait pas été accepté."),
    MandateState.REFUSED: _("%(by)s l'a refusé le %(day)s."),
    MandateState.STOPPED: _("%(by)s l'a arrêté le %(day)s."),
    MandateState.TO_COME: _("Il ne commence que le %(day)s."),
    MandateState.EXPIRED: _("Il a pris fin : son dernier jour était le %(day)s."),
    Party.GRANTOR_GONE: _(
        "%(grantor)s est arrêté(e) au registre (décès ou radiation) : le mandat a pris fin avec qui l'a donné."
    ),
    Party.HOLDER_STOPPED: _(
        "%(enterprise)s est arrêtée à la Banque-Carrefour des Entreprises depuis le %(day)s : elle n'agit plus pour personne."
    ),
    Tie.FUNCTION_OVER: _(
        "Le mandat vaut toujours, mais votre fonction légale chez %(enterprise)s a pris fin le %(day)s : vous n'agissez plus "
        "pour elle."
    ),
    Tie.GAP_REPLACED: _(
        "Le mandat vaut toujours, mais vous n'êtes plus Gestionnaire d'Accès Principal de %(enterprise)s depuis le %(day)s : "
        "%(by)s y a mis fin."
    ),
    Tie.GAP_LEFT: _(
        "Le mandat vaut toujours, mais vous avez quitté %(enterprise)s il y a plus de 30 jours : vos accès de Gestionnaire "
        "d'Accès Principal ont pris fin."
    ),
    Tie.DELEGATION_OVER: _(
        "Le mandat vaut toujours, mais %(by)s a mis fin le %(day)s à votre délégation : vous n'utilisez plus les mandats de "
        "%(enterprise)s."
    ),
    Tie.DELEGATE_LEFT: _(
        "Le mandat vaut toujours, mais vous ne travaillez plus chez %(enterprise)s (dernier jour : %(day)s) : votre délégation "
        "n'a plus d'effet."
    ),
    Tie.NONE: _("Ce mandat n'est pas le vôtre, et vous n'agissez pas pour celui qui l'a reçu."),
}


def closed_file(request: ProfiledRequest, *, today: date) -> HttpResponse | None:
    """Why the grantor's file in which this session was is closed since (403); None when it was in none."""
    choice = http.remembered(request)
    if request.profile is not None or choice is None or choice.mandate_id is None:
        return None
    closed = selectors.closed_mandate(
        person=request.user, enterprise_id=choice.enterprise_id, mandate_id=choice.mandate_id, on=today
    )
    return refuse_closed(request, closed) if closed else None


def refuse_closed(request: ProfiledRequest, closed: ClosedMandate) -> HttpResponse:
    """The page that says why a mandate opens nothing, and the ways out."""
    not_yet = closed.reason in {MandateState.TO_ACCEPT, MandateState.TO_COME}
    context = {"mandate": closed.mandate, "why": why(closed), "not_yet": not_yet}
    return render(request, "prosante_login/mandate_closed.html", context, status=403)


def why(closed: ClosedMandate) -> str:
    """The reason in a sentence, and whom to ask."""
    facts = {
        "day": shown_day(closed.day),
        "by": str(closed.by or ""),
        "grantor": str(closed.mandate.provider),
        "enterprise": str(closed.mandate.holder_enterprise or ""),
    }
    transferred = closed.transferred and closed.reason == MandateState.STOPPED
    return str(_TRANSFERRED if transferred else _SENTENCES[closed.reason]) % facts
