"""The nine steps from an enterprise number to the availability fees (design.md 1), in their order."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PORTAL_NAMES: dict[str, str | Promise] = {
    "csam": "CSAM",
    "securite-sociale": _("Sécurité sociale"),
    "formation": _("Le temps passe"),
    "prosante": _("ProSanté"),
    "bhod": "BHOD",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain: its key in templates, its name on screen, the portal and the page where it is done."""

    key: str
    label: str | Promise
    portal: str
    url_name: str

    @property
    def number(self) -> int:
        """The place of the step in the chain, from 1."""
        return position_of(self.key)

    @property
    def portal_name(self) -> str | Promise:
        return PORTAL_NAMES[self.portal]

    @property
    def url(self) -> str:
        """The page where the step is done; empty while no installed app has it."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


STEPS = (
    Step("bce", _("Entreprise à la BCE"), "csam", "csam:landing"),
    Step("gap", _("GAP dans CSAM"), "csam", "csam:enterprise_register"),
    Step("quality", _("Qualité eHealth Soins de Santé"), "securite-sociale", "access_mgmt:landing"),
    Step("manager", _("Gestionnaire local"), "securite-sociale", "access_mgmt:home"),
    Step("users", _("Utilisateurs"), "securite-sociale", "access_mgmt:home"),
    Step("roles", _("Rôles datés"), "securite-sociale", "access_mgmt:home"),
    Step("propagation", _("Propagation (≤ 20 min)"), "formation", "training:portal_home"),
    Step("profile", _("Profil ProSanté"), "prosante", "prosante_login:profile_choose"),
    Step("bhod", _("BHOD"), "bhod", "bhod:home"),
)


def position_of(key: str) -> int:
    """The place of a step in the chain, from 1. Raises ValueError for a key that no step has."""
    keys = [step.key for step in STEPS]
    if key not in keys:
        raise ValueError(f"{key!r} is no step of the chain: {', '.join(keys)}")
    return keys.index(key) + 1
