from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.enums import GuardState
from bhod.selectors.guards import GuardLine, guard_line, guards_of_provider
from bhod.selectors.swaps import SwapLine, offers_of_guards, offers_to
from bhod.selectors.tariffs import tariff_book
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core.ui import Column

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ComingGuard:
    """A guard that isn't over, and whether its doctor offers it to his colleagues, or may."""

    line: GuardLine
    swap: SwapLine | None
    may_be_offered: bool


class OwnGuardsView(ProviderFileView, TemplateView):
    """« Mes gardes »: a part of the care provider's file that BHOD fills; in every circle.

    Those that aren't over, the next one first, then the past ones, the latest first; never a draft.
    """

    template_name = "bhod/own_guards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guards = guards_of_provider(self.provider).published()
        page = Paginator(guards.filter(ends_at__lte=self.at), PER_PAGE).get_page(self.request.GET.get("page"))
        coming = list(guards.filter(ends_at__gt=self.at).order_by("starts_at", "pk"))
        offered = offers_of_guards(coming, at=self.at)
        tariffs = tariff_book(self.provider.person.world)
        columns = [_("Début"), _("Fin"), _("Cercle"), _("Heures honorées"), Column(_("Montant")), _("État")]
        return super().get_context_data(**kwargs) | {
            "coming": [
                ComingGuard(
                    guard_line(guard, tariffs),
                    offered.get(guard.pk),
                    guard.state == GuardState.REGISTERED and guard.starts_at > self.at,
                )
                for guard in coming
            ],
            "coming_columns": [*columns, _("Échange")],
            "page_obj": page,
            "lines": [guard_line(guard, tariffs) for guard in page],
            "columns": [*columns, _("Paiement")],
            "offers_to_answer": sum(each.is_open for each in offers_to(self.provider, at=self.at)),
        }
