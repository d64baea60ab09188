import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from csam.models import Person
from tests.csam.factories import AT, PersonFactory, WorldFactory

URL = reverse("training:world_reset")


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


def test_asks_first(client):
    person = PersonFactory()

    assertContains(client.get(URL), "Recommencer le monde")
    assert Person.objects.filter(pk=person.pk).exists()


def test_starts_afresh_and_logs_out(client, world):
    person = PersonFactory()
    client.force_login(person)

    response = client.post(URL, follow=True)

    assertContains(response, "Le monde recommence")
    assert not response.context["user"].is_authenticated
    assert not Person.objects.filter(pk=person.pk).exists()
    world.refresh_from_db()
    assert world.frozen_at is None


def test_twice_is_the_same_as_once(client):
    client.post(URL)
    people = Person.objects.count()

    client.post(URL)

    assert Person.objects.count() == people


def test_is_refused_in_the_world_of_a_trainer(client):
    person = PersonFactory(stranger=True)
    client.force_login(person)

    assert client.post(URL).status_code == 403
    assert Person.objects.filter(pk=person.pk).exists()
