"""The help desk looks at someone's rights: what is written, what is refused."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from csam.enums import StaffRole
from tests.csam.factories import AT, PersonFactory
from training.selectors.look_ups import SHOWN_FOR, look_ups_about
from training.services.look_ups import look_up


@pytest.fixture
def person(db):
    return PersonFactory()


@pytest.fixture
def agent(person):
    return PersonFactory(world=person.world, staff_role=StaffRole.HELPDESK)


def look(person, by, *, reason="Appel de ce matin."):
    look_up(person=person, enterprise=None, reason=reason, by=by, at=AT)


def test_is_shown_to_the_person_for_thirty_days(person, agent):
    look(person, agent, reason="  Appel de ce matin. ")

    [found] = look_ups_about(person, at=AT)

    assert (found.by, found.reason, found.enterprise) == (agent, "Appel de ce matin.", "")
    assert look_ups_about(person, at=AT + SHOWN_FOR) == []
    assert look_ups_about(agent, at=AT) == []


def test_never_without_a_reason(person, agent):
    with pytest.raises(ValidationError) as refusal:
        look(person, agent, reason="  ")

    assert refusal.value.code == "reason_missing"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", ["", StaffRole.CSAM, StaffRole.INAMI, StaffRole.TRAINER])
def test_only_by_the_help_desk(person, role):
    with pytest.raises(PermissionDenied):
        look(person, PersonFactory(world=person.world, staff_role=role))


def test_only_of_the_same_world(person):
    with pytest.raises(PermissionDenied):
        look(person, PersonFactory(stranger=True, staff_role=StaffRole.HELPDESK))
