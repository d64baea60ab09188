"""What someone may want to reach through ProSanté, and which functions open it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import Function
from bhod.permissions import Capability, grant
from prosante_login.applications import registered

FINANCES = "finances"
MANDATES = "mandats"


@dataclass(frozen=True, slots=True)
class Target:
    """Its key in addresses, its name, its page, and the functions of which one is enough; none for mandates."""

    key: str
    name: str | Promise
    url_name: str
    functions: frozenset[str]


def targets() -> list[Target]:
    """The applications behind ProSanté, the part of BHOD that asks for more, and the files of others."""
    applications = [
        Target(each.url_name.partition(":")[0], each.name, each.url_name, _opening(each.opens))
        for each in registered()
    ]
    finances = _opening(lambda functions: grant(functions, Capability.SEE_FINANCES))
    return [
        *applications,
        Target(FINANCES, _("Informations financières de BHOD"), "bhod:finance_overview", finances),
        Target(MANDATES, _("Le dossier d'un mandant"), "prosante_login:profile_choose", frozenset()),
    ]


def target_for(key: str) -> Target:
    """The one with this key, else the first application."""
    known = targets()
    return next((each for each in known if each.key == key), known[0])


def _opening(opens: Callable[[frozenset[str]], bool]) -> frozenset[str]:
    return frozenset(each.value for each in Function if opens(frozenset({each.value})))
