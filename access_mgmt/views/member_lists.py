"""What every list of users shares: criteria, order and pages, by addresses in which no NISS stands (design 4, ProSanté 3)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_mgmt import selectors
from access_mgmt.forms.member_lists import MemberFilterForm
from access_mgmt.models import QualityMember
from access_mgmt.views.common import TimedView
from bhod_portal.core import searches
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest

PAGE_SIZE = 25
# Somebody's, typed or pasted in whatever field.
_NISS = re.compile(r"\d([\s.\-/]*\d){10}")
_HEADINGS = {
    "nom": gettext_lazy("Nom"),
    "prenom": gettext_lazy("Prénom"),
    "utilisateur": gettext_lazy("Nom d'utilisateur"),
    "type": gettext_lazy("Type"),
    "niss": gettext_lazy("NISS"),
}


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A row of a list of users, ready to be shown."""

    pk: int
    quality_pk: int
    name: str
    last_name: str
    first_name: str
    username: str
    type_name: str
    niss: str
    status: str


def shown(members: Iterable[QualityMember]) -> list[ListedMember]:
    """The rows of these members, whose persons are read along."""
    badges: dict[str, str] = {}
    rows = []
    for member in members:
        if (status := member.status) not in badges:
            badges[status] = render_to_string("access_mgmt/_member_status.html", {"member": member})
        person = member.person
        rows.append(
            ListedMember(
                pk=member.pk,
                quality_pk=member.quality_id,
                name=str(person),
                last_name=person.last_name,
                first_name=person.first_name,
                username=person.username or "–",
                type_name=member.type_name,
                niss=format_niss(person.niss) or "–",
                status=badges[status],
            )
        )
    return rows


class FilteredMembersView(TimedView):
    """A list of members by the criteria of its address, or of a search that the session keeps."""

    request: AuthenticatedRequest
    filter_class = MemberFilterForm
    headings = _HEADINGS
    _filter: MemberFilterForm | None = None

    def listed(self) -> QuerySet[QualityMember]:
        """All members that the list may show, before any criterion."""
        raise NotImplementedError

    def list_url(self) -> str:
        """The address of the list; what is kept of a search in the session belongs to it."""
        raise NotImplementedError

    def make_filter(self, data: dict[str, str]) -> MemberFilterForm:
        return self.filter_class(data)

    def elsewhere(self) -> HttpResponse | None:
        if self._key and self._kept() is None:
            messages.info(
                self.request, _("Cette recherche n'est plus gardée : indiquez à nouveau vos critères.")
            )
            return redirect(self.list_url())
        return super().elsewhere()

    def search(self) -> HttpResponse | None:
        """Where the criteria of a POST lead; None when something is wrong with them, for the page to say."""
        self._filter = form = self.make_filter(self._typed(self.request.POST))
        if not form.is_valid():
            return None
        asked = {name: value for name, value in form.data.items() if value}
        if "niss" in asked or any(_NISS.search(value) for value in asked.values()):
            asked = {"recherche": searches.keep(self.request.session, self.list_url(), asked)}
        return redirect(f"{self.list_url()}?{urlencode(asked)}" if asked else self.list_url())

    @property
    def filter(self) -> MemberFilterForm:
        if self._filter is None:
            self._filter = self.make_filter(self._kept() or self._typed(self.request.GET, but="niss"))
        return self._filter

    @property
    def found(self) -> QuerySet[QualityMember]:
        """Who answers the criteria, in the order asked; nobody while a criterion is wrong."""
        return selectors.in_order(self._matching(), self.sort, world=self.person.world)

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("tri", "")
        return asked if asked.removeprefix("-") in self.headings else selectors.BY_NAME

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self._query()
        paginator = Paginator(self.found, PAGE_SIZE)
        # Without the order, most counts need no person.
        paginator.count = self._matching().count()
        page = paginator.get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": shown(page),
            "uses_htmx": True,
            "filter_form": self.filter,
            "filtered": self.filter.has_changed(),
            "query": urlencode(query | ({"tri": self.sort} if self.sort != selectors.BY_NAME else {})),
            "sorted_columns": [self._column(key, query) for key in self.headings],
        }

    def _matching(self) -> QuerySet[QualityMember]:
        if not self.filter.is_valid():
            return QualityMember.objects.none()
        return selectors.matching(self.listed(), self.filter.criteria())

    @property
    def _key(self) -> str:
        return self.request.GET.get("recherche", "")

    def _kept(self) -> dict[str, str] | None:
        return searches.kept(self.request.session, self.list_url(), self._key) if self._key else None

    def _typed(self, data: Any, *, but: str = "") -> dict[str, str]:
        names = self.filter_class.base_fields.keys() - {but}
        return {name: data.get(name, "").strip() for name in sorted(names)}

    def _query(self) -> dict[str, str]:
        """The criteria as the address gives them, for the other addresses of the same list."""
        if self._key:
            return {"recherche": self._key}
        return {name: value for name, value in self.filter.data.items() if value and name != "niss"}

    def _column(self, key: str, query: dict[str, str]) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        tri = f"-{key}" if now == "ascending" else key
        return Column(
            str(self.headings[key]),
            numeric=False,
            sort_url="?" + urlencode(query | {"tri": tri}),
            sorted=now,
        )
