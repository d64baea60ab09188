"""« Données personnelles »: what everybody changes of himself, and the functions that he has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import AssignmentState
from access_mgmt.forms.own_data import OwnDataForm
from access_mgmt.models import QualityMember
from access_mgmt.services import own_data
from access_mgmt.views.common import TimedView
from access_mgmt.views.refreshing import refreshing
from access_mgmt.views.roles import ShownFunction, shown
from bhod_portal.core import drafts
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest, refreshes_itself
from csam.models import Person
from csam.security import PROSANTE, RecentLoginMixin, is_recent

FLOW = "own_data"
_CODES_GO_TO = ("email", "phone")


class OwnDataView(RecentLoginMixin, TimedView, FormView):
    """« Modifier mes données personnelles » (seed 000, line 294).

    Codes for ProSanté go to the address and the phone: to change them, one proves by a key that is worth as much that
    it is oneself. A password alone must not make its own way up.
    """

    request: AuthenticatedRequest
    form_class = OwnDataForm
    template_name = "access_mgmt/own_data.html"
    asks_at_once = False
    proof = PROSANTE
    memberships: list[QualityMember]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.memberships = list(selectors.memberships_of(self.person))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not self.person.niss:
            raise PermissionDenied(
                _("Ce compte n'a pas de NISS : c'est celui d'un agent, ses données ne se modifient pas ici.")
            )
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_member": bool(self.memberships)}

    def get_initial(self) -> dict[str, Any]:
        now = self.now()
        return {**now, "seen": now, **self.kept()}

    def now(self) -> dict[str, Any]:
        return selectors.own_values(self.person, self.memberships)

    def kept(self) -> dict[str, Any]:
        """What was typed before one was sent to identify oneself again."""
        return drafts.read(person=self.person, flow=FLOW) if "reprise" in self.request.GET else {}

    def keep_typed(self) -> None:
        form = self.get_form()
        form.is_valid()
        drafts.save(person=self.person, flow=FLOW, **form.cleaned_data)

    def come_back_to(self) -> str:
        return f"{reverse('access_mgmt:own_data')}?reprise=1"

    def form_valid(self, form: OwnDataForm) -> HttpResponse:
        data = {"local_email": "", **form.cleaned_data}
        if self.changes_where_codes_go(data) and not is_recent(self.request, PROSANTE):
            return self.ask_again(
                _(
                    "Votre adresse e-mail et votre téléphone reçoivent vos codes : pour les modifier, identifiez-vous à "
                    "nouveau, avec une clé plus forte qu'un mot de passe (eID, itsme, application ou token). Ce que "
                    "vous avez écrit est gardé."
                )
            )
        try:
            changed = own_data.change_own_data(person=self.person, by=self.person, at=self.at, **data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            self.person.refresh_from_db(fields=["title", "language", "email", "phone"])
            self.memberships = list(selectors.memberships_of(self.person))
            return self.render_to_response(
                self.get_context_data(form=form, meanwhile=form.look_again(self.now()))
            )
        drafts.discard(person=self.person, flow=FLOW)
        if changed:
            messages.success(self.request, _("Vos données personnelles ont été modifiées."))
        else:
            messages.info(self.request, _("Les données sont restées les mêmes : rien n'a changé."))
        return redirect("access_mgmt:own_data")

    def changes_where_codes_go(self, data: Mapping[str, Any]) -> bool:
        return any(data[name] != getattr(self.person, name) for name in _CODES_GO_TO) or any(
            data["email"] != member.email for member in self.memberships
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        return (
            {"meanwhile": []}
            | super().get_context_data(**kwargs)
            | {
                "identity_rows": [
                    Row(_("Nom d'utilisateur"), person.username),
                    Row(_("Nom"), person.last_name),
                    Row(_("Prénom"), person.first_name),
                    Row(_("NISS"), format_niss(person.niss) if person.niss else ""),
                ],
                "may_edit": bool(person.niss),
                "memberships": self.memberships,
                "others": [member for member in self.memberships if member.email != person.email],
                "is_kept": bool(self.kept()),
                "has_codes": bool(person.username),
            }
        )


@dataclass(frozen=True, slots=True)
class OwnQuality:
    """What someone is in a quality, with the functions that he has there and who gives them."""

    member: QualityMember
    rows: list[ShownFunction]
    managers: list[Person]

    @property
    def region_id(self) -> str:
        return f"fonctions-{self.member.pk}"


@method_decorator(refreshes_itself, name="dispatch")
class OwnRolesView(TimedView, TemplateView):
    """The functions that one has oneself, in each quality; there is nothing to change here."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/own_roles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        memberships = list(selectors.memberships_of(self.person))
        rows = selectors.function_rows_of(memberships, on=self.today)
        managers = selectors.managers_by_quality([member.quality_id for member in memberships])
        mode = self.request.world.mode
        pending = sum(bool(row.pending) for each in rows.values() for row in each)
        return (
            super().get_context_data(**kwargs)
            | {
                "held": [
                    OwnQuality(
                        member=member,
                        rows=[
                            shown(row, self.at, mode)
                            for row in rows[member.pk]
                            if row.state != AssignmentState.WITHDRAWN
                        ],
                        managers=managers.get(member.quality_id, []),
                    )
                    for member in memberships
                ],
                "columns": [_("Fonction"), _("Date de début"), _("Date de fin"), _("État")],
            }
            | refreshing(self.request, waiting=pending if mode != PropagationMode.STUCK else 0)
        )
