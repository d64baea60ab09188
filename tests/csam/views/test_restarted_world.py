"""Whoever was at work while his world was started afresh gets no error page: he is told, and identifies himself."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connections
from django.urls import reverse
from django.views import View
from pytest_django.asserts import assertContains, assertRedirects

from csam.models import Person
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in

URL = reverse("csam:whoami")
IDENTIFICATION = reverse("csam:identification")


@pytest.fixture
def person(client):
    person = PersonFactory()
    log_in(client, person)
    client.raise_request_exception = False
    return person


@pytest.fixture
def fails(monkeypatch, person):
    """The page asked for next fails so; meanwhile the world may have gone."""

    # Else the deletion would be rolled back with the request; in reality another process has done it.
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", False)

    def act(error, *, world_gone):
        def dispatch(_view, _request, *_args, **_kwargs):
            if world_gone:
                Person.objects.filter(pk=person.pk).delete()
            raise error

        monkeypatch.setattr(View, "dispatch", dispatch)

    return act


@pytest.mark.parametrize("error", [DatabaseError("gone"), ObjectDoesNotExist("gone")])
def test_is_told_so(client, fails, monkeypatch, error):
    fails(error, world_gone=True)
    response = client.post(URL)
    monkeypatch.undo()

    assertRedirects(response, IDENTIFICATION, fetch_redirect_response=False)
    page = client.get(IDENTIFICATION)
    assertContains(page, "Ce monde vient de recommencer")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("error", "world_gone"), [(DatabaseError("other"), False), (RuntimeError("other"), True)]
)
def test_hides_no_other_error(client, fails, error, world_gone):
    fails(error, world_gone=world_gone)

    assert client.post(URL).status_code == 500
