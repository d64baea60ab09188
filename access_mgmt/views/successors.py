"""« Nommer un remplaçant »: a manager who leaves gives his place away (decision 8)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.enums import MANAGING_KINDS, Afterwards, MemberKind
from access_mgmt.forms.succession import BY_NAME, BY_NISS
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors import Handover
from access_mgmt.services import members, succession
from access_mgmt.services.succession import Successor
from access_mgmt.views.common import TimedView
from access_mgmt.views.succession import SuccessionCheckView, SuccessionFormView, SuccessionView
from bhod_portal.core.ui import Row, Section
from csam.http import AuthenticatedRequest
from csam.models import Person


class _Successor(SuccessionView):
    flow = "successor"
    form_page, check_page = "successor_name", "successor_name_check"
    offered = (Afterwards.USER, Afterwards.GONE)
    opens_to_branches = True

    def load_holder(self) -> QualityMember | None:
        return selectors.place_of(self.person, self.quality)

    def elsewhere(self) -> HttpResponse | None:
        if self.holder:
            return super().elsewhere()
        # He administers the entity, and has no place here to give away.
        messages.info(
            self.request,
            _(
                "Vous n'avez pas de place dans cette qualité à remettre : vous pouvez y désigner le Gestionnaire Local."
            ),
        )
        return redirect(self.address("local_manager_name"))

    @property
    def leads_branch(self) -> bool:
        return self.holder is not None and self.holder.kind == MemberKind.SUBDIVISION_MANAGER

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leaves_open = self.holder is not None and self.holder.kind == MemberKind.LOCAL_MANAGER
        told = selectors.entity_managers_of(self.quality.enterprise, on=self.today)
        return super().get_context_data(**kwargs) | {
            "holder": self.holder,
            "leads_branch": self.leads_branch,
            "leaves_open": leaves_open,
            "told": [manager.person for manager in told if manager.person_id != self.person.pk],
        }


class SuccessorNameView(_Successor, SuccessionFormView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/successor_name.html"

    @property
    def ways(self) -> Sequence[str]:  # type: ignore[override]  # depends on who leaves
        return (BY_NAME,) if self.leads_branch else (BY_NAME, BY_NISS)

    def find_newcomer(self, niss: str) -> Person:
        return members.find_candidate(
            quality=self.quality, kind=MemberKind.CO_LOCAL_MANAGER, niss=niss, by=self.person, at=self.at
        )


class SuccessorNameCheckView(_Successor, SuccessionCheckView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/successor_name_check.html"
    asks_link = True
    # What the first click did, when this is the second one of who manages no longer.
    handed_over: Handover | None = None

    def load_quality(self) -> Quality:
        last = selectors.last_handover(self.person)
        here = last is not None and last.quality.pk == self.kwargs["quality_pk"]
        if last is None or not here or selectors.place_of(self.person, last.quality):
            return super().load_quality()
        self.handed_over = last
        return last.quality

    def may_open(self) -> bool:
        return self.handed_over is not None or super().may_open()

    def elsewhere(self) -> HttpResponse | None:
        return self.done() if self.handed_over else super().elsewhere()

    def act(self, successor: Successor) -> None:
        succession.hand_over(
            quality=self.quality,
            successor=successor,
            afterwards=self.afterwards,
            by=self.person,
            at=self.at,
        )

    def done(self) -> HttpResponse:
        return redirect("access_mgmt:successor_done")

    def sections(self) -> list[Section]:
        kind = MemberKind.SUBDIVISION_MANAGER if self.leads_branch else MemberKind.CO_LOCAL_MANAGER
        if self.member and self.member.kind in MANAGING_KINDS:
            kind = MemberKind(self.member.kind)
        back = self.address(self.form_page)
        own = self.holder.get_kind_display() if self.holder else ""
        return [
            Section(_("Remplaçant"), self.who_rows(_("Remplaçant"), str(kind.label))),
            Section(
                _("Vous-même"),
                [Row(_("Aujourd'hui"), own), Row(_("Ensuite"), str(self.afterwards.label), back)],
            ),
        ]


class SuccessorDoneView(TimedView, TemplateView):
    """What one gave away; hangs on no quality, for one may have left it."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/successor_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        last = selectors.last_handover(self.person)
        if last is None:
            return redirect("access_mgmt:home")
        return self.render_to_response(
            self.get_context_data(handed_over=last, gone=last.afterwards == Afterwards.GONE)
        )
