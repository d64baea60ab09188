import logging
from datetime import timedelta

from access_mgmt import tasks
from access_mgmt.models import EffectiveRole
from bhod_portal.core import clock
from tests.access_mgmt.factories import AT, CertificateFactory, RoleChangeFactory


def test_propagation_is_done_by_a_task_that_says_how_much(caplog):
    RoleChangeFactory(requested_at=AT - timedelta(days=1))

    with caplog.at_level(logging.INFO, logger="access_mgmt.tasks"):
        tasks.propagate_role_changes()
        tasks.propagate_role_changes()

    assert EffectiveRole.objects.count() == 1
    assert caplog.messages == ["role changes applied: 1"]


def test_what_ends_soon_is_mailed_by_a_task_that_says_how_much(caplog):
    CertificateFactory(valid_until=clock.real_now() + timedelta(days=20))

    with caplog.at_level(logging.INFO, logger="access_mgmt.tasks"):
        tasks.tell_what_ends_soon()
        tasks.tell_what_ends_soon()

    assert caplog.messages == ["mails about what ends soon: 1"]
