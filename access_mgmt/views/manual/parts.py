from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What is said to translators once.
EVERYBODY = _("Chaque personne qui se connecte.")
ENTITY = _(
    "Ceux qui gèrent l'entité : le GAP (Responsable Accès Entité), ses co-GAP, le délégué à la protection des données et "
    "le Gestionnaire d'Accès du domaine."
)
MANAGERS = _("Ceux qui gèrent l'entité, le Gestionnaire Local et les Co-Gestionnaires Locaux de la qualité.")
BRANCHES = _(
    "Ceux qui gèrent l'entité, le Gestionnaire Local et les Co-Gestionnaires Locaux ; un Gestionnaire de Subdivision, pour "
    "sa branche."
)


@dataclass(frozen=True, slots=True)
class Part:
    """What the manual says of some screens, named by their URLs: what they are for, for whom, how, and what follows.

    `picture` is the name of a drawing for those who would rather look than read.
    """

    slug: str
    title: Promise
    screens: tuple[str, ...]
    purpose: Promise
    who: Promise
    steps: tuple[Promise, ...] = ()
    after: Promise | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    title: Promise
    parts: tuple[Part, ...]
