"""What the views of a quality share: load by what a person may know (404), refuse what he may not do (403)."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, View

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember, Subdivision
from access_mgmt.views.lost_places import (
    why_blocked,
    why_no_longer_here,
    why_no_longer_manager,
    why_not_found,
)
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day
from csam.enums import ManagerKind
from csam.http import AuthenticatedRequest
from csam.models import Enterprise, Person
from csam.selectors import GapLink, enterprises_of, gap_link, manager_kinds, those_who_may_name


class TimedView(ContextMixin, View):
    """Reads the world's clock once per request: `at` (UTC), `today` (Brussels)."""

    at: datetime
    today: date
    person: Person

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        portal_request = cast(AuthenticatedRequest, request)
        self.person = portal_request.user
        self.at = clock.now(portal_request.world)
        self.today = clock.day_of(self.at)

    def elsewhere(self) -> HttpResponse | None:
        """Where to go instead when the page has no sense now; asked after the right to open it."""
        return None


class EntityView(TimedView):
    """A page of those who administer an entity."""

    enterprise: Enterprise

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        known = selectors.enterprises_known_to(self.person, on=self.today)
        try:
            self.enterprise = get_object_or_404(known, bce_number=kwargs["bce"])
        except Http404:
            self.tell_who_left(kwargs["bce"])
            raise

    def tell_who_left(self, bce_number: str) -> None:
        """Refuse, instead of not finding the entity, who had to do with it until lately."""
        enterprise = enterprises_of(self.person.world).filter(bce_number=bce_number).first()
        if enterprise and (why := why_no_longer_here(self.person, enterprise, at=self.at)):
            raise PermissionDenied(why)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_open():
            raise PermissionDenied(
                why_no_longer_here(self.person, self.enterprise, at=self.at, known_still=True)
                or why_not(self.person, self.enterprise, on=self.today)
            )
        return self.elsewhere() or super().dispatch(request, *args, **kwargs)

    def may_open(self) -> bool:
        """Who administers the entity; a page that others may read says so itself."""
        return selectors.administers(self.person, self.enterprise, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "enterprise": self.enterprise,
            "gap_link": gap_link(self.enterprise, self.today),
        }


class QualityView(TimedView):
    """A page of those who manage a quality; subclasses may load the quality by something that hangs on it."""

    quality: Quality
    # The entry of the left menu to which the page belongs, where its address does not say so.
    menu_entry = ""
    # Whether subdivision managers open it too; it then shows them their branch only.
    opens_to_branches = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        try:
            self.quality = self.load_quality()
        except Http404:
            # Who had a place here until lately is told so; nobody else learns that there is something.
            if why := why_not_found(self.person, self.kwargs, at=self.at):
                raise PermissionDenied(why) from None
            raise

    def load_quality(self) -> Quality:
        quality = selectors.quality_known_to(self.person, self.kwargs["quality_pk"], on=self.today)
        if quality is None:
            raise Http404
        return quality

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_open():
            raise PermissionDenied(
                why_not_all(self.person, self.quality, on=self.today)
                if self.branch
                else why_no_longer_manager(self.person, self.quality, at=self.at)
                or why_not(self.person, self.quality.enterprise, on=self.today, quality=self.quality)
            )
        return self.elsewhere() or super().dispatch(request, *args, **kwargs)

    def may_open(self) -> bool:
        """Who manages the quality, or a branch of it; a page that others may read says so itself."""
        return self.manages_quality or (self.opens_to_branches and self.branch is not None)

    @cached_property
    def manages_quality(self) -> bool:
        """Whether the person manages the quality as a whole."""
        return selectors.manages(self.person, self.quality, on=self.today)

    @cached_property
    def branch(self) -> Subdivision | None:
        """Where the branch begins that the person manages, when it is all that he manages."""
        return None if self.manages_quality else selectors.branch_of(self.person, self.quality)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "quality": self.quality,
            "menu_entry": self.menu_entry,
            "manages_quality": self.manages_quality,
            "gap_link": gap_link(self.quality.enterprise, self.today),
        }

    @property
    def place_arguments(self) -> dict[str, Any]:
        """By what the pages above are found; of one's quality as a whole, only for who manages it or a branch."""
        if self.manages_quality or self.branch is not None:
            return {**self.kwargs, "quality_pk": self.quality.pk}
        return {name: value for name, value in self.kwargs.items() if name != "quality_pk"}

    def ways_out(self, codes: Collection[str]) -> dict[str, bool]:
        """Which pages help against refusals of `services.delegation`, for `_ways_out.html`."""
        administers = selectors.administers(self.person, self.quality.enterprise, on=self.today)
        return {
            "may_hand_over": "oneself" in codes and selectors.place_of(self.person, self.quality) is not None,
            "may_name": "last_manager" in codes and administers,
        }


class MemberView(QualityView):
    """A page about one member of a quality."""

    member: QualityMember
    menu_entry = "roles"

    def load_quality(self) -> Quality:
        known = selectors.members_known_to(self.person, on=self.today)
        self.member = get_object_or_404(known, pk=self.kwargs["member_pk"])
        return self.member.quality

    def may_open(self) -> bool:
        return selectors.manages_member(self.person, self.member, on=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"member": self.member}


def why_not(person: Person, enterprise: Enterprise, *, on: date, quality: Quality | None = None) -> str:
    """Why someone who has to do with an enterprise may not manage here, or in that quality of it, and who can help."""
    link = gap_link(enterprise, on)
    if link and not link.has_access and link.gap.person_id == person.pk:
        return _why_no_longer(link, on)
    whom = (
        _("Adressez-vous à son Gestionnaire d'Accès Principal : %(gap)s.") % {"gap": link.gap.person}
        if link and link.has_access
        else _("Elle n'a pas de Gestionnaire d'Accès Principal en fonction : il se désigne dans CSAM.")
    )
    roles = selectors.roles_held(person, enterprise, on=on)
    nothing_open = not any(role.open for role in roles)
    for role in roles:
        if role.blocked_by and role.quality and (role.quality == quality or nothing_open):
            return why_blocked(person, role.quality, role.blocked_by, role.blocked_at, on=on)
    if any(role.open for role in roles):
        reason = _(
            "Vous gérez une qualité de %(name)s ; l'entité et ses autres qualités ont leurs propres gestionnaires."
        )
    elif roles:
        reason = _(
            "Les utilisateurs, quant à eux, ne peuvent que modifier leurs données : vous êtes utilisateur chez %(name)s."
        )
    elif ManagerKind.DOMAIN in manager_kinds(person, enterprise):
        reason = _("Votre domaine de Gestionnaire d'Accès chez %(name)s ne comprend pas la sécurité sociale.")
    else:
        reason = _("Vous êtes représentant légal de %(name)s, mais vous n'en gérez pas les accès.")
    return f"{reason % {'name': enterprise.name}} {whom}"


def why_not_all(person: Person, quality: Quality, *, on: date) -> str:
    """Why the manager of a branch may not do this, and who can."""
    reason = _("Vous gérez une subdivision : ceci revient aux gestionnaires de la qualité entière.")
    helpers = ", ".join(map(str, selectors.who_can_help(quality, on=on, but=person)))
    return f"{reason} {_('Adressez-vous à %(who)s.') % {'who': helpers}}" if helpers else reason


def _why_no_longer(link: GapLink, on: date) -> str:
    able = those_who_may_name(link.enterprise, [ManagerKind.MAIN], on)[ManagerKind.MAIN]
    names = ", ".join(str(person) for _capacity, persons in able for person in persons)
    return _(
        "Vous n'êtes plus ni travailleur ni représentant légal de %(name)s (dernier jour : %(day)s) : vos accès de "
        "Gestionnaire d'Accès Principal ont pris fin le %(until)s. Un représentant légal désigne un autre GAP dans "
        "CSAM : %(who)s."
    ) % {
        "name": link.enterprise.name,
        "day": shown_day(link.ended_on),
        "until": shown_day(link.access_until),
        "who": names or _("l'entreprise doit d'abord en faire publier un à la BCE"),
    }
