"""Every component of ours in every state, in the colours of each portal: for those who build pages."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod_portal.core import chain, clock
from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.fields import BceNumberField, DayField
from bhod_portal.core.file_lines import Change, LineResult, Problem
from bhod_portal.core.overtaken_forms import Compared
from bhod_portal.core.ui import Column, Row, Section, Task

TONES = ("neutral", "info", "success", "warning", "danger")
NOTICES = ("info", "success", "warning", "error")
# For developers only, and so in English.
TITLES = {
    "typo": "Text",
    "boutons": "Buttons",
    "etats": "Badge, inset, notice",
    "taches": "Task list, progress",
    "resume": "Summary list, check answers, confirmation panel",
    "tables": "Table, empty state, pagination, tabs",
    "imports": "Lines of a file",
    "cartes": "Cards, panel, pictures",
    "champs": "Form",
    "fautes": "Form with errors",
    "fixes": "Form that can't be changed",
    "components": "Components",
    "themes": "Themes",
}
SHIFTS = [("day", gettext_lazy("jour")), ("night", gettext_lazy("nuit"))]


class SampleForm(forms.Form):
    """A field of each kind that pages have; those of `disabled` can't be changed."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=60)
    number = BceNumberField(
        label=gettext_lazy("Numéro d'entreprise"), help_text=gettext_lazy("ou 10 avec le 0")
    )
    day = DayField(label=gettext_lazy("Date de début"))
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"), required=False)
    population = forms.IntegerField(label=gettext_lazy("Population"), required=False)
    password = forms.CharField(label=gettext_lazy("Mot de passe"), widget=forms.PasswordInput, required=False)
    shift = forms.ChoiceField(label=gettext_lazy("Garde"), choices=SHIFTS)
    moment = forms.ChoiceField(label=gettext_lazy("Statut"), choices=SHIFTS, widget=forms.RadioSelect)
    moments = forms.MultipleChoiceField(
        label=gettext_lazy("Gardes"), choices=SHIFTS, widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    file = forms.FileField(label=gettext_lazy("Fichier"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("oui"))

    # One line under one choice, as forms give them.
    moment.choice_hints = {"night": gettext_lazy("Nuit de semaine")}  # type: ignore[attr-defined]


@method_decorator(login_not_required, name="dispatch")
class ComponentsView(TemplateView):
    """`?portail=` chooses the colours. Servers for people don't have this page (SHOWS_COMPONENTS)."""

    template_name = "core/components.html"
    extra_context = {"uses_htmx": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("portail", "")
        portal = asked if asked in chain.PORTAL_NAMES else "formation"
        disabled = SampleForm(
            prefix="fixe", initial={"name": "Nadia Benali", "moment": "night", "agreed": True}
        )
        for field in disabled.fields.values():
            field.disabled = True
        return super().get_context_data(**kwargs) | {
            "titles": TITLES,
            "who": "Luc Moreau",
            "code": "OA_FILEMANAGER_CIRCLE",
            "note": "7 / 12",
            "now": clock.real_now(),
            "portal": portal,
            "portals": list(chain.PORTAL_NAMES.items()),
            "tones": TONES,
            "notices": NOTICES,
            "form": SampleForm(prefix="vide"),
            "disabled_form": disabled,
            "wrong_form": SampleForm({"faux-number": "12"}, prefix="faux"),
            **_summaries(),
            **_tables(),
            **_lines(),
        }


def _summaries() -> dict[str, Any]:
    rows = [
        Row(_("Nom"), "Nadia Benali", "#resume"),
        Row(_("Fonction"), "OA_FILEMANAGER_CIRCLE"),
        Row(_("Téléphone"), ""),
    ]
    home = reverse("core:components")
    return {
        "rows": rows,
        "sections": [Section(_("Personne"), rows), Section(_("Garde"), [Row(_("Date"), "01-12-2026")])],
        "tasks": [
            Task(_("Une zone et sa population"), "", _("fait"), "success"),
            Task(_("Au moins une unité de garde"), home, _("à faire"), "warning", _("Nuit de semaine")),
            Task(_("Médecins inscrits"), home, _("au choix"), "neutral"),
        ],
        "compared": [Compared(_("Nom"), "Benali", "Ben Ali", "Benali-Noël")],
    }


def _tables() -> dict[str, Any]:
    here = reverse("core:components")
    return {
        "columns": [
            Column(_("Médecin"), numeric=False, sort_url=here, sorted="ascending"),
            Column(_("Gardes"), sort_url=here),
            Column(_("Montant")),
            "",
        ],
        "doctors": [("Luc Moreau", 12, "1 060,80 €"), ("Élise Vandenbroucke-Christiaens", 0, "0,00 €")],
        "total": (_("Total"), 12, "1 060,80 €"),
        "page_obj": Paginator(range(300), 25).page(5),
    }


def _lines() -> dict[str, Any]:
    return {
        "outcomes": [(outcome.value, outcome.plural, 2) for outcome in ImportOutcome],
        "lines": [
            LineResult(2, ImportOutcome.CHANGED, "", "", [Change(_("Nom"), "Moreau", "Morel")]),
            LineResult(
                3, ImportOutcome.REFUSED, "", "", [], [Problem("bce_number", _("Numéro d'entreprise"))]
            ),
            LineResult(4, ImportOutcome.UNCHANGED, "", ""),
        ],
    }
