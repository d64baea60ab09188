from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.forms.role_overview import RoleFilterForm
from access_mgmt.models import QualityMember, RoleAssignment
from access_mgmt.views.common import QualityView
from access_mgmt.views.member_lists import PAGE_SIZE
from csam.http import AuthenticatedRequest

ENDING, OPEN_ENDED, NEVER_IN = "fin", "sans-fin", "jamais"


class AccessWatchView(QualityView, TemplateView):
    """What a manager looks after from time to time: what ends soon, what never ends, who never came.

    Narrowed by name and function; a subdivision manager sees his branch.
    """

    request: AuthenticatedRequest
    template_name = "access_mgmt/access_watch.html"
    menu_entry = "roles"
    opens_to_branches = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RoleFilterForm(self.request.GET)
        # What can't be understood narrows nothing, and the form says why.
        asked = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        lists = self.lists(asked.get("nom", ""), asked.get("fonction", ""))
        names = {
            ENDING: _("Fonctions qui prennent fin dans les %(days)d jours")
            % {"days": selectors.WATCHED.days},
            OPEN_ENDED: _("Fonctions sans date de fin"),
            NEVER_IN: _("Personnes qui ne se sont jamais identifiées"),
        }
        tabs = {ENDING: _("Fin proche"), OPEN_ENDED: _("Sans date de fin"), NEVER_IN: _("Jamais venus")}
        chosen = self.request.GET.get("liste", "")
        chosen = chosen if chosen in lists else ENDING
        person = [_("Nom"), _("Prénom")]
        return super().get_context_data(**kwargs) | {
            "form": form,
            "chosen": chosen,
            "caption": names[chosen],
            "tabs": [
                (key, name, urlencode({"liste": key, **asked}), lists[key].count())
                for key, name in tabs.items()
            ],
            "query": urlencode({"liste": chosen, **asked}),
            "narrowed": bool(asked),
            "page_obj": Paginator(lists[chosen], PAGE_SIZE).get_page(self.request.GET.get("page")),
            "columns": [*person, _("Nom d'utilisateur"), _("Type"), _("Ajouté(e) le"), _("Action")]
            if chosen == NEVER_IN
            else [*person, _("Fonction"), _("Date de début"), _("Date de fin"), _("Action")],
            "row_template": "access_mgmt/_watched_member_row.html"
            if chosen == NEVER_IN
            else "access_mgmt/_watched_function_row.html",
        }

    def lists(
        self, name: str, function: str
    ) -> dict[str, QuerySet[RoleAssignment] | QuerySet[QualityMember]]:
        members = selectors.members_managed_by(self.person, self.quality, on=self.today)
        ending = selectors.functions_ending(members, on=self.today)
        open_ended = selectors.functions_without_end(members, on=self.today)
        if function:
            ending, open_ended = ending.filter(function=function), open_ended.filter(function=function)
            holding = selectors.current_assignments(self.today).filter(function=function)
            members = members.filter(pk__in=holding.values("member"))
        return {
            ENDING: selectors.of_persons_named(ending, name),
            OPEN_ENDED: selectors.of_persons_named(open_ended, name),
            NEVER_IN: selectors.never_logged_in(members, name=name),
        }
