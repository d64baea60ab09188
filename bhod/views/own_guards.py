from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.selectors.guards import guard_line, guards_of_provider
from bhod.selectors.tariffs import tariff_book
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core.ui import Column

PER_PAGE = 25


class OwnGuardsView(ProviderFileView, TemplateView):
    """« Mes gardes »: a part of the care provider's file that BHOD fills; in every circle, the latest first."""

    template_name = "bhod/own_guards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guards = guards_of_provider(self.provider)
        page = Paginator(guards, PER_PAGE).get_page(self.request.GET.get("page"))
        tariffs = tariff_book(self.provider.person.world)
        columns = [_("Début"), _("Fin"), _("Cercle"), _("Heures honorées"), Column(_("Montant")), _("État")]
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "lines": [guard_line(guard, tariffs) for guard in page],
            "columns": [*columns, _("Paiement")],
        }
