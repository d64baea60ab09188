"""A local manager who gives functions, for tests in which another process applies them."""

from datetime import date

from access_mgmt.enums import Function, MemberKind, MemberLink, QualityKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services.role_assignments import assign_role
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from csam.enums import Language
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory, WorldFactory


def make_manager():
    """The local manager of a circle's quality, in a world that propagates at once."""
    world = WorldFactory(code="processus", mode=PropagationMode.IMMEDIATE)
    person = PersonFactory(world=world)
    quality = Quality.objects.create(
        enterprise=EnterpriseFactory(world=world, registered=True), kind=QualityKind.EHEALTH,
        contact_email="cmg@exemple.invalid", activated_at=AT, activated_by=person,
    )  # fmt: skip
    return QualityMember.objects.create(
        quality=quality, person=person, kind=MemberKind.LOCAL_MANAGER, link=MemberLink.BOARD, title=person.title,
        language=Language.FRENCH, email=person.email, added_at=AT, added_by=person,
    )  # fmt: skip


def ask(manager, *, year):
    """Give the manager the function of BHOD's manager for one year; each year is another function row."""
    return assign_role(
        member=manager,
        function=Function.FILEMANAGER_CIRCLE,
        period=Period(date(year, 1, 1), date(year, 12, 31)),
        by=manager.person,
        at=clock.now(manager.person.world),
    )
