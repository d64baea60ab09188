"""A quality with people of every standing in it and around it, and what each may do there: for the table of rights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.urls import reverse

from access_mgmt.enums import QualityKind
from access_mgmt.models import QualityMember
from bhod_portal.core import clock
from csam.enums import ManagerKind
from csam.models import AccessManager
from tests.access_mgmt.factories import (
    AT,
    AccessReviewFactory,
    QualityFactory,
    QualityMemberFactory,
    ResponsibilityFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.architecture.urls import addresses
from tests.csam.factories import AccessManagerFactory, LegalFunctionFactory, PersonFactory


@dataclass(frozen=True)
class Right:
    """What somebody may do: the pages that he opens for it, the POSTs that he sends, and whether they did it.

    An act's data are made when it is sent, after those before it; `before` sets the scene.
    """

    pages: tuple[str, ...] = ()
    acts: tuple[tuple[str, Callable], ...] = ()
    done: Callable = field(default=lambda scene: True)
    before: Callable = field(default=lambda scene: None)
    # The pages that are there once the acts are done.
    then: tuple[str, ...] = ()


class Scene:
    """A quality with two branches, and in the first one a user with a function, for whom somebody answers."""

    def __init__(self, quality):
        self.client = None
        self.quality = quality
        self.enterprise = quality.enterprise
        self.top = SubdivisionFactory(quality=quality)
        self.beside = SubdivisionFactory(quality=quality)
        self.place = SubdivisionFactory(below=self.top)
        self.member = QualityMemberFactory(quality=quality, subdivision=self.place)
        self.successor = QualityMemberFactory(quality=quality, co_local_manager=True)
        self.local_manager = QualityMemberFactory(quality=quality, local_manager=True)
        self.newcomer = PersonFactory(world=self.enterprise.world, with_codes=True)
        self.assignment = RoleAssignmentFactory(member=self.member)
        answering = QualityMemberFactory(quality=quality, subdivision=self.place)
        self.responsibility = ResponsibilityFactory(member=self.member, responsible=answering)

    @cached_property
    def review(self):
        return AccessReviewFactory(quality=self.quality)

    def block(self):
        by = self.local_manager.person
        QualityMember.objects.filter(pk=self.member.pk).update(blocked_at=AT, blocked_by=by)

    def context(self, page, name):
        """A value of the page's context; none where it is refused."""
        return (self.client.get(self.address(page)).context or {}).get(name)

    def form(self, page, **changes):
        """What the form of a page sends back when only these of its values are changed; nothing where it is refused."""
        form = self.context(page, "form") or ()
        return {each.name: value for each in form if (value := each.value()) is not None} | changes

    def address(self, page):
        wanted = addresses()[f"access_mgmt:{page}"].converters
        arguments = {
            "bce": self.enterprise.bce_number,
            "kind": QualityKind.HEALTH_CARE.value,
            "quality_pk": self.quality.pk,
            "subdivision_pk": self.place.pk,
            "member_pk": self.member.pk,
            "assignment_pk": self.assignment.pk,
            "responsibility_pk": self.responsibility.pk,
        }
        if "review_pk" in wanted:
            arguments["review_pk"] = self.review.pk
        return reverse(f"access_mgmt:{page}", kwargs={key: arguments[key] for key in wanted})


def standing(row):
    return type(row).objects.get(pk=row.pk)


ACCESS_MANAGERS = {
    "co_gap": "co_main",
    "dpo": "dpo",
    "ga_of_the_domain": "of_domain",
    "ga_of_another": "of_finance",
}
MEMBERS = {
    "co_local_manager": {"co_local_manager": True},
    "user": {},
    "blocked": {"co_local_manager": True, "blocked": True},
}


def somebody(who, scene):
    """One of the persons of the table, who has to do with the quality of a scene."""
    quality, enterprise = scene.quality, scene.quality.enterprise
    if who in ACCESS_MANAGERS:
        return AccessManagerFactory(enterprise=enterprise, **{ACCESS_MANAGERS[who]: True}).person
    if who in MEMBERS:
        return QualityMemberFactory(quality=quality, **MEMBERS[who]).person
    make = {
        "gap": lambda: AccessManager.objects.get(enterprise=enterprise, kind=ManagerKind.MAIN).person,
        "local_manager": lambda: scene.local_manager.person,
        "subdivision_manager": lambda: (
            QualityMemberFactory(quality=quality, subdivision_manager=True, subdivision=scene.top).person
        ),
        "of_another_branch": lambda: (
            QualityMemberFactory(quality=quality, subdivision_manager=True, subdivision=scene.beside).person
        ),
        "legal_representative": lambda: LegalFunctionFactory(enterprise=enterprise).person,
        # Removed a moment ago, in an open session.
        "former_manager": lambda: (
            QualityMemberFactory(
                quality=quality,
                co_local_manager=True,
                ended=True,
                ended_at=clock.now(enterprise.world) - timedelta(minutes=1),
            ).person
        ),
        "manager_of_another_quality": lambda: (
            QualityMemberFactory(
                quality=QualityFactory(enterprise=enterprise, health_care=True), local_manager=True
            ).person
        ),
        "stranger": PersonFactory,
        "from_another_world": lambda: PersonFactory(stranger=True),
    }
    return make[who]()
