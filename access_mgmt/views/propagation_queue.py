"""What waits on its way to the applications in an enterprise, what is held, and how long the last changes waited."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.forms.role_overview import RoleFilterForm
from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.selectors import propagation_queue as queue
from access_mgmt.views.common import EntityView
from access_mgmt.views.member_lists import PAGE_SIZE
from access_mgmt.views.refreshing import refreshing
from access_mgmt.views.roles import time_left
from access_mgmt.views.waits_picture import duration, picture_of, words_of
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.ui import Column, Row
from csam.http import AuthenticatedRequest, refreshes_itself

WAITING, HELD, ARRIVED = "attente", "cote", "arrivees"
_MINUTE = timedelta(minutes=1)
_KINDS_OF_FAILURE = re.compile(r"violates (foreign key|unique|exclusion|check|not-null)")


@dataclass(frozen=True, slots=True)
class QueuedChange:
    """A change of role as the queue shows it; `notes` say when it comes, why it is held, or how long it waited."""

    change: RoleChange
    asked: RoleAssignment
    notes: list[str]

    @property
    def latest(self) -> datetime:
        """The minute by which it is there: minutes are rounded up, as in the time left."""
        due = self.change.due_at
        return due.replace(second=0, microsecond=0) + (
            _MINUTE if due.second or due.microsecond else timedelta(0)
        )


@method_decorator(refreshes_itself, name="dispatch")
class PropagationQueueView(EntityView, TemplateView):
    """The queue of an enterprise: all of it for those who administer the entity, that of their people for managers."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/propagation_queue.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_open() and self.is_user():
            return render(request, "access_mgmt/role_list_own.html", status=HTTPStatus.FORBIDDEN)
        return super().dispatch(request, *args, **kwargs)

    def may_open(self) -> bool:
        return selectors.manages_somebody_at(self.person, self.enterprise, on=self.today)

    def is_user(self) -> bool:
        """Whether there are functions of his own to read instead."""
        own = selectors.memberships_of(self.person)
        return own.filter(quality__enterprise=self.enterprise, blocked_at=None).exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RoleFilterForm(self.request.GET)
        # What can't be understood narrows nothing, and the form says why.
        narrowed = (
            {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        )
        asked = self.asked(narrowed.get("nom", ""), narrowed.get("fonction", ""))
        state = queue.queue_state(asked, at=self.at)
        waits = queue.waits_of(asked, at=self.at)
        totals = {WAITING: state.waiting, HELD: state.held, ARRIVED: waits.total}
        chosen = self.request.GET.get("liste", "")
        chosen = chosen if chosen in totals else WAITING
        paginator = Paginator(self.changes(asked, chosen), PAGE_SIZE)
        paginator.count = totals[chosen]
        page = paginator.get_page(self.request.GET.get("page"))
        mode = self.request.world.mode
        administers = selectors.administers(self.person, self.enterprise, on=self.today)
        on_their_way = state.waiting + state.held if mode != PropagationMode.STUCK else 0
        return (
            super().get_context_data(**kwargs)
            | {
                "form": form,
                "chosen": chosen,
                "narrowed": bool(narrowed),
                "tabs": [
                    (key, name, urlencode({"liste": key, **narrowed}), totals[key])
                    for key, name in _tabs().items()
                ],
                "query": urlencode({"liste": chosen, **narrowed}),
                "page_obj": page,
                "rows": [self.shown(change, chosen) for change in page],
                "state_rows": _state_rows(state, mode),
                "held": state.held,
                "held_query": urlencode({"liste": HELD, **narrowed}),
                "waits_shown": picture_of(waits) if waits.total else None,
                "waits_words": words_of(waits),
                "waits_columns": [_("Attente"), Column(_("Modifications")), _("Promesse")],
                "is_whole": administers,
                "back_url": reverse("access_mgmt:quality_list", args=[self.enterprise.bce_number])
                if administers
                else reverse("access_mgmt:home"),
            }
            | _words(chosen)
            | refreshing(self.request, waiting=on_their_way)
        )

    def asked(self, name: str, function: str) -> QuerySet[RoleAssignment]:
        asked = selectors.assignments_managed_at(self.person, self.enterprise, on=self.today)
        if function:
            asked = asked.filter(function=function)
        return selectors.of_persons_named(asked, name)

    def changes(self, asked: QuerySet[RoleAssignment], chosen: str) -> QuerySet[RoleChange]:
        if chosen == ARRIVED:
            return queue.applied_changes_of(asked, at=self.at)
        return queue.held_changes_of(asked) if chosen == HELD else queue.waiting_changes_of(asked)

    def shown(self, change: RoleChange, chosen: str) -> QueuedChange:
        asked = cast(RoleAssignment, change.grants or change.withdraws)
        if chosen == HELD:
            notes = _why_held(change, clock.real_now(), self.request.world.mode)
        elif chosen == WAITING:
            notes = [_left(change, self.at, self.request.world.mode)]
        else:
            notes = [duration(cast(datetime, change.applied_at) - change.requested_at)]
        return QueuedChange(change, asked, notes)


def _tabs() -> dict[str, str]:
    return {
        WAITING: _("En attente"),
        HELD: _("Mises de côté"),
        ARRIVED: _("Arrivées depuis 24 heures"),
    }


def _words(chosen: str) -> dict[str, Any]:
    """Caption, columns and rows of the list chosen, and what it says when it is empty."""
    common = [_("Personne"), _("Acte"), _("Fonction"), _("Demandé")]
    if chosen == HELD:
        return {
            "caption": _("Modifications mises de côté"),
            "columns": [*common, _("Pourquoi, et ce qui va se passer")],
            "row_template": "access_mgmt/_held_change_row.html",
            "empty_text": _("Rien n'est mis de côté : la base de données n'a refusé aucune modification."),
        }
    if chosen == ARRIVED:
        return {
            "caption": _("Modifications arrivées aux applications depuis 24 heures"),
            "columns": [*common, _("Appliqué"), _("Attente")],
            "row_template": "access_mgmt/_arrived_change_row.html",
            "empty_text": _("Rien n'est arrivé aux applications depuis 24 heures."),
        }
    return {
        "caption": _("Modifications en attente"),
        "columns": [*common, _("Prévu au plus tard")],
        "row_template": "access_mgmt/_waiting_change_row.html",
        "empty_text": _("Rien n'attend : les applications voient tout ce qui a été demandé."),
    }


def _state_rows(state: queue.QueueState, mode: str) -> list[Row]:
    sentences = {
        PropagationMode.NORMAL: _(
            "Normal : une modification arrive aux applications 20 minutes au plus tard après la demande."
        ),
        PropagationMode.IMMEDIATE: _(
            "Immédiat : une modification arrive aux applications quelques secondes après la demande."
        ),
        PropagationMode.SLOW: _(
            "Lent : une modification met 60 minutes ; celui qui dirige ce monde du simulateur l'a voulu ainsi."
        ),
        PropagationMode.STUCK: _(
            "Bloqué : rien n'arrive aux applications avant que celui qui dirige ce monde du simulateur ne remette la "
            "propagation en marche. Ce qui est demandé est gardé."
        ),
    }
    return [
        Row(_("Mode de ce monde"), sentences[PropagationMode(mode)]),
        Row(_("Retard"), _late(state.late, mode)),
    ]


def _late(late: timedelta, mode: str) -> str:
    if mode == PropagationMode.STUCK:
        return _("La propagation est arrêtée.")
    if late <= _MINUTE:
        return _("Aucun.")
    return _("La plus ancienne modification attend depuis %(late)s de plus que prévu.") % {
        "late": duration(late)
    }


def _left(change: RoleChange, at: datetime, mode: str) -> str:
    if mode == PropagationMode.STUCK:
        return _("la propagation est arrêtée")
    return time_left(change.due_at - at)


def _why_held(change: RoleChange, real_now: datetime, mode: str) -> list[str]:
    """In plain words: the failure itself is for who runs the simulator."""
    found = _KINDS_OF_FAILURE.search(change.failure)
    reasons = {
        "foreign key": _("Elle parle de quelque chose que la base de données ne connaît plus."),
        "unique": _("Elle contredit ce que les applications voient déjà."),
        "exclusion": _("Elle contredit ce que les applications voient déjà."),
        "check": _("Elle ne respecte pas une règle de la base de données."),
        "not-null": _("Il lui manque une donnée."),
    }
    reason = reasons[found[1]] if found else _("La base de données ne l'a pas acceptée.")
    tries = ngettext("%(tries)d essai manqué.", "%(tries)d essais manqués.", change.attempts) % {
        "tries": change.attempts
    }
    return [reason, f"{tries} {_next_try(change, real_now, mode)}"]


def _next_try(change: RoleChange, real_now: datetime, mode: str) -> str:
    if mode == PropagationMode.STUCK:
        return _("Elle sera réessayée quand la propagation reprendra.")
    minutes = ceil((cast(datetime, change.held_until) - real_now) / _MINUTE)
    if minutes <= 0:
        return _("Elle est réessayée d'un instant à l'autre.")
    words = ngettext(
        "Elle est réessayée d'elle-même dans %(minutes)d minute.",
        "Elle est réessayée d'elle-même dans %(minutes)d minutes.",
        minutes,
    )
    return words % {"minutes": minutes}
