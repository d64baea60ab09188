import socket

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from django.core.mail import send_mail
from django.test import TestCase

from bhod_portal.core import messages
from bhod_portal.core.mail import current_world
from bhod_portal.core.messages import Email
from bhod_portal.core.models import Message
from tests.csam.factories import AT, PersonFactory, WorldFactory

LETTER = {"to": "claire@exemple.invalid", "subject": "Bienvenue", "body": "Votre accès est prêt.", "at": AT}


@pytest.fixture
def mail_server(tmp_path, settings, unused_tcp_port):
    """A real SMTP server that EMAIL_URL names; what it received is in its mailbox."""
    handler = Mailbox(tmp_path / "mail")
    server = Controller(handler, hostname="127.0.0.1", port=unused_tcp_port)
    server.start()
    settings.EMAIL_RELAY_URL = f"smtp://127.0.0.1:{unused_tcp_port}"
    yield handler.mailbox
    server.stop()


@pytest.fixture
def unused_tcp_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_keeps_a_message_in_its_world():
    world = WorldFactory()

    messages.send_email(world=world, **LETTER)

    [message] = Message.objects.filter(world=world)
    assert (message.recipient, message.subject, message.sent_at) == (
        "claire@exemple.invalid",
        "Bienvenue",
        AT,
    )


def test_sends_it_outside_only_when_a_server_is_named(mail_server):
    with TestCase.captureOnCommitCallbacks(execute=True):
        messages.send_email(world=WorldFactory(), **LETTER)

    [received] = mail_server
    assert (received["To"], received["Subject"]) == ("claire@exemple.invalid", "Bienvenue")


def test_sends_nothing_outside_before_the_act_is_committed(mail_server):
    with TestCase.captureOnCommitCallbacks(execute=False):
        messages.send_email(world=WorldFactory(), **LETTER)

    assert len(mail_server) == 0


def test_a_server_that_is_down_loses_nothing(settings, unused_tcp_port):
    settings.EMAIL_RELAY_URL = f"smtp://127.0.0.1:{unused_tcp_port}"

    with TestCase.captureOnCommitCallbacks(execute=True):
        messages.send_email(world=WorldFactory(), **LETTER)

    assert Message.objects.count() == 1


def test_an_address_that_no_server_takes_loses_nothing(mail_server):
    # Valid for a form, but its domain has no form that DNS knows.
    letter = LETTER | {"to": f"claire@{'ü' * 63}.be"}

    with TestCase.captureOnCommitCallbacks(execute=True):
        messages.send_email(world=WorldFactory(), **letter)

    assert Message.objects.count() == 1
    assert len(mail_server) == 0


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Bienvenue\r\nBcc: tous@exemple.invalid", "Bienvenue Bcc: tous@exemple.invalid"),
        ("GAP de " + "A" * 200, "GAP de " + "A" * 192 + "…"),
    ],
)
def test_a_subject_is_one_line_that_fits(mail_server, subject, kept):
    with TestCase.captureOnCommitCallbacks(execute=True):
        message = messages.send_email(world=WorldFactory(), **LETTER | {"subject": subject})

    assert message.subject == kept
    [received] = mail_server
    assert received["Bcc"] is None


@pytest.fixture
def _mail_goes_through_our_backend(settings):
    # Django's test runner puts its own backend in place.
    settings.EMAIL_BACKEND = "bhod_portal.core.mail.MessageBackend"


@pytest.mark.usefixtures("_mail_goes_through_our_backend")
class TestMailOfLibraries:
    def test_lands_in_the_world_of_the_request(self, mail_server):
        world = WorldFactory(code="classe")
        token = current_world.set(world)

        with time_machine.travel(AT, tick=False):
            send_mail("Code", "123456", None, ["un@exemple.invalid", "deux@exemple.invalid"])

        current_world.reset(token)
        kept = Message.objects.filter(world=world, sent_at=AT).values_list("recipient", flat=True)
        assert set(kept) == {"un@exemple.invalid", "deux@exemple.invalid"}
        assert len(mail_server) == 1

    def test_without_a_world_it_is_refused(self):
        with pytest.raises(RuntimeError, match="needs a world"):
            send_mail("Code", "123456", None, ["un@exemple.invalid"])


class TestMany:
    def test_are_kept_as_one_is_in_one_statement(self, django_assert_num_queries):
        person = PersonFactory()
        emails = [
            Email("claire@exemple.invalid", "Votre\naccès", "Bonjour Claire", person),
            Email("paul@exemple.invalid", "x" * 300, "Bonjour Paul"),
        ]

        with django_assert_num_queries(1):
            assert messages.send_emails(emails, world=person.world, at=AT) == 2

        claire, paul = Message.objects.order_by("pk")
        assert (claire.channel, claire.recipient, claire.subject) == (
            "EMAIL",
            "claire@exemple.invalid",
            "Votre accès",
        )
        assert (claire.person_id, claire.world, claire.sent_at) == (person.pk, person.world, AT)
        assert (paul.person, len(paul.subject)) == (None, 200)

    def test_leave_together_once_the_act_is_committed(self, mail_server):
        emails = [Email(f"{name}@exemple.invalid", "Bienvenue", "Bonjour") for name in ("claire", "paul")]

        with TestCase.captureOnCommitCallbacks(execute=True) as callbacks:
            messages.send_emails(emails, world=WorldFactory(), at=AT)

        assert len(callbacks) == 1
        assert {received["To"] for received in mail_server} == {
            "claire@exemple.invalid",
            "paul@exemple.invalid",
        }

    def test_none_are_nothing(self, settings):
        settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"

        with TestCase.captureOnCommitCallbacks(execute=True) as callbacks:
            assert messages.send_emails([], world=WorldFactory(), at=AT) == 0

        assert callbacks == []
