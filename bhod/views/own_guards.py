from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.enums import GuardState, PayState
from bhod.selectors.guards import GuardLine, guard_line, guards_of_provider
from bhod.selectors.payments import GuardPay, pay_of_guards
from bhod.selectors.swaps import SwapLine, offers_of_guards, offers_to
from bhod.selectors.tariffs import tariff_book
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core.ui import Column

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class OwnGuardLine:
    """A guard and where its money stands; of one that isn't over, whether its doctor offers it to his colleagues, or may."""

    line: GuardLine
    pay: GuardPay | None
    swap: SwapLine | None = None
    may_be_offered: bool = False

    @property
    def amount(self) -> Decimal | None:
        """What it comes to as far as anybody knows now, in euros."""
        if self.pay and self.pay.due is not None:
            return self.pay.due
        if self.pay and self.pay.state == PayState.REFUSED:
            return None
        return self.line.pay.amount if self.line.pay else None


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
        pay = pay_of_guards([*coming, *page], at=self.at, reader=self.provider)
        columns = [_("Garde"), _("Cercle"), _("Heures honorées"), Column(_("Montant")), _("État")]
        return super().get_context_data(**kwargs) | {
            "coming": [
                OwnGuardLine(
                    guard_line(guard, tariffs),
                    pay.get(guard.pk),
                    offered.get(guard.pk),
                    guard.state == GuardState.REGISTERED and guard.starts_at > self.at,
                )
                for guard in coming
            ],
            "coming_columns": [*columns, _("Échange")],
            "page_obj": page,
            "lines": [OwnGuardLine(guard_line(guard, tariffs), pay.get(guard.pk)) for guard in page],
            "columns": [*columns, _("Paiement")],
            "offers_to_answer": sum(each.is_open for each in offers_to(self.provider, at=self.at)),
        }
