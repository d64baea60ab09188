"""The phone of a persona: itsme, the authenticator application, SMS."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.enums import ItsmeIcon, ItsmeState
from csam.models import ItsmeRequest
from tests.csam.factories import (
    AT,
    ItsmeAccountFactory,
    ItsmeRequestFactory,
    PersonFactory,
    WorldFactory,
)
from tests.pages import errors
from tests.training.factories import SECRET, MessageFactory, enrol_app

# Eleven seconds into one of the thirty that a code lasts.
REAL = datetime(2026, 3, 10, 9, 0, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


@pytest.fixture
def person():
    return ItsmeAccountFactory(person__phone="+32 470 00 00 05").person


def phone(person):
    return reverse("training:phone", args=[person.public_id])


def answer(client, asked, icon, **kwargs):
    address = reverse(
        "training:itsme_answer", args=[(kwargs.get("person") or asked.person).public_id, asked.pk]
    )
    return client.post(address, {"icon": icon}, follow=True)


class TestItsme:
    @pytest.fixture
    def asked(self, person):
        return ItsmeRequestFactory(person=person, icon=ItsmeIcon.BOAT)

    def test_shows_the_last_ones_of_a_flood(self, client, person):
        ItsmeRequestFactory.create_batch(40, person=person, refused=True)
        last = ItsmeRequestFactory(person=person, requested_at=AT + timedelta(seconds=1))

        requests = client.get(phone(person)).context["requests"]

        assert len(requests) == 20
        assert requests[0].request == last

    def test_offers_three_icons_and_the_right_one_accepts(self, client, asked):
        page = client.get(phone(asked.person))
        assertContains(page, 'class="itsme-choice"', count=3)
        assertContains(page, 'value="boat"')

        response = answer(client, asked, "boat")

        assertRedirects(response, phone(asked.person))
        assertContains(response, "Demande acceptée")
        asked.refresh_from_db()
        assert asked.state == ItsmeState.APPROVED

    def test_the_button_refuses(self, client, asked):
        assertContains(answer(client, asked, ""), "Demande refusée")

        asked.refresh_from_db()
        assert asked.state == ItsmeState.REFUSED

    def test_another_icon_refuses_for_good(self, client, asked):
        assertContains(answer(client, asked, "star"), "la demande est refusée")

        asked.refresh_from_db()
        assert asked.state == ItsmeState.REFUSED

    def test_what_is_no_icon_changes_nothing(self, client, asked):
        assertContains(answer(client, asked, "éléphant"), "Touchez une des trois icônes")

        asked.refresh_from_db()
        assert asked.state == ItsmeState.PENDING

    def test_a_second_touch_says_that_it_was_answered(self, client, asked):
        answer(client, asked, "boat")

        assertContains(answer(client, asked, ""), "attend plus de réponse")
        asked.refresh_from_db()
        assert asked.state == ItsmeState.APPROVED

    def test_a_lapsed_one_is_history(self, client, person):
        asked = ItsmeRequestFactory(person=person, requested_at=AT - timedelta(minutes=3))
        ItsmeRequestFactory(person=person, refused=True)

        page = client.get(phone(person))

        assertNotContains(page, "itsme-choice")
        assertContains(page, "demande expirée", count=1)
        assertContains(page, "demande refusée", count=1)
        assertContains(answer(client, asked, "boat"), "Cette demande a expiré")

    def test_another_phone_does_not_have_it(self, client, asked):
        other = PersonFactory()

        assert answer(client, asked, "boat", person=other).status_code == 404
        assert ItsmeRequest.objects.get().state == ItsmeState.PENDING

    @pytest.mark.parametrize(
        ("traits", "said"),
        [
            ({}, "Aucune demande depuis hier."),
            ({"switched_off": True}, "éteint pour itsme"),
            ({"blocked": True}, "Ce compte itsme est bloqué"),
        ],
    )
    def test_says_what_state_it_is_in(self, client, traits, said):
        assertContains(client.get(phone(ItsmeAccountFactory(**traits).person)), said)

    def test_says_that_it_is_not_installed(self, client):
        assertContains(client.get(phone(PersonFactory())), "pas installé")


class TestApplication:
    def test_shows_the_code_that_is_asked_for(self, client, person):
        enrol_app(person)

        with time_machine.travel(REAL, tick=False):
            response = client.get(phone(person))
            code = response.context["app_code"]

            assert validate_totp_code(SECRET, code.code)
        assertContains(response, f"<strong>{code.code[:3]} {code.code[3:]}</strong>", html=True)
        assertContains(response, "encore 19 secondes")

    @pytest.mark.parametrize(("second", "after"), [(11, "10"), (26, "4")])
    def test_looks_again_when_the_code_changes_at_the_latest(self, client, person, second, after):
        enrol_app(person)

        with time_machine.travel(REAL.replace(second=second), tick=False):
            assert client.get(phone(person))["Refresh"] == after

    def test_looks_again_only_as_long_as_one_wants(self, client, person):
        assert client.get(phone(person))["Refresh"] == "10"
        assert "Refresh" not in client.get(phone(person), {"pause": "1"})

    def test_waits_while_a_key_is_typed(self, client, person):
        assertNotContains(client.get(phone(person)), 'name="secret"')

        response = client.get(phone(person), {"ajouter": "1"})

        assertContains(response, 'name="secret"')
        assert "Refresh" not in response

    def test_shows_the_code_of_a_key_to_be_enrolled(self, client, person):
        typed = f"{SECRET[:4].lower()} {SECRET[4:]}"

        with time_machine.travel(REAL, tick=False):
            response = client.post(phone(person), {"secret": typed})

            assert validate_totp_code(SECRET, response.context["typed_code"].code)
        assert "Refresh" not in response

    @pytest.mark.parametrize("secret", ["", "0189", "é" * 16, "ABC"])
    def test_says_that_a_key_is_none(self, client, person, secret):
        response = client.post(phone(person), {"secret": secret})

        assert errors(response) == {"secret": ["required" if not secret else "malformed"]}


class TestSms:
    def test_shows_those_to_the_person_and_to_his_number_however_written(self, client, person):
        MessageFactory(person=person, sms=True, body="Premier")
        for number in ("32470000005", "+32470000005", "+32 470 00 00 05"):
            MessageFactory(addressed=True, sms=True, recipient=number, body=f"Au {number}")
        MessageFactory(addressed=True, sms=True, recipient="32470000006", body="Autre")
        MessageFactory(person=person, body="Un e-mail")

        response = client.get(phone(person))

        assertContains(response, 'class="sms-text"', count=4)
        assertNotContains(response, "Autre")
        assertNotContains(response, "Un e-mail")

    def test_makes_the_links_into_the_portal_work(self, client, person):
        MessageFactory(person=person, sms=True, body="http://testserver/csam/ <b>")

        assertContains(client.get(phone(person)), '<a href="/csam/">http://testserver/csam/</a> &lt;b&gt;')

    def test_who_has_no_number_gets_none(self, client):
        MessageFactory(addressed=True, sms=True, recipient="")

        assertContains(client.get(phone(PersonFactory(phone=""))), "Aucun SMS.")


class TestWhose:
    def test_is_not_found_in_another_world(self, client):
        stranger = PersonFactory(stranger=True)
        asked = ItsmeRequestFactory(person=stranger)

        assert client.get(phone(stranger)).status_code == 404
        assert answer(client, asked, "boat").status_code == 404

    def test_where_a_trainer_runs_the_world_everyone_holds_his_own(self, client):
        stranger = PersonFactory(stranger=True)
        asked = ItsmeRequestFactory(person__world=stranger.world)
        client.force_login(stranger)

        assert client.get(phone(stranger)).status_code == 200
        assertContains(client.get(phone(asked.person)), "chacun n", status_code=403)
        assert answer(client, asked, "boat").status_code == 403

    def test_is_kept_by_no_browser(self, client, person):
        assert "no-store" in client.get(phone(person))["Cache-Control"]


def test_asks_the_database_as_often_for_many_messages_as_for_one(client, person, max_reads):
    enrol_app(person)
    MessageFactory.create_batch(5, person=person, sms=True)
    ItsmeRequestFactory.create_batch(5, person=person)

    with max_reads(6):
        client.get(phone(person))
