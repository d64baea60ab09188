"""What a person manages becomes active at his first login after the designation (domain.md 2.2)."""

from datetime import timedelta

from csam.services.managers import activate_roles
from tests.csam.factories import AT, AccessManagerFactory

LATER = AT + timedelta(hours=1)


def test_marks_what_waits_once():
    manager = AccessManagerFactory(co_main=True)

    assert activate_roles(person=manager.person, at=LATER) == 1
    assert activate_roles(person=manager.person, at=LATER + timedelta(days=1)) == 0

    manager.refresh_from_db()
    assert manager.activated_at == LATER


def test_leaves_out_what_has_ended_or_is_of_others():
    ended = AccessManagerFactory(dpo=True, ended=True)
    other = AccessManagerFactory(enterprise=ended.enterprise, co_main=True)

    assert activate_roles(person=ended.person, at=LATER) == 0

    other.refresh_from_db()
    assert other.activated_at is None
