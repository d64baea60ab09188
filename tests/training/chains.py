"""A whole chain, from the BCE to BHOD, of which a test breaks one link; who asks about it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from access_mgmt.enums import Function
from access_mgmt.models import Quality, QualityMember, RoleAssignment
from bhod_portal.core.models import World
from csam.enums import DigitalKey, StaffRole
from csam.models import AccessManager, Enterprise, LegalFunction, Person
from prosante_login.enums import ProfileKind
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory, RoleAssignmentFactory
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
