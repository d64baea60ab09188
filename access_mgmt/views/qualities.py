from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import OFFERED_QUALITIES, QualityKind
from access_mgmt.forms.activations import QualityChoiceForm
from access_mgmt.forms.qualities import QualityEditForm
from access_mgmt.models import Quality, Subdivision
from access_mgmt.selectors import access_reviews
from access_mgmt.services import quality_data
from access_mgmt.views.common import EntityView, QualityView
from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce, format_onss
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest
from csam.models import Enterprise
from csam.selectors import gap_of


class QualityListView(EntityView, TemplateView):
    """The data of an entity, its qualities, and what became of them; the form below the table activates one."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        states = selectors.quality_states(self.enterprise)
        active = [state.kind for state in states if state.kind and state.active]
        form = QualityChoiceForm(request.GET if "qualite" in request.GET else None, active=active)
        if form.is_valid():
            return redirect(
                "access_mgmt:quality_activate",
                bce=self.enterprise.bce_number,
                kind=form.cleaned_data["qualite"],
            )
        return self.render_to_response(
            self.get_context_data(
                form=form,
                states=states,
                events=selectors.quality_events(self.enterprise),
                offered=[kind for kind in OFFERED_QUALITIES if kind not in active],
                explained=OFFERED_QUALITIES,
                kinds=QualityKind,
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "entity_rows": _entity_rows(self.enterprise),
            "columns": [
                _("Qualité"),
                _("Identifiant"),
                _("État"),
                _("Date de création"),
                _("Gestionnaire Local"),
                _("Action"),
            ],
            "event_columns": [_("Date"), _("Qualité"), _("Acte"), _("Par")],
        }


# Of the functions that end soon; the first to end come first.
ENDING_SHOWN = 10


class QualityDetailView(QualityView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_detail.html"
    opens_to_branches = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quality = self.quality
        held = selectors.roles_held(self.person, quality.enterprise, on=self.today)
        managed = selectors.members_managed_by(self.person, quality, on=self.today)
        ending = selectors.functions_ending(managed, on=self.today)
        managers = list(selectors.managers_of(quality))
        return super().get_context_data(**kwargs) | {
            "role": next((role.name for role in held if role.quality == quality), ""),
            "rows": _branch_rows(quality, self.branch) if self.branch else _quality_rows(quality),
            "managers": managers,
            "local_manager": selectors.local_manager_of(quality),
            "administers": selectors.administers(self.person, quality.enterprise, on=self.today),
            "has_place": any(member.person_id == self.person.pk for member in managers),
            "alone": managed.count() == 1,
            "ending": selectors.by_days_left(ending[:ENDING_SHOWN], on=self.today),
            "ending_shown": ENDING_SHOWN,
            "ending_total": ending.count(),
            "ending_days": selectors.WATCHED.days,
            "review_due": access_reviews.is_review_due(quality, on=self.today),
            "open_review": access_reviews.open_review(quality),
        }


class QualityEditView(QualityView, FormView):
    """« Consulter ou modifier le détail de la qualité »: managers change the data, users of the quality read them."""

    request: AuthenticatedRequest
    form_class = QualityEditForm
    template_name = "access_mgmt/quality_edit.html"

    def may_open(self) -> bool:
        reads = self.request.method in ("GET", "HEAD", "OPTIONS")
        return super().may_open() or (reads and selectors.is_member(self.person, self.quality))

    def get_initial(self) -> dict[str, Any]:
        return {"contact_email": self.quality.contact_email, "seen": self.quality.contact_email}

    def form_valid(self, form: QualityEditForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            changed = quality_data.change_quality(
                quality=self.quality,
                contact_email=data["contact_email"],
                seen=data["seen"],
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            self.quality.refresh_from_db(fields=["contact_email"])
            form.add_error("contact_email", refusal)
            form.look_again(self.quality)
            return self.render_to_response(
                self.get_context_data(form=form, meanwhile=selectors.last_change(self.quality))
            )
        if changed:
            messages.success(self.request, _("Les données de la qualité ont été modifiées."))
        else:
            messages.info(self.request, _("Les données sont restées les mêmes : rien n'a changé."))
        return redirect("access_mgmt:quality_edit", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quality = self.quality
        local_managers = [str(each.person) for each in selectors.managers_of(quality)]
        return (
            {"meanwhile": None}
            | super().get_context_data(**kwargs)
            | {
                "may_edit": selectors.manages(self.person, quality, on=self.today),
                "rows": [
                    *_quality_rows(quality),
                    Row(_("Activée par"), str(quality.activated_by)),
                    Row(_("Gestionnaires de la qualité"), ", ".join(local_managers)),
                ],
                "contact_row": [Row(_("Adresse e-mail de contact"), quality.contact_email)],
                "change": selectors.last_change(quality),
            }
        )


def _quality_rows(quality: Quality) -> list[Row]:
    return [
        Row(_("Dénomination"), quality.enterprise.name),
        Row(_("Numéro d'entreprise"), format_bce(quality.enterprise.bce_number)),
        Row(_("Date de création"), shown_day(clock.day_of(quality.activated_at))),
        Row(_("Qualité"), str(quality)),
        Row(quality.identifier_name, quality.identifier),
    ]


def _branch_rows(quality: Quality, branch: Subdivision) -> list[Row]:
    """What the manager of a branch is told of the quality: its name."""
    return [
        Row(_("Dénomination"), quality.enterprise.name),
        Row(_("Qualité"), str(quality)),
        Row(_("Subdivision"), str(branch)),
    ]


def _entity_rows(enterprise: Enterprise) -> list[Row]:
    gap = gap_of(enterprise)
    registered = enterprise.registered_at
    return [
        Row(_("Dénomination"), enterprise.name),
        Row(_("Numéro d'entreprise"), format_bce(enterprise.bce_number)),
        Row(_("Forme légale"), _(enterprise.legal_form)),
        Row(_("Adresse"), enterprise.address),
        Row(
            _("Matricule ONSS"),
            format_onss(enterprise.onss_number)
            if enterprise.onss_number
            else _("pas d'inscription comme employeur"),
        ),
        Row(_("Responsable Accès Entité"), str(gap.person) if gap else _("personne en fonction")),
        Row(
            _("Enregistrée dans CSAM le"),
            shown_day(clock.day_of(registered)) if registered else _("pas encore enregistrée"),
        ),
    ]
