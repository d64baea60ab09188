"""Structured messages of a quality: one sender number, one channel per choice, a client id for REST."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import ChannelKind, SecuredApplication
from access_mgmt.models import MessageChannel, Quality, SenderNumber
from access_mgmt.services import messaging
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import (
    AT,
    CertificateFactory,
    MessageChannelFactory,
    QualityMemberFactory,
    SenderNumberFactory,
)
from tests.threads import at_once


def register(manager):
    return messaging.register_sender_number(quality=manager.quality, by=manager.person, at=AT)


def activate(manager, kind=ChannelKind.FTP, application="", at=AT):
    return messaging.activate_channel(
        quality=manager.quality, kind=kind, application=application, by=manager.person, at=at
    )


def refusals(*args, **kwargs):
    with pytest.raises(ValidationError) as refused:
        activate(*args, **kwargs)
    return refusal_codes(refused.value)


@pytest.fixture
def sender(manager):
    return SenderNumberFactory(quality=manager.quality)


def test_numbers_follow_each_other_in_a_world(manager):
    enterprise = manager.quality.enterprise
    other = QualityMemberFactory(
        local_manager=True, quality__enterprise=enterprise, quality__health_care=True
    )
    afar = QualityMemberFactory(
        local_manager=True, quality__enterprise__world__code="ailleurs", quality__enterprise__registered=True
    )

    assert [register(each).number for each in (manager, other, afar)] == ["900001", "900002", "900001"]


def test_a_second_click_gives_no_second_number(manager):
    assert register(manager) == register(manager)
    assert SenderNumber.objects.count() == 1
    assert AuditEntry.objects.filter(act="access_mgmt.sender_number.registered").count() == 1


def test_ftp_needs_a_sender_number_and_has_no_client_id(manager):
    assert refusals(manager) == {"no_sender_number"}

    register(manager)
    channel = activate(manager)

    assert (channel.kind, channel.application, channel.client_id) == ("FTP", "", "")
    assert (channel.activated_at, channel.activated_by) == (AT, manager.person)


def test_rest_needs_a_certificate_that_is_valid_at_the_worlds_time(manager, sender):
    assert refusals(manager, ChannelKind.REST) == {"no_certificate"}

    CertificateFactory(person=manager.person)
    assert refusals(manager, ChannelKind.REST) == {"no_certificate"}

    certificate = CertificateFactory(of_quality=True, quality=manager.quality)
    assert refusals(manager, ChannelKind.REST, at=certificate.valid_until) == {"no_certificate"}
    assert activate(manager, ChannelKind.REST).client_id == f"cbe-{manager.quality.enterprise.bce_number}-1"


def test_client_ids_are_never_given_twice(manager, sender):
    CertificateFactory(of_quality=True, quality=manager.quality)
    first = activate(manager, ChannelKind.REST)
    messaging.remove_channel(channel=first, by=manager.person, at=AT)

    again = activate(manager, ChannelKind.REST)
    other = activate(manager, ChannelKind.REST, SecuredApplication.BHOD)

    assert [each.client_id[-2:] for each in (first, again, other)] == ["-1", "-2", "-3"]


def test_one_channel_per_application_and_one_for_all(manager, sender):
    activate(manager)
    activate(manager, application=SecuredApplication.BHOD)

    assert refusals(manager) == {"channel_taken"}
    assert refusals(manager, application=SecuredApplication.BHOD) == {"channel_taken"}


def test_a_removed_channel_stays_and_is_removed_once(manager, sender):
    channel = MessageChannelFactory(sender_number=sender)
    later = AT + timedelta(hours=1)

    assert messaging.remove_channel(channel=channel, by=manager.person, at=later)
    assert not messaging.remove_channel(channel=channel, by=manager.person, at=later)

    channel.refresh_from_db()
    assert (channel.ended_at, channel.ended_by) == (later, manager.person)
    assert AuditEntry.objects.filter(act="access_mgmt.message_channel.removed").count() == 1


def test_a_plain_user_does_nothing_of_it(member, sender):
    channel = MessageChannelFactory(sender_number=sender)

    with pytest.raises(PermissionDenied):
        register(member)
    with pytest.raises(PermissionDenied):
        activate(member)
    with pytest.raises(PermissionDenied):
        messaging.remove_channel(channel=channel, by=member.person, at=AT)


def test_nothing_changes_in_a_quality_that_was_deactivated_meanwhile(manager, sender):
    channel = activate(manager)
    # In the hands of the manager it is what the page showed.
    Quality.objects.filter(pk=manager.quality_id).update(deactivated_at=AT, deactivated_by=manager.person)

    with pytest.raises(PermissionDenied):
        activate(manager, application=SecuredApplication.BHOD)
    with pytest.raises(PermissionDenied):
        messaging.remove_channel(channel=channel, by=manager.person, at=AT)
    assert MessageChannel.objects.active().get() == channel


@pytest.mark.django_db(transaction=True)
def test_four_managers_register_a_number_at_once_and_it_is_one():
    manager = QualityMemberFactory(local_manager=True)

    assert at_once(lambda number: register(manager)) == ["done"] * 4
    assert SenderNumber.objects.get().number == "900001"


@pytest.mark.django_db(transaction=True)
def test_four_managers_open_a_channel_at_once_and_one_does():
    manager = QualityMemberFactory(local_manager=True)
    SenderNumberFactory(quality=manager.quality)

    found = at_once(lambda number: activate(manager))

    assert sorted(found) == ["channel_taken"] * 3 + ["done"]
    assert MessageChannel.objects.count() == 1
