from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core.kept_texts import told
from bhod_portal.core.models import AuditEntry
from prosante_login import selectors
from prosante_login.enums import FileAct, FilePart
from prosante_login.views.common import FileView

_PAGE_SIZE = 25


class ActingLogView(FileView, TemplateView):
    """« Qui a agi pour vous »: what mandataries did in one's file, when, and by which mandate; only for its owner."""

    part = FilePart.MANDATES
    template_name = "prosante_login/acting_log.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = selectors.acts_on_behalf_of(self.provider)
        page = Paginator(entries, _PAGE_SIZE).get_page(self.request.GET.get("page"))
        mandates = selectors.mandates_of_acts(page, provider=self.provider)
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": [
                {
                    "entry": entry,
                    "act": _act(entry),
                    "about": told(entry.details.get("about", "")),
                    "mandate": mandates.get(entry.details["mandate"]),
                }
                for entry in page
            ],
            "columns": [_("Quand"), _("Qui"), _("Ce qui a été fait"), _("Par quel mandat")],
        }


def _act(entry: AuditEntry) -> str:
    """In words; a trail outlives the names of acts."""
    return str(FileAct(entry.act).label) if entry.act in FileAct else entry.act
