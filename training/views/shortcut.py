from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt.enums import QualityKind
from access_mgmt.selectors import Shortcut, shortcut_of
from bhod_portal.core import clock
from csam.http import PortalRequest
from csam.models import Enterprise
from csam.selectors import enterprise_with_number
from training.forms import CircleNumberForm


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the shortcut, and whether it holds."""

    text: str
    holds: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now, and the page where it is done."""

    text: str
    label: str
    url: str


@method_decorator(login_not_required, name="dispatch")
class ShortcutCheckView(TemplateView):
    """« Votre cercle est-il déjà prêt ? »: which conditions of the shortcut hold (seed 000, lines 10-11)."""

    request: PortalRequest
    template_name = "training/shortcut_check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CircleNumberForm(self.request.GET if "numero" in self.request.GET else None)
        enterprise = self._enterprise(form) if form.is_valid() else None
        shown: dict[str, Any] = {"form": form, "enterprise": enterprise}
        if enterprise is None:
            return super().get_context_data(**kwargs) | shown
        shortcut = shortcut_of(enterprise, on=clock.today(self.request.world))
        return (
            super().get_context_data(**kwargs)
            | shown
            | {
                "is_open": shortcut.open,
                "conditions": _conditions(shortcut),
                "next_step": _next_step(enterprise, shortcut),
            }
        )

    def _enterprise(self, form: CircleNumberForm) -> Enterprise | None:
        found = enterprise_with_number(self.request.world, form.cleaned_data["numero"])
        if found is None:
            unknown = _(
                "Aucune entreprise n'a ce numéro. Cherchez-le par le nom du cercle dans BCE Public Search."
            )
            form.add_error("numero", ValidationError(unknown, code="unknown"))
        return found


def _conditions(shortcut: Shortcut) -> list[Condition]:
    also = (
        _("« Soins de Santé » est active aussi.")
        if shortcut.health_care
        else _("« Soins de Santé » n'est pas active ; BHOD n'en a pas besoin.")
    )
    return [
        Condition(_("Actif au sein du portail de la sécurité sociale"), shortcut.on_portal),
        Condition(_("Inscrit comme employeur auprès de l'ONSS"), shortcut.employer),
        Condition(
            _("A la qualité « eHealth Soins de Santé », à ne pas confondre avec « Soins de Santé »"),
            shortcut.ehealth is not None,
            also,
        ),
        Condition(
            _("A un responsable accès entité ou un Data protection officer (DPO) qui gère les accès"),
            shortcut.in_charge,
        ),
    ]


def _next_step(enterprise: Enterprise, shortcut: Shortcut) -> NextStep:
    bce = enterprise.bce_number
    if not shortcut.in_charge:
        return NextStep(
            _(
                "Commencez par CSAM : enregistrez le cercle et désignez son Gestionnaire d'Accès Principal (GAP)."
            ),
            _("Aller à CSAM"),
            reverse("csam:landing"),
        )
    if shortcut.ehealth is None:
        return NextStep(
            _("Le responsable accès entité active la qualité « eHealth Soins de Santé »."),
            _("Activer « eHealth Soins de Santé »"),
            reverse("access_mgmt:quality_activate", args=[bce, QualityKind.EHEALTH.value]),
        )
    text = (
        _("Vous pouvez passer à la création des utilisateurs.")
        if shortcut.employer
        else _(
            "Le cercle s'inscrit comme employeur auprès de l'ONSS, hors de ce simulateur ; le reste est prêt."
        )
    )
    return NextStep(
        text,
        _("Ajouter des utilisateurs"),
        reverse("access_mgmt:member_list", args=[shortcut.ehealth.pk]),
    )
