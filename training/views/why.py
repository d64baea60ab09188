"""« Pourquoi est-ce que je ne vois pas mon organisation ? »"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from csam.http import AuthenticatedRequest
from csam.models import Enterprise
from csam.selectors import enterprise_with_number
from training.forms import WhyForm


class WhyView(TemplateView):
    """What is missing, step by step, before someone sees an organisation in ProSanté; about himself."""

    request: AuthenticatedRequest
    template_name = "training/why.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = WhyForm(self.request.GET if "numero" in self.request.GET else None)
        enterprise = self._enterprise(form) if form.is_valid() else None
        return super().get_context_data(**kwargs) | {"form": form, "enterprise": enterprise}

    def _enterprise(self, form: WhyForm) -> Enterprise | None:
        found = enterprise_with_number(self.request.world, form.cleaned_data["numero"])
        if found is None:
            unknown = _(
                "Aucune entreprise n'a ce numéro. Cherchez-le par le nom de l'organisation dans BCE Public Search."
            )
            form.add_error("numero", ValidationError(unknown, code="unknown"))
        return found
