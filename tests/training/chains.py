"""A whole chain, from the BCE to BHOD, of which a test breaks one link; who asks about it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World
from csam.enums import DigitalKey, StaffRole
from csam.models import AccessManager, Employment, Enterprise, LegalFunction, Person
from prosante_login.enums import ProfileKind
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
)
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.login import log_in

REASON = "La personne appelle : elle ne voit pas son cercle."


@dataclass
class Chain:
    """Someone who sees his circle in BHOD, and all that it takes; `break_*` of a test changes one thing."""

    world: World = field(default_factory=lambda: WorldFactory(frozen_at=AT))
    enterprise: Enterprise = field(init=False)
    representative: LegalFunction = field(init=False)
    gap: AccessManager = field(init=False)
    quality: Quality = field(init=False)
    manager: QualityMember = field(init=False)
    member: QualityMember = field(init=False)
    role: RoleAssignment = field(init=False)

    def __post_init__(self) -> None:
        self.enterprise = EnterpriseFactory(world=self.world, registered=True, name="CMG du Test ASBL")
        self.representative = LegalFunctionFactory(
            person=self.someone("Rosa", "Représentante"), enterprise=self.enterprise
        )
        self.gap = AccessManagerFactory(
            person=self.someone("Gaston", "Principal"), enterprise=self.enterprise
        )
        self.quality = QualityFactory(enterprise=self.enterprise, activated_by=self.gap.person)
        self.manager = QualityMemberFactory(
            quality=self.quality, person=self.someone("Lola", "Locale"), local_manager=True
        )
        self.member = QualityMemberFactory(quality=self.quality, person=self.someone("Ida", "Inscrite"))
        self.role = RoleAssignmentFactory(
            member=self.member, function=Function.GUARDPOST_CIRCLE, effective=True
        )

    def someone(self, first: str, last: str, **extra: Any) -> Person:
        return PersonFactory(world=self.world, first_name=first, last_name=last, with_codes=True, **extra)

    @property
    def person(self) -> Person:
        return self.member.person

    def ask_oneself(
        self, client: Client, *, key: DigitalKey = DigitalKey.EID, choose: bool = True, target: str = "bhod"
    ) -> Any:
        log_in(client, self.person, key=key)
        if choose:
            session = client.session
            session["prosante_profile"] = {
                "person": self.person.pk,
                "kind": ProfileKind.CITIZEN.value,
                "enterprise_id": self.enterprise.pk,
                "profession": None,
                "capacity": None,
                "mandate_id": None,
            }
            session.save()
        return client.get(reverse("training:why"), {"numero": self.enterprise.bce_number, "pour": target})

    def ask_as_manager(self, client: Client, *, by: Person | None = None, target: str = "bhod") -> Any:
        log_in(client, by or self.manager.person)
        return client.get(reverse("training:why_member", args=[self.member.pk]), {"pour": target})

    def ask_as_helpdesk(self, client: Client, *, target: str = "bhod") -> Any:
        log_in(client, self.agent(), key=DigitalKey.PASSWORD)
        return client.post(reverse("training:why_helpdesk"), self.question(target), follow=True)

    def agent(self) -> Person:
        found = Person.objects.filter(world=self.world, staff_role=StaffRole.HELPDESK).first()
        return found or self.someone("Agent", "Helpdesk", niss="", staff_role=StaffRole.HELPDESK)

    def question(self, target: str = "bhod") -> dict[str, str]:
        return {
            "personne": self.person.niss,
            "numero": self.enterprise.bce_number,
            "pour": target,
            "motif": REASON,
        }


# What breaks one link.


def stopped(chain):
    Enterprise.objects.filter(pk=chain.enterprise.pk).update(stopped_on=date(2026, 3, 9))


def unregistered(chain):
    Enterprise.objects.filter(pk=chain.enterprise.pk).update(registered_at=None, registered_by=None)


def without_gap(chain):
    AccessManager.objects.update(ended_at=AT, ended_by=chain.gap.person)


def gap_gone(chain):
    AccessManager.objects.update(designated_at=AT - timedelta(days=100))
    Employment.objects.update(valid_until=date(2026, 2, 7))


def quality_off(chain):
    Quality.objects.update(deactivated_at=AT, deactivated_by=chain.gap.person)


def wrong_quality(chain):
    quality_off(chain)
    QualityFactory(enterprise=chain.enterprise, health_care=True, activated_by=chain.gap.person)


def member_gone(chain):
    QualityMember.objects.filter(pk=chain.member.pk).update(ended_at=AT, ended_by=chain.manager.person)


def blocked(chain):
    QualityMember.objects.filter(pk=chain.member.pk).update(blocked_at=AT, blocked_by=chain.manager.person)


def no_function(chain):
    EffectiveRole.objects.all().delete()
    RoleAssignment.objects.all().delete()


def other_function(chain):
    EffectiveRole.objects.update(function=Function.FILEMANAGER_BCE)
    RoleAssignment.objects.update(function=Function.FILEMANAGER_BCE)


def withdrawn(chain):
    EffectiveRole.objects.update(withdrawn_at=AT)
    RoleAssignment.objects.update(revoked_at=AT, revoked_by=chain.manager.person)


def between(chain, start, end):
    EffectiveRole.objects.update(valid_from=start, valid_until=end)
    RoleAssignment.objects.update(valid_from=start, valid_until=end)


def to_come(chain):
    between(chain, date(2026, 3, 11), None)


def over(chain):
    between(chain, date(2026, 3, 1), date(2026, 3, 9))


def on_its_way(chain):
    EffectiveRole.objects.all().delete()
    RoleChangeFactory(grants=chain.role)


def set_aside(chain):
    on_its_way(chain)
    RoleChange.objects.update(held_until=AT + timedelta(hours=1), failure="refusée")


def stuck(chain):
    on_its_way(chain)
    World.objects.update(mode=PropagationMode.STUCK)
