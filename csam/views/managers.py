"""Who manages the accesses of an enterprise: lists, history, removal, what has been done, its receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django.views.generic.base import View

from bhod_portal.core import clock, pdf
from bhod_portal.core.audit import reference_of
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.shown import shown_day, shown_time
from bhod_portal.core.ui import Row
from csam import selectors
from csam.enums import ManagerKind
from csam.http import AuthenticatedRequest
from csam.models import AccessManager, Person
from csam.permissions import Capacity, may_name
from csam.security import RecentLoginMixin
from csam.services import managers
from csam.views.designation_steps import OfAnEnterprise
from csam.views.manager_naming import SLUGS

ORDER = list(ManagerKind)


class ManagedEnterprisesView(TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/managed_enterprises.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.request.world)
        found = selectors.managed_enterprises(self.request.user, today)
        return super().get_context_data(**kwargs) | {
            "rows": [{"managed": each, "stopped": not each.enterprise.is_active(today)} for each in found],
            "columns": [_("Entreprise"), _("Numéro d'entreprise"), _("Vous y êtes"), ""],
        }


class _InvolvedView(OfAnEnterprise):
    """A page for whoever represents the enterprise legally or manages its accesses."""

    person: Person
    capacities: frozenset[Capacity]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = cast(AuthenticatedRequest, request).user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = self.person
        self.capacities = selectors.capacities(person, self.enterprise, self.today)
        if not self.capacities and not selectors.manager_kinds(person, self.enterprise):
            raise PermissionDenied(
                managers.why_not(enterprise=self.enterprise, kind=ManagerKind.MAIN, by=person, on=self.today)
            )
        return super().dispatch(request, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """A manager in office, and what the reader may do about him: addresses, empty where he may not."""

    manager: AccessManager
    replace_url: str = ""
    remove_url: str = ""
    own: bool = False


class ManagerListView(_InvolvedView, TemplateView):
    template_name = "csam/manager_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.enterprise.registered_at is None:
            return redirect(self.page("gap_designate"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ever = list(selectors.managers_ever(self.enterprise))
        standing = [manager for manager in ever if manager.ended_at is None]
        standing.sort(key=lambda each: (ORDER.index(ManagerKind(each.kind)), each.domain, each.designated_at))
        may = [kind for kind in ORDER if may_name(self.capacities, kind)]
        may_not = [kind for kind in ORDER if kind not in may]
        return super().get_context_data(**kwargs) | {
            "rows": [self._row(manager, may) for manager in standing],
            "columns": [
                _("Qualité"),
                _("Personne"),
                _("Contact"),
                _("Depuis"),
                _("Désigné par"),
                _("État"),
                "",
            ],
            "history": ever,
            "history_columns": [
                _("Désigné le"),
                _("Personne"),
                _("Qualité"),
                _("Désigné par"),
                _("Terminé le"),
                _("Terminé par"),
            ],
            "name_links": [
                (self.page("manager_name", slug), kind.label) for kind, slug in SLUGS.items() if kind in may
            ],
            "others_may": self._who_may(may_not),
        }

    def _row(self, manager: AccessManager, may: list[ManagerKind]) -> ManagerRow:
        own = manager.person_id == self.person.pk
        kind = ManagerKind(manager.kind)
        if kind == ManagerKind.MAIN:
            return ManagerRow(manager, replace_url=self.page("gap_replace") if kind in may else "")
        url = self.page("manager_remove", manager.pk) if own or kind in may else ""
        return ManagerRow(manager, remove_url=url, own=own)

    def _who_may(self, kinds: list[ManagerKind]) -> list[tuple[str, str]]:
        acts = {
            ManagerKind.MAIN: _("Remplacer le GAP"),
            ManagerKind.CO_MAIN: _("Nommer ou retirer un co-GAP"),
            ManagerKind.DOMAIN: _("Nommer ou retirer un GA"),
            ManagerKind.DPO: _("Nommer ou retirer un DPO"),
        }
        able = selectors.those_who_may_name(self.enterprise, kinds, self.today) if kinds else {}
        return [
            (
                acts[kind],
                " ; ".join(
                    f"{capacity.label} : {', '.join(map(str, persons))}" for capacity, persons in found
                ),
            )
            for kind, found in able.items()
        ]


class _OfAManager(_InvolvedView):
    """A page about one designation of the enterprise, in force or ended."""

    manager: AccessManager

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        known = selectors.managers_ever(self.enterprise)
        self.manager = get_object_or_404(known, pk=kwargs["manager_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"manager": self.manager, "rows": self.rows()}

    def rows(self) -> list[Row]:
        return [
            Row(_("Personne"), self.manager.person),
            Row(_("Qualité"), self.manager.role_name),
            Row(_("Entreprise"), f"{self.enterprise.name} ({format_bce(self.enterprise.bce_number)})"),
            Row(_("Désigné le"), shown_day(clock.day_of(self.manager.designated_at))),
            Row(_("Désigné par"), self.manager.designated_by),
        ]


class ManagerNameDoneView(_OfAManager, TemplateView):
    template_name = "csam/manager_name_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"own": self.manager.person_id == self.person.pk}


class ManagerRemoveView(_OfAManager, RecentLoginMixin, TemplateView):
    """GET asks once more; POST ends the designation."""

    template_name = "csam/manager_remove.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            managers.check_may_remove(manager=self.manager, by=self.person, on=self.today)
        except ValidationError as refusal:
            raise PermissionDenied(refusal.messages[0]) from None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.manager.ended_at is not None:
            return self._ended_already()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            managers.remove_manager(manager=self.manager, by=self.person, at=self.at)
        except ValidationError as refusal:
            if "already_removed" not in refusal_codes(refusal):
                raise
            return self._ended_already()
        messages.success(
            request,
            _("%(person)s n'est plus %(role)s. Un e-mail le confirme.")
            % {"person": self.manager.person, "role": self.manager.role_name},
        )
        return self._away()

    def _ended_already(self) -> HttpResponse:
        messages.info(self.request, _("Cette désignation a déjà pris fin."))
        return self._away()

    def _away(self) -> HttpResponse:
        """Whoever has just ended his last capacity has nothing to see at the list any longer."""
        left = selectors.capacities(self.person, self.enterprise, self.today)
        return redirect(self.page("manager_list") if left else "csam:managed_enterprises")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"own": self.manager.person_id == self.person.pk}


class DesignationReceiptView(_OfAManager, View):
    """The receipt of a designation, to keep or to print."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        entry = selectors.designation_entry(self.manager)
        instant = self.manager.designated_at
        data = {
            "mark": _("SIMULATEUR — aucune donnée réelle"),
            "title": _("Accusé de réception d'une désignation"),
            "service": _("CSAM — Gestion des Gestionnaires d'Accès"),
            "rows": [
                [_("Entreprise"), self.enterprise.name],
                [_("Numéro d'entreprise"), format_bce(self.enterprise.bce_number)],
                [_("Personne désignée"), str(self.manager.person)],
                [_("Qualité"), self.manager.role_name],
                [_("Désignée par"), str(self.manager.designated_by)],
                [_("Le"), _in_words(instant)],
                [_("Référence"), reference_of(entry) if entry else "–"],
            ],
            "note": _(
                "Ce document vient d'un simulateur sans lien avec CSAM ni aucune administration. Les personnes, les "
                "entreprises et les numéros sont inventés ; il ne prouve rien."
            ),
        }
        name = f"designation-{self.enterprise.bce_number}-{self.manager.pk}.pdf"
        return HttpResponse(
            pdf.render("csam/receipts/designation.typ", data, at=instant),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _in_words(instant: datetime) -> str:
    return _("%(day)s à %(time)s (heure de Bruxelles)") % {
        "day": shown_day(clock.day_of(instant)),
        "time": shown_time(instant),
    }
