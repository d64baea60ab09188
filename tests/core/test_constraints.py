import pytest
from django.db import IntegrityError

from bhod_portal.core import audit
from bhod_portal.core.models import AuditEntry, Draft
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory


@pytest.mark.parametrize("half", ["registered_at", "registered_by"])
def test_an_act_has_an_instant_and_an_author(half):
    value = AT if half == "registered_at" else PersonFactory()

    with pytest.raises(IntegrityError, match="enterprise_registered_by_someone"):
        EnterpriseFactory(**{half: value})


def test_a_draft_stands_once():
    person = PersonFactory()
    Draft.objects.create(person=person, flow="gap")

    with pytest.raises(IntegrityError, match="draft_one_per_flow"):
        Draft.objects.create(person=person, flow="gap")


def test_the_trail_says_who_did_what_to_what():
    person = PersonFactory()
    enterprise = EnterpriseFactory()

    audit.record("csam.gap.designated", enterprise, world=person.world, by=person, at=AT, gap=person.pk)

    [entry] = AuditEntry.objects.all()
    assert (entry.subject, entry.done_by, entry.done_at) == (f"csam.enterprise:{enterprise.pk}", person, AT)
    assert entry.details == {"gap": person.pk}
