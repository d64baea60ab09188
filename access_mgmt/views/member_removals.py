from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from access_mgmt.services import member_removals
from access_mgmt.services.member_removals import Removal
from access_mgmt.views.common import QualityView
from bhod_portal.core.keys import keys_in
from csam.http import AuthenticatedRequest

# More than a page of the list holds; a longer address was not made by it.
_AT_MOST = 100


class MemberDeleteView(QualityView, TemplateView):
    """Who is about to be removed and what ends with him; the confirmation removes those who can be."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/member_delete.html"
    opens_to_branches = True
    removals: list[Removal]

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST":
            return None
        self.removals = member_removals.removals_of(
            quality=self.quality, members=self._chosen(), by=self.person, on=self.today
        )
        if self.removals:
            return None
        messages.info(self.request, _("Choisissez d'abord, dans la liste, les personnes à supprimer."))
        return self.to_list()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = self._chosen()
        try:
            removed = member_removals.remove_members(
                quality=self.quality, members=chosen, by=self.person, at=self.at
            )
        except ValidationError:
            messages.info(self.request, _("Rien n'a été supprimé : la situation a changé entre-temps."))
            address = reverse("access_mgmt:member_delete", args=[self.quality.pk])
            return redirect(f"{address}?{urlencode({'membre': chosen}, doseq=True)}")
        if removed:
            count = ngettext(
                "%(number)d utilisateur a été supprimé.",
                "%(number)d utilisateurs ont été supprimés.",
                len(removed),
            ) % {"number": len(removed)}
            ending = _("Les fonctions prennent fin dans un délai maximal de 20 minutes.")
            messages.success(self.request, f"{count} {ending}")
        else:
            # A second click, or another manager was faster.
            messages.info(self.request, _("Ces personnes ne figurent plus parmi les utilisateurs."))
        return self.to_list()

    def to_list(self) -> HttpResponse:
        return redirect("access_mgmt:member_list", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        codes = {str(removal.refusal.code) for removal in self.removals if removal.refusal}
        return super().get_context_data(**kwargs) | {
            "ways_out": self.ways_out(codes),
            "removable": [removal for removal in self.removals if not removal.refusal],
            "refused": [
                (removal.member, " ".join(removal.refusal.messages))
                for removal in self.removals
                if removal.refusal
            ],
            "columns": [_("Nom"), _("Prénom"), _("Type"), _("Fonctions qui prennent fin")],
        }

    def _chosen(self) -> list[int]:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return keys_in(data.getlist("membre"))[:_AT_MOST]
