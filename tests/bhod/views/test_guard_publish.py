from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import Guard, GuardBatch
from bhod_portal.core.models import Message
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.views.bulk import confirm, page_of
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_publish")


@pytest.fixture
def drafts(unit):
    """A draft each for three doctors in April 2026."""
    start = datetime(2026, 4, 6, 17, tzinfo=UTC)
    return [
        GuardFactory(
            unit=unit,
            provider=CircleDoctorFactory(enterprise=unit.enterprise).provider,
            starts_at=start + timedelta(days=number),
            ends_at=start + timedelta(days=number, hours=13),
            draft=True,
        )
        for number in range(3)
    ]


def test_says_who_will_be_told(client, manager, drafts):
    response = client.get(URL)
    assert_clean(response.content.decode())
    names = ", ".join(sorted((str(each.provider.person) for each in drafts), key=str))
    assert "3 médecins prévenus par e-mail :" in text_of(response)
    for name in names.split(", "):
        assert name in text_of(response)
    assert "Enregistrer 3 gardes" in text_of(response)
    assert not Message.objects.exists()


def test_registers_them_at_once_and_tells_their_doctors(client, manager, drafts):
    response = confirm(client, URL)
    assert "3 gardes enregistrées. 3 médecins prévenus par e-mail." in text_of(response)
    assert Guard.objects.filter(state=GuardState.REGISTERED, is_published=True).count() == 3
    assert Message.objects.count() == 3


def test_a_second_click_does_it_once(client, manager, drafts):
    page = page_of(client.get(URL))
    client.post(URL, page)
    client.post(URL, page)
    assert (GuardBatch.objects.count(), Message.objects.count()) == (1, 3)


def test_leaves_out_what_the_rules_refuse(client, manager, drafts):
    first = drafts[0]
    first.provider.enrolments.update(valid_until=datetime(2026, 4, 1).date())  # noqa: DTZ001
    response = confirm(client, URL)
    assert "2 gardes enregistrées" in text_of(response)
    first.refresh_from_db()
    assert first.state == GuardState.DRAFT


def test_says_when_there_is_none(client, manager, unit):
    assert "Il n'y a aucun brouillon" in text_of(client.get(URL))


def test_has_a_whole_year_by_default_and_a_month_on_demand(client, manager, drafts):
    assert (client.get(URL).context["query"]) == "du=01-03-2026&au=28-02-2027"
    assert client.get(URL, {"mois": "2026-05"}).context["preview"].accepted == []
