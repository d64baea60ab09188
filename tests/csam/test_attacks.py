"""What a hostile visitor tries, across the pages of CSAM; what concerns one page only stands with its tests."""

import sys
import time

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from bhod_portal.core import drafts
from csam.enums import DigitalKey
from csam.models import Person
from csam.security import service_at
from tests.csam.factories import PASSWORD, LegalFunctionFactory, PersonFactory
from tests.csam.login import log_in

CLASS = 8


class TestAPrefixThatTheRequestMakesUp:
    """A web server may take SCRIPT_NAME from a header; the path of the address begins with it then."""

    @pytest.mark.parametrize(
        "door", ["/csam/compte/cles/", "/csam/gestionnaires/", "/csam/enregistrement/", "/bhod/"]
    )
    def test_does_not_lead_around_the_level(self, client, door):
        log_in(client, PersonFactory(username="claire"), DigitalKey.PASSWORD)

        answer = client.get(door, SCRIPT_NAME="/x")

        assert reverse("csam:level_too_weak") in answer["Location"]
        page = client.get(answer["Location"].removeprefix("/x"), SCRIPT_NAME="/x")
        assert page.context["service"] == service_at(door)

    @pytest.mark.parametrize("method", ["get", "post", "head", "put", "options"])
    def test_does_not_lead_around_a_recent_login(self, client, method):
        log_in(client, PersonFactory())

        with time_machine.travel(time.time() + 16 * 60):
            answer = getattr(client, method)(reverse("mfa_generate_recovery_codes"), SCRIPT_NAME="/x")

        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("csam:identification"))


def test_a_class_that_logs_in_as_one_persona_at_once_is_no_attack(client, monkeypatch):
    person = PersonFactory(username="claire", with_codes=True)
    right = {"username": "claire", "password": PASSWORD}
    check, meanwhile = Person.check_password, []

    def check_while_another_comes(self, password):
        if meanwhile.count("") < CLASS:
            meanwhile.append("")
            browser = Client()
            browser.post(reverse("csam:password_login"), right)
            meanwhile.append(browser.session.get(SESSION_KEY))
        return check(self, password)

    monkeypatch.setattr(Person, "check_password", check_while_another_comes)
    depth = sys.getrecursionlimit()
    # Each comes inside of the one before.
    sys.setrecursionlimit(10 * depth)
    try:
        client.post(reverse("csam:password_login"), right)
    finally:
        sys.setrecursionlimit(depth)

    assert client.session[SESSION_KEY] == str(person.pk)
    assert [who for who in meanwhile if who != ""] == [str(person.pk)] * CLASS


def test_what_is_kept_of_a_form_before_a_new_login_is_bounded_text(client):
    function = LegalFunctionFactory()
    person, number = function.person, function.enterprise.bce_number
    log_in(client, person)

    with time_machine.travel(time.time() + 16 * 60):
        answer = client.post(
            reverse("csam:gap_designate", args=[number]), {"niss": "85\x0007", "own_email": "x" * 2_000_000}
        )

    assert answer["Location"].startswith(reverse("csam:identification"))
    draft = drafts.read(person=person, flow="gap", subject=number)
    assert draft["niss"] == "8507"
    assert len(draft["own_email"]) < 1000


def test_a_flood_of_entries_makes_nobody_forget_wrong_passwords(client):
    """Without Redis, the cache is a table with a limit, at which it throws a third of its entries away."""
    PersonFactory(username="claire", with_codes=True)
    guess = {"username": "claire", "password": "faux"}
    for _ in range(5):
        client.post(reverse("csam:password_login"), guess)

    for number in range(310):
        cache.set(f"zzz-{number}", "", 300)

    form = client.post(reverse("csam:password_login"), guess).context["form"]
    assert form.has_error("__all__", "too_many_login_attempts")
