"""« Envoyer un e-mail à l'utilisateur »: the mail of the manual's last step on roles."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from access_mgmt.services import role_emails
from bhod_portal.core.models import AuditEntry, Message
from tests.access_mgmt.factories import AT, RoleAssignmentFactory
from tests.pages import errors, shows

MAIL = {"subject": "Votre accès", "body": "Bonjour,\r\n\r\nTout est prêt."}

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture(autouse=True)
def assignment(member):
    return RoleAssignmentFactory(member=member, administrative=True, valid_until=date(2026, 12, 23))


def url(member, page="role_email"):
    return reverse(f"access_mgmt:{page}", args=[member.pk])


def test_proposes_what_the_manual_asks_to_write(client, manager, member, settings):
    settings.PORTAL_URL = "https://portail.invalid"
    RoleAssignmentFactory(member=member, ended=True)

    response = client.get(url(member))

    body = response.context["form"].initial["body"]
    assert f"Bonjour {member.person},\n\n" in body
    assert "\n- INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE, du 01/03/2026 au 23/12/2026\n" in body
    assert "FILEMANAGER" not in body
    assert "L'activation peut prendre environ une heure." in body
    assert f"https://portail.invalid{reverse('prosante_login:landing')}\n" in body
    assert f"https://portail.invalid{reverse('prosante_login:help')}\n" in body
    assert body.endswith(str(manager.person))
    assert shows(response, "Indiquez dans le message que l'activation peut prendre environ une heure.")


def test_a_function_without_end_says_its_start(manager, member, assignment):
    assignment.valid_until = None
    assignment.save()

    proposed = role_emails.propose_role_email(member, by=manager.person, at=AT)

    assert "CIRCLE, à partir du 01/03/2026" in proposed.body


def test_shows_it_before_it_is_sent(client, member):
    assertRedirects(client.post(url(member), MAIL), url(member, "role_email_check"))

    response = client.get(url(member, "role_email_check"))

    assert shows(response, f"{member.person} ({member.email})")
    assert shows(response, "Tout est prêt.")
    assert not Message.objects.exists()
    assert client.get(url(member)).context["form"].initial["subject"] == "Votre accès"


def test_sends_it_once_and_says_so(client, manager, member):
    client.post(url(member), MAIL)

    first = client.post(url(member, "role_email_check"), follow=True)
    second = client.post(url(member, "role_email_check"), follow=True)

    assert shows(first, f"L'e-mail est parti à {member.person} ({member.email}).")
    assert shows(second, "Cet e-mail est déjà parti")
    message = Message.objects.get()
    assert (message.recipient, message.person_id, message.subject) == (
        member.email,
        member.person_id,
        "Votre accès",
    )
    assert message.body == "Bonjour,\n\nTout est prêt."
    entry = AuditEntry.objects.get(act="access_mgmt.member.mailed")
    assert (entry.done_by_id, entry.details) == (
        manager.person_id,
        {"message": message.pk, "person": member.person_id},
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"subject": ""}, {"subject": ["required"]}),
        ({"subject": "x" * 201}, {"subject": ["max_length"]}),
        ({"body": " \r\n"}, {"body": ["required"]}),
        ({"body": "x" * 5001}, {"body": ["max_length"]}),
    ],
)
def test_refuses_beside_the_field(client, member, typed, expected):
    assert errors(client.post(url(member), MAIL | typed)) == expected


def test_a_check_of_nothing_leads_back_to_the_text(client, member):
    assertRedirects(client.get(url(member, "role_email_check")), url(member))


def test_waits_for_a_function(client, manager):
    response = client.get(url(manager), follow=True)

    assert shows(response, "Attribuez d'abord une fonction")
    assert not shows(response, "Envoyer un e-mail à l'utilisateur")


def test_the_list_leads_there(client, member):
    response = client.get(url(member, "role_list"))

    assert f'href="{url(member)}"' in response.content.decode()


def test_tells_that_the_user_left_meanwhile(client, manager, member, monkeypatch):
    client.post(url(member), MAIL)
    send = role_emails.send_role_email

    def late(**arguments):
        member.ended_at, member.ended_by = AT, manager.person
        member.save()
        return send(**arguments)

    monkeypatch.setattr("access_mgmt.services.role_emails.send_role_email", late)
    response = client.post(url(member, "role_email_check"), follow=True)

    assert shows(response, "ne figure plus parmi les utilisateurs")
    assert not Message.objects.exists()
