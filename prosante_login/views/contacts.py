from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row, Section
from prosante_login import selectors
from prosante_login.enums import ProfileKind
from prosante_login.models import AdministrativeContact
from prosante_login.views.common import ProfiledView


class NonProviderFileView(ProfiledView, TemplateView):
    """The file of who is no care provider and whom INAMI knows (seed 003, last two answers); others are told (403)."""

    template_name = "prosante_login/non_provider_file.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = self.profile
        if profile is None or profile.kind != ProfileKind.CITIZEN or profile.enterprise_id or profile.mandate:
            messages.warning(
                self.request,
                _("Votre dossier s'ouvre sous le profil « Citoyen », sans organisation : choisissez-le ici."),
            )
            return redirect("prosante_login:profile_choose")
        self.contacts = list(selectors.contacts_of(self.person, on=self.today))
        if not self.contacts:
            return render(self.request, "prosante_login/non_provider_unknown.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        identity = [
            Row(_("Nom"), person.last_name),
            Row(_("Prénom"), person.first_name),
            Row(_("Numéro de registre national"), format_niss(person.niss) or "–"),
            Row(_("Choix linguistique"), person.get_language_display()),
        ]
        usable = selectors.usable_mandates(person=person, enterprise_id=None, on=self.today)
        return super().get_context_data(**kwargs) | {
            "person": person,
            "sections": [Section(_("Identité"), identity), *map(_section, self.contacts)],
            "holds_mandates": usable.exists(),
        }


def _section(contact: AdministrativeContact) -> Section:
    until = contact.valid_until
    rows = [
        Row(_("Rôle"), contact.get_role_display()),
        Row(_("Établissement ou groupement"), contact.institution),
        Row(_("Depuis"), shown_day(contact.valid_from)),
        *([Row(_("Jusqu'au"), shown_day(until))] if until else []),
    ]
    return Section(_("Votre rôle chez %(institution)s") % {"institution": contact.institution}, rows)
