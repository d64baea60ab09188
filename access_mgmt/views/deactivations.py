"""The end of a quality: what ends with it is shown first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.enums import QualityKind
from access_mgmt.models import Quality
from access_mgmt.services import qualities
from access_mgmt.views.common import EntityView
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest

PAGE_SIZE = 25


class QualityDeactivateView(EntityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_deactivate.html"
    quality: Quality

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.quality = get_object_or_404(
            selectors.qualities_of(self.enterprise), pk=self.kwargs["quality_pk"]
        )

    def elsewhere(self) -> HttpResponse | None:
        try:
            qualities.check_deactivation(quality=self.quality)
        except ValidationError as refusal:
            return self.back_with(refusal)
        return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            qualities.deactivate_quality(quality=self.quality, by=self.person, at=self.at)
        except ValidationError as refusal:
            return self.back_with(refusal)
        messages.success(
            request,
            _(
                "La qualité « %(kind)s » est désactivée et ses membres en reçoivent un e-mail. "
                "Votre adaptation sera active dans un délai maximal de 20 minutes."
            )
            % {"kind": self.quality},
        )
        return self.to_list()

    def back_with(self, refusal: ValidationError) -> HttpResponse:
        # A second click, or another manager was faster: the list says how things stand.
        messages.info(self.request, " ".join(refusal.messages))
        return self.to_list()

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:quality_list", bce=self.enterprise.bce_number)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = selectors.members_with_current_functions(self.quality, on=self.today)
        ended = selectors.current_assignments(self.today).filter(
            member__in=selectors.members_of(self.quality)
        )
        return super().get_context_data(**kwargs) | {
            "quality": self.quality,
            "rows": [
                Row(_("Qualité"), str(self.quality)),
                Row(self.quality.identifier_name, self.quality.identifier),
                Row(_("Date de création"), shown_day(clock.day_of(self.quality.activated_at))),
            ],
            "page_obj": Paginator(members, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "columns": [_("Nom"), _("Type"), _("Fonctions qui prendront fin")],
            "functions_count": ended.count(),
            "managers": [manager.person for manager in selectors.managers_of(self.quality)],
            "opens_bhod": self.quality.kind == QualityKind.EHEALTH,
        }
