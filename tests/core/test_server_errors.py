"""The page of what goes wrong on our side."""

import pytest
from django.db import InterfaceError, OperationalError

from bhod_portal.core.views import errors
from tests.csam.factories import WorldFactory


@pytest.fixture
def answer(client, monkeypatch):
    """The answer to a request for a page that meets the error."""

    def meet(error):
        def fail(_view, **_kwargs):
            raise error

        monkeypatch.setattr("training.views.portal.PortalHomeView.get_context_data", fail)
        WorldFactory()
        client.raise_request_exception = False
        return client.get("/")

    return meet


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("gone")])
def test_says_that_the_database_is_out_of_reach(answer, error):
    page = answer(error)

    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "base de données" in page.content.decode()


def test_says_that_we_are_at_fault(answer):
    page = answer(ValueError("gone"))

    assert page.status_code == 500
    assert "Le service a rencontré un problème" in page.content.decode()
    assert "gone" not in page.content.decode()


def test_a_request_that_makes_no_sense_needs_no_database(client, max_reads):
    with max_reads(0):
        page = client.get("/", headers={"host": "ailleurs.example"})

    assert page.status_code == 400
    assert "Demande incomprise" in page.content.decode()


def test_what_goes_wrong_asks_the_database_nothing_more(rf, max_reads):
    with max_reads(0):
        page = errors.server_error(rf.get("/"))

    assert page.status_code == 500
