import pytest

from prosante_login import applications
from prosante_login.applications import Application, application_for, register


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch):
    monkeypatch.setattr(applications, "_registered", {})


def test_functions_open_the_application_that_asks_for_them():
    guards = Application("Gardes", "bhod:home", lambda functions: "GUARDPOST" in functions)
    register(guards)

    assert application_for(frozenset({"OA_ADMIN", "GUARDPOST"})) == guards
    assert application_for(frozenset({"OA_ADMIN"})) is None
    assert application_for(frozenset()) is None


def test_the_same_first_page_is_registered_once():
    register(Application("Gardes", "bhod:home", lambda functions: True))
    again = Application("BHOD", "bhod:home", lambda functions: True)
    register(again)

    assert application_for(frozenset()) == again
