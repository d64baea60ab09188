from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors import QualityResponsibles
from access_mgmt.views.common import TimedView
from csam.http import AuthenticatedRequest


@dataclass(frozen=True, slots=True)
class ShownResponsible:
    """Someone who manages the accesses of the reader, or answers for him."""

    role: str
    member: QualityMember


@dataclass(frozen=True, slots=True)
class ShownQuality:
    quality: Quality
    has_manager: bool
    rows: list[ShownResponsible]


class ResponsiblesView(TimedView, TemplateView):
    """« Vos Responsables »: who manages the accesses of the person, and how to reach them."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "entities": [
                {
                    "enterprise": entity.enterprise,
                    "gap": entity.gap,
                    "qualities": [
                        ShownQuality(each.quality, bool(each.managers), list(_shown(each)))
                        for each in entity.qualities
                    ],
                }
                for entity in selectors.responsibles_of(self.person, on=self.today)
            ],
            "columns": [_("Rôle"), _("Nom"), _("Contact")],
            "gap_link": None,
        }


def _shown(responsibles: QualityResponsibles) -> Iterator[ShownResponsible]:
    for manager in responsibles.managers:
        yield ShownResponsible(str(manager.get_kind_display()), manager)
    for leader in responsibles.subdivision_managers:
        words = {"kind": leader.get_kind_display(), "name": leader.subdivision}
        yield ShownResponsible(_("%(kind)s « %(name)s »") % words, leader)
    for answering in responsibles.answering:
        yield ShownResponsible(_("Répond de vous"), answering)
