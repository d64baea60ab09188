"""« Pourquoi ? » along the way: after each step that is done, the next one is named."""

from django.urls import reverse

from access_mgmt.models import RoleChange
from access_mgmt.services.propagation import apply_due_changes
from bhod_portal.core.models import World
from csam.models import Enterprise
from prosante_login.enums import ProfileKind
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
)
from tests.csam.factories import AT, AccessManagerFactory, EnterpriseFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in


def test_each_step_done_leads_to_the_next(client, db):
    world = WorldFactory(frozen_at=AT)
    person, gap = PersonFactory(world=world), PersonFactory(world=world)
    enterprise = EnterpriseFactory(world=world)
    log_in(client, person)

    def missing():
        page = client.get(reverse("training:why"), {"numero": enterprise.bce_number})
        answer = page.context["answer"]
        return answer.broken.key if answer.broken else None

    assert missing() == "registered"
    Enterprise.objects.filter(pk=enterprise.pk).update(registered_at=AT, registered_by=gap)
    assert missing() == "gap"
    AccessManagerFactory(person=gap, enterprise=enterprise)
    assert missing() == "quality"
    quality = QualityFactory(enterprise=enterprise, activated_by=gap)
    assert missing() == "member"
    member = QualityMemberFactory(quality=quality, person=person)
    assert missing() == "function"
    RoleChangeFactory(grants=RoleAssignmentFactory(member=member))
    assert missing() == "propagated"
    World.objects.update(frozen_at=RoleChange.objects.get().due_at)
    apply_due_changes(real_now=AT)
    assert missing() == "profile"
    choice = {"kind": ProfileKind.CITIZEN.value, "organisation": enterprise.pk}
    client.post(reverse("prosante_login:profile_choose"), choice)
    assert missing() is None
