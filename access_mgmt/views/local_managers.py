"""« Désigner le Gestionnaire Local »: who administers the entity names or replaces him, at any time."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import Afterwards, MemberKind
from access_mgmt.forms.succession import BY_NAME, BY_NISS, ME
from access_mgmt.models import QualityMember
from access_mgmt.services import qualities, succession
from access_mgmt.services.succession import Successor
from access_mgmt.views.succession import SuccessionCheckView, SuccessionFormView, SuccessionView
from bhod_portal.core.ui import Row, Section
from csam.http import AuthenticatedRequest
from csam.models import Person


class _LocalManager(SuccessionView):
    flow = "local_manager"
    form_page, check_page = "local_manager_name", "local_manager_name_check"
    offered = (Afterwards.CO_LOCAL_MANAGER, Afterwards.USER, Afterwards.GONE)

    def load_holder(self) -> QualityMember | None:
        return selectors.local_manager_of(self.quality)

    def may_open(self) -> bool:
        return selectors.administers(self.person, self.quality.enterprise, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"holder": self.holder}


class LocalManagerNameView(_LocalManager, SuccessionFormView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/local_manager_name.html"
    ways = (BY_NAME, BY_NISS, ME)

    def find_newcomer(self, niss: str) -> Person:
        person = qualities.find_local_manager(
            enterprise=self.quality.enterprise, niss=niss, by=self.person, at=self.at
        )
        if self.holder and person == self.holder.person:
            raise ValidationError(
                _("Cette personne est déjà Gestionnaire Local de la qualité."), code="is_local_manager"
            )
        return person

    def shown(self) -> list[QualityMember]:
        # He himself has his own line.
        return [member for member in super().shown() if member.person_id != self.person.pk]


class LocalManagerNameCheckView(_LocalManager, SuccessionCheckView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/local_manager_name_check.html"
    asks_link = False

    def elsewhere(self) -> HttpResponse | None:
        named = self.holder is not None and self.holder.person == self.chosen
        second_click = self.request.method == "POST" and self.holder is not None and self.chosen is None
        # Who clicks twice on « Confirmer » sees what the first click did.
        return self.done() if named or second_click else super().elsewhere()

    def act(self, successor: Successor) -> None:
        succession.name_local_manager(
            quality=self.quality,
            successor=successor,
            former=QualityMember.objects.filter(pk=self.draft.get("holder") or 0).first(),
            afterwards=self.afterwards,
            by=self.person,
            at=self.at,
        )

    def done(self) -> HttpResponse:
        manager = selectors.local_manager_of(self.quality)
        messages.success(
            self.request,
            _("%(name)s est Gestionnaire Local de la qualité « %(kind)s » et en reçoit un e-mail.")
            % {"name": manager.person if manager else "", "kind": self.quality},
        )
        return redirect("access_mgmt:quality_list", bce=self.quality.enterprise.bce_number)

    def sections(self) -> list[Section]:
        rows = self.who_rows(_("Nouveau Gestionnaire Local"), str(MemberKind.LOCAL_MANAGER.label))
        found = [Section(_("Gestionnaire Local"), rows)]
        if self.holder:
            back = self.address(self.form_page)
            former = [
                Row(_("Gestionnaire Local actuel"), str(self.holder.person)),
                Row(_("Ensuite"), str(self.afterwards.label), back),
            ]
            found.append(Section(_("Gestionnaire Local remplacé"), former))
        return found
