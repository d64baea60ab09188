"""The page of what goes wrong on our side."""

import pytest
from django.db import InterfaceError, OperationalError

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
