import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.models import Quality
from bhod_portal.core.models import AuditEntry
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import errors, main_of, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")

NEW = "nouveau@exemple.invalid"


def url(quality):
    return reverse("access_mgmt:quality_edit", args=[quality.pk])


def sent(quality, email=NEW):
    return {"contact_email": email, "seen": quality.contact_email}


def test_a_manager_changes_the_contact_address(client, manager):
    quality = manager.quality

    response = client.post(url(quality), sent(quality), follow=True)

    assertRedirects(response, url(quality))
    assert shows(response, "ont été modifiées")
    assert Quality.objects.get().contact_email == NEW
    entry = AuditEntry.objects.get(act="access_mgmt.quality.changed")
    assert (entry.done_by, entry.subject) == (manager.person, f"access_mgmt.quality:{quality.pk}")
    assert shows(response, f"par {manager.person}")


def test_the_same_data_change_nothing(client, manager):
    response = client.post(
        url(manager.quality), sent(manager.quality, manager.quality.contact_email), follow=True
    )

    assert shows(response, "rien n'a changé")
    assert not AuditEntry.objects.exists()


def test_refuses_what_is_no_address(client, manager):
    response = client.post(url(manager.quality), sent(manager.quality, "contact"))

    assert errors(response) == {"contact_email": ["invalid"]}
    assertContains(response, 'value="contact"')


def test_the_second_of_two_managers_is_told_what_changed_and_loses_nothing(client, manager):
    quality = manager.quality
    other = QualityMemberFactory(quality=quality, co_local_manager=True, person__last_name="Renard")
    mine = sent(quality)
    log_in(client, other.person)
    client.post(url(quality), sent(quality, "autre@exemple.invalid"))
    log_in(client, manager.person)

    response = client.post(url(quality), mine)

    assert errors(response) == {"contact_email": ["changed_meanwhile"]}
    assert shows(response, f"{other.person} a modifié l'adresse le 10/03/2026")
    assertContains(response, "<strong>autre@exemple.invalid</strong>")
    assertContains(response, f'value="{NEW}"')
    assert Quality.objects.get().contact_email == "autre@exemple.invalid"

    again = {field.name: field.value() for field in response.context["form"]}
    assertRedirects(client.post(url(quality), again), url(quality))
    assert Quality.objects.get().contact_email == NEW


def test_two_managers_who_write_the_same_agree(client, manager):
    quality = manager.quality
    Quality.objects.update(contact_email=NEW)

    assert shows(client.post(url(quality), sent(quality), follow=True), "rien n'a changé")


def test_a_user_of_the_quality_reads_and_does_not_write(client, member):
    log_in(client, member.person)

    page = client.get(url(member.quality))
    assertContains(page, member.quality.contact_email)
    assert 'method="post"' not in main_of(page)
    assert not shows(page, "Fonctionnalités")
    assert client.post(url(member.quality), sent(member.quality)).status_code == 403
    assert Quality.objects.get().contact_email == member.quality.contact_email


@pytest.mark.parametrize(
    ("trait", "status"),
    [("main", 200), ("co_main", 200), ("dpo", 200), ("of_domain", 200), ("of_finance", 403)],
)
def test_access_managers_by_the_table(client, member, trait, status):
    traits = {} if trait == "main" else {trait: True}
    access = AccessManagerFactory(enterprise=member.quality.enterprise, **traits)
    log_in(client, access.person)

    assert client.get(url(member.quality)).status_code == status
    assert client.post(url(member.quality), {"contact_email": "", "seen": ""}).status_code == status
