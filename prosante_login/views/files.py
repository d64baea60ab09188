from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core.identifiers import format_inami, format_niss
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row, Section
from prosante_login.enums import FilePart, Profession
from prosante_login.models import CareProvider
from prosante_login.views.common import FileView


class FileHomeView(FileView, TemplateView):
    """The first page of the file of a care provider: who he is, in which profession, and the parts that are open."""

    part = FilePart.IDENTITY
    template_name = "prosante_login/file_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sections": _sections(self.provider)}


def _sections(provider: CareProvider) -> list[Section]:
    person = provider.person
    identity = [
        Row(_("Nom"), person.last_name),
        Row(_("Prénom"), person.first_name),
        Row(_("Numéro de registre national"), format_niss(person.niss)),
        Row(_("Choix linguistique"), person.get_language_display()),
    ]
    profession = [
        Row(_("Profession"), provider.get_profession_display()),
        Row(_("Numéro INAMI"), format_inami(provider.inami_number) or _("pas encore : un visa suffit")),
        Row(_("Dossier configuré le"), shown_day(provider.file_ready_on)),
    ]
    if provider.inami_number:
        qualification = _qualification(provider)
        profession.insert(2, Row(_("Code de compétence"), qualification))
    return [Section(_("Identité"), identity), Section(_("Profession"), profession)]


def _qualification(provider: CareProvider) -> str:
    """The code, and in words those of general practitioners that domain.md 1.3 names."""
    code = provider.qualification_code
    words = {
        "003": _("médecin généraliste agréé"),
        "004": _("médecin généraliste agréé"),
        "005": _("candidat médecin généraliste"),
        "006": _("candidat médecin généraliste"),
    }
    known = words.get(code) if provider.profession == Profession.PHYSICIAN else None
    return f"{code} ({known})" if known else code
