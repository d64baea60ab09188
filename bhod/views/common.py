"""Who enters which part of BHOD, and what the others are told (design.md 4, BHOD)."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from access_mgmt.selectors import Loss, LostFunction, lost_function
from bhod.models import Guard
from bhod.permissions import Capability, has_capability, opens_bhod
from bhod.selectors.corrections import KnownToPayments, known_to_payments
from bhod.selectors.tariffs import TariffBook, tariff_book
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day, shown_time
from csam.models import Enterprise
from csam.selectors import enterprises_of
from prosante_login.http import ProfiledRequest, to_the_chooser


class CircleRequiredMixin(View):
    """A page for who acts for a circle in which he holds one of its functions; everyone else is told what is missing.

    `load` reads what the page is about, through a scoped selector (404), and only for who may enter.
    """

    refusal: HttpResponse | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.refusal = self.refuse(cast(ProfiledRequest, request))
        if self.refusal is None:
            self.load()

    def refuse(self, request: ProfiledRequest) -> HttpResponse | None:
        """The answer to who may not enter; None lets him in."""
        profile = request.profile
        if profile is None or profile.enterprise_id is None:
            return to_the_chooser(
                request,
                _(
                    "Choisissez d'abord pour quel cercle vous venez : BHOD ne s'ouvre qu'au nom d'une organisation."
                ),
            )
        if not any(has_capability(profile, capability) for capability in Capability):
            return self.explain_missing_role(request)
        return None

    def load(self) -> None:
        """Read what the page is about."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.refusal if self.refusal is not None else super().dispatch(request, *args, **kwargs)

    @property
    def portal_request(self) -> ProfiledRequest:
        return cast(ProfiledRequest, self.request)

    @property
    def enterprise_id(self) -> int:
        profile = self.portal_request.profile
        if profile is None or profile.enterprise_id is None:
            raise RuntimeError("Only for pages that have let their reader in.")
        return profile.enterprise_id

    @cached_property
    def circle(self) -> Enterprise:
        enterprises = enterprises_of(self.portal_request.world)
        return enterprises.select_related("world").get(pk=self.enterprise_id)

    @property
    def can_see_finances(self) -> bool:
        return has_capability(self.portal_request.profile, Capability.SEE_FINANCES)

    @cached_property
    def tariffs(self) -> TariffBook | None:
        """The tariffs, for who may see amounts only."""
        return tariff_book(self.portal_request.world) if self.can_see_finances else None

    def known_to_payments(self, guards: Iterable[Guard | None]) -> KnownToPayments | None:
        """What payments know of the guards that an act would change, for who may see amounts only."""
        return known_to_payments(guards) if self.can_see_finances else None

    def page_context(self) -> dict[str, Any]:
        """What every page of BHOD shows: the circle, and as what one is there."""
        return {
            "circle": self.circle,
            "role": _("Manager") if self.can_see_finances else _("Utilisateur administratif"),
            "can_see_finances": self.can_see_finances,
        }

    def explain_missing_role(self, request: ProfiledRequest) -> HttpResponse:
        lost = lost_function(
            person=request.user,
            enterprise_id=self.enterprise_id,
            on=clock.today(request.world),
            functions=CIRCLE_FUNCTIONS,
        )
        return self.explain(request, title=_("Il vous manque un rôle du cercle"), reason=_reason(lost))

    def explain(self, request: ProfiledRequest, *, title: str, reason: str) -> HttpResponse:
        context = {
            "circle": self.circle,
            "title": title,
            "reason": reason,
            "manager_function": Function.FILEMANAGER_CIRCLE.value,
            "administrative_function": Function.GUARDPOST_CIRCLE.value,
            "opens_guards": opens_bhod(request.profile.functions if request.profile else frozenset()),
        }
        return render(request, "bhod/access_refused.html", context, status=403)


class CapabilityRequiredMixin(CircleRequiredMixin):
    """A page for who holds one capability in the circle."""

    required_capability: Capability  # no default: a view that forgets it fails at its first request

    def refuse(self, request: ProfiledRequest) -> HttpResponse | None:
        refusal = super().refuse(request)
        if refusal is not None or has_capability(request.profile, self.required_capability):
            return refusal
        return self.explain(
            request,
            title=_("Réservé au manager du cercle"),
            reason=_(
                "Votre rôle d'utilisateur administratif (%(held)s) ouvre les gardes et la liste des médecins "
                "inscrits. Les informations financières demandent le rôle de manager (%(needed)s) : votre "
                "gestionnaire local peut vous l'attribuer dans « Fonctions et hiérarchie de responsabilité »."
            )
            % {"held": Function.GUARDPOST_CIRCLE.value, "needed": Function.FILEMANAGER_CIRCLE.value},
        )


def _reason(lost: LostFunction) -> str:
    facts = {"function": lost.function, "day": shown_day(lost.day)}
    if lost.withdrawn_at:
        facts["time"] = shown_time(lost.withdrawn_at)
        facts["by"] = str(lost.withdrawn_by or "")
    match lost.loss:
        case Loss.TO_COME:
            return _("Votre rôle %(function)s ne commence que le %(day)s.") % facts
        case Loss.ENDED:
            return _("Votre rôle %(function)s a pris fin : son dernier jour était le %(day)s.") % facts
        case Loss.BLOCKED:
            sentence = _(
                "%(by)s vous a bloqué(e) dans votre organisation : votre rôle %(function)s n'agit plus depuis le %(day)s à "
                "%(time)s."
            )
            return sentence % facts
        case Loss.WITHDRAWN:
            sentence = _(
                "Votre rôle %(function)s vous a été retiré : il n'agit plus depuis le %(day)s à %(time)s."
            )
            who = _("Retrait demandé par %(by)s.") % facts if lost.withdrawn_by else ""
            return f"{sentence % facts} {who}".strip()
        case _other:
            return _("Vous n'avez, pour ce cercle, aucun des deux rôles qui ouvrent BHOD.")
