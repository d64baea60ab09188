from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.enums import OFFERED_QUALITIES, QualityKind
from access_mgmt.forms.activations import QualityChoiceForm
from access_mgmt.views.common import EntityView, QualityView
from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest


class QualityListView(EntityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        qualities = list(selectors.qualities_of(self.enterprise))
        active = [quality.kind for quality in qualities if quality.deactivated_at is None]
        form = QualityChoiceForm(request.GET if "qualite" in request.GET else None, active=active)
        if form.is_valid():
            return redirect(
                "access_mgmt:quality_activate",
                bce=self.enterprise.bce_number,
                kind=form.cleaned_data["qualite"],
            )
        offered = [kind for kind in OFFERED_QUALITIES if kind not in active]
        columns = [_("Qualité"), _("Identifiant"), _("État"), _("Date de création"), _("Gestionnaire Local")]
        return self.render_to_response(
            self.get_context_data(
                form=form,
                qualities=qualities,
                columns=columns,
                offered=offered,
                explained=OFFERED_QUALITIES,
                kinds=QualityKind,
            )
        )


class QualityDetailView(QualityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quality = self.quality
        held = selectors.roles_held(self.person, quality.enterprise, on=self.today)
        rows = [
            Row(_("Dénomination"), quality.enterprise.name),
            Row(_("Numéro d'entreprise"), format_bce(quality.enterprise.bce_number)),
            Row(_("Date de création"), clock.day_of(quality.activated_at).strftime("%d/%m/%Y")),
            Row(_("Qualité"), str(quality)),
            Row(quality.identifier_name, quality.identifier),
        ]
        return super().get_context_data(**kwargs) | {
            "role": next((role.name for role in held if role.quality == quality), ""),
            "rows": rows,
            "managers": selectors.managers_of(quality),
            "alone": selectors.members_of(quality).count() == 1,
        }
