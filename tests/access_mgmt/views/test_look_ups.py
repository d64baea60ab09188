"""A NISS tells whom it belongs to: who asks too often waits, whichever page he asks on."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from access_mgmt.enums import MemberKind
from bhod_portal.core.models import AuditEntry
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors

LIMIT = 20


@pytest.fixture(autouse=True)
def _counted_from_nothing():
    cache.clear()
    yield
    cache.clear()


def look_up(client, quality, niss):
    address = reverse("access_mgmt:member_identify", args=[quality.pk])
    return client.post(address, {"kind": MemberKind.USER.value, "niss": niss})


@pytest.fixture
def tired(client, manager):
    """The local manager, who has looked up as many as he may."""
    for _time in range(LIMIT):
        assert look_up(client, manager.quality, manager.person.niss).status_code == 200
    return manager


def test_too_many_are_refused_and_not_kept_in_the_trail(client, tired):
    response = look_up(client, tired.quality, PersonFactory().niss)

    assert errors(response) == {"niss": ["too_many_look_ups"]}
    assert AuditEntry.objects.filter(act="access_mgmt.member.looked_up").count() == LIMIT


def test_another_trainee_with_the_same_persona_goes_on(client, tired):
    person = PersonFactory()
    log_in(client, tired.person)
    client.cookies.clear()
    log_in(client, tired.person)

    assert look_up(client, tired.quality, person.niss).status_code == 302


def test_other_pages_count_with_it(client, tired):
    AccessManagerFactory(person=tired.person, enterprise=tired.quality.enterprise)
    address = reverse(
        "access_mgmt:quality_activate",
        args=[tired.quality.enterprise.bce_number, "soins-de-sante"],
    )

    response = client.post(
        address,
        {"contact_email": "a@exemple.invalid", "manager": "autre", "niss": PersonFactory().niss},
    )

    assert errors(response) == {"niss": ["too_many_look_ups"]}
