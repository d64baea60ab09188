import pytest
from django.core.exceptions import PermissionDenied

from access_mgmt.services import role_emails
from bhod_portal.core.models import Message
from tests.access_mgmt.factories import AT


def test_only_managers_of_the_quality_write_to_its_users(member):
    with pytest.raises(PermissionDenied):
        role_emails.send_role_email(member=member, subject="A", body="B", by=member.person, at=AT)

    assert not Message.objects.exists()
