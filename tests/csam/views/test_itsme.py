from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam import security
from csam.enums import DigitalKey, ItsmeIcon, ItsmeState, SecurityLevel
from csam.models import ItsmeRequest
from csam.services import itsme
from tests.csam.factories import AT, ItsmeAccountFactory, ItsmeRequestFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import errors, text_of

LOGIN = reverse("csam:itsme_login")
WAIT = reverse("csam:itsme_wait")
WHOAMI = reverse("csam:whoami")
SOON = AT + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _clock():
    WorldFactory()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def claire():
    person = PersonFactory(first_name="Claire", last_name="Lambert")
    ItsmeAccountFactory(person=person, phone="32470000001")
    return person


def ask(client, phone="0470 00 00 01", *, to=WHOAMI):
    return client.post(f"{LOGIN}?next={to}", {"phone": phone})


def last_request():
    return ItsmeRequest.objects.order_by("-pk")[0]


def accept(request, *, at=AT):
    itsme.approve(request=request, icon=request.icon, by=request.person, at=at)


def go_on(client, *, to=WHOAMI):
    return client.post(f"{WAIT}?next={to}")


class TestAsking:
    @pytest.mark.parametrize("phone", ["0470 00 00 01", "+32 470 00 00 01", "0032/470.00.00.01"])
    def test_reaches_the_phone_however_its_number_is_written(self, client, claire, phone):
        response = ask(client, phone)

        assertRedirects(response, f"{WAIT}?next=%2Fcsam%2Fqui-suis-je%2F")
        assert last_request().person == claire

    def test_answers_the_same_for_a_number_of_nobody(self, client, claire):
        pages = []
        for phone in ["0470000001", "0470000099"]:
            browser = type(client)()
            response = ask(browser, phone)
            page = text_of(browser.get(response.url))
            pages.append(page.replace(str(ItsmeIcon(last_request().icon).label), "icône"))

        assert pages[0] == pages[1]
        assert "Claire" not in pages[0]

    @pytest.mark.parametrize("phone", ["", "12", "quatre", "٠٤٧٠٠٠٠٠٠١"])
    def test_refuses_what_is_no_number(self, client, phone):
        assert set(errors(ask(client, phone))) == {"phone"}
        assert not ItsmeRequest.objects.exists()

    def test_a_new_request_replaces_the_one_before(self, client, claire):
        ask(client)
        before = last_request()
        ask(client)
        before.refresh_from_db()

        assert before.state == ItsmeState.REFUSED
        assert last_request().state == ItsmeState.PENDING

    def test_an_address_bears_a_class_of_thirty(self, client, claire):
        answers = [ask(type(client)()).status_code for _ in range(60)]

        assert answers == [302] * 60

    @pytest.mark.parametrize("phone", ["0470000001", "0470000099"])
    def test_limits_the_requests_to_one_number(self, client, claire, settings, phone):
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"itsme_phone": "2/5m/key"}
        for _ in range(2):
            ask(client, phone)

        response = ask(client, phone)

        assert errors(response) == {"phone": ["too_many_requests"]}
        assertContains(response, "cinq minutes")
        assert ask(client, "0470000098").status_code == 302
        with time_machine.travel(AT + timedelta(seconds=301), tick=False):
            assert ask(client, phone).status_code == 302

    def test_limits_the_requests_of_one_address(self, client, settings):
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"itsme": "1/m/ip"}
        ask(client)

        response = ask(client)

        assert response.status_code == 429
        assertContains(response, "Attendez une minute", status_code=429)


class TestWaiting:
    def test_shows_the_icon_and_looks_again_by_itself(self, client, claire):
        ask(client)
        response = client.get(f"{WAIT}?next={WHOAMI}")

        assertContains(response, f'aria-label="{ItsmeIcon(last_request().icon).label}"')
        assert "3 min 0 s" in text_of(response)
        assert response["Refresh"] == "5"

    def test_stands_still_for_who_wants_to_read(self, client, claire):
        ask(client)
        response = client.get(f"{WAIT}?next=%2Fcsam%2Fqui-suis-je%2F&pause=1")

        assert "Refresh" not in response
        assertContains(response, f'href="{WAIT}?next=%2Fcsam%2Fqui-suis-je%2F"')

    @pytest.mark.parametrize("icon", ItsmeIcon)
    def test_each_icon_has_its_picture(self, client, claire, icon):
        ask(client)
        ItsmeRequest.objects.update(icon=icon)

        assertContains(client.get(WAIT), f'aria-label="{icon.label}"')

    def test_looking_changes_nothing(self, client, claire):
        ask(client)
        accept(last_request())

        response = client.get(f"{WAIT}?next={WHOAMI}")

        assertContains(response, "Vous avez accepté la demande")
        assert "Refresh" not in response
        assert last_request().state == ItsmeState.APPROVED
        assert "_auth_user_id" not in client.session

    def test_stays_while_the_phone_is_silent(self, client, claire):
        ask(client)

        response = client.post(f"{WAIT}?next={WHOAMI}", follow=True)

        assert response.redirect_chain == [(f"{WAIT}?next=%2Fcsam%2Fqui-suis-je%2F", 302)]
        assertContains(response, "n&#x27;a pas encore répondu")

    def test_says_that_it_was_refused(self, client, claire):
        ask(client)
        itsme.refuse(request=last_request(), by=claire, at=AT)

        response = client.post(f"{WAIT}?next={WHOAMI}", follow=True)

        assertContains(response, "La demande a été refusée")
        assertContains(response, f"{LOGIN}?next=%2Fcsam%2Fqui-suis-je%2F")
        assert "Refresh" not in response
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("accepted", [True, False])
    def test_lapses_after_three_minutes(self, client, claire, accepted):
        ask(client)
        if accepted:
            accept(last_request())
        with time_machine.travel(AT + timedelta(minutes=3), tick=False):
            response = client.post(f"{WAIT}?next={WHOAMI}", follow=True)

        assertContains(response, "La demande a expiré")
        assert "_auth_user_id" not in client.session

    def test_a_request_that_was_used_says_so(self, client, claire):
        ask(client)
        ItsmeRequest.objects.update(state=ItsmeState.USED, answered_at=AT)

        assertContains(client.post(WAIT, follow=True), "Cette demande a déjà servi")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_without_a_request_one_asks_first(self, client, method):
        response = getattr(client, method)(f"{WAIT}?next={WHOAMI}")

        assertRedirects(response, f"{LOGIN}?next=%2Fcsam%2Fqui-suis-je%2F")

    def test_costs_little_however_often_one_looks(self, client, claire, max_reads):
        ask(client)

        # The session, the world, the request.
        with max_reads(3):
            client.get(WAIT)


class TestGoingOn:
    def test_logs_in_and_leads_where_one_was_going(self, client, claire):
        ask(client)
        accept(last_request())

        assertRedirects(go_on(client), WHOAMI)

        request = client.get(WHOAMI).wsgi_request
        assert request.user == claire
        assert security.used_keys(request) == {DigitalKey.ITSME}
        assert security.session_level(request) == SecurityLevel.LEVEL_450
        assert last_request().state == ItsmeState.USED

    @pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
    def test_never_leads_elsewhere(self, client, claire, elsewhere):
        ask(client, to=elsewhere)
        accept(last_request())

        response = go_on(client, to=elsewhere)

        assertRedirects(response, reverse("training:portal_home"), fetch_redirect_response=False)

    def test_gives_the_session_a_new_id(self, client, claire):
        ask(client)
        before = client.session.session_key
        accept(last_request())

        go_on(client)

        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_a_second_click_leads_on_too(self, client, claire):
        ask(client)
        accept(last_request())
        go_on(client)

        assertRedirects(go_on(client), WHOAMI)

    def test_the_browser_that_did_not_ask_stays_outside(self, client, claire):
        ask(client)
        accept(last_request())
        other = Client()
        ask(other, "0470000099")

        other.post(WAIT)

        assert "_auth_user_id" not in other.session
        assert ItsmeRequest.objects.get(person=claire).state == ItsmeState.APPROVED

    def test_a_request_of_another_world_counts_for_none(self, client):
        stranger = ItsmeRequestFactory(person__stranger=True, approved=True)
        session = client.session
        session["csam_itsme_token"] = str(stranger.token)
        session.save()

        assertRedirects(go_on(client), f"{LOGIN}?next=%2Fcsam%2Fqui-suis-je%2F")
        assert "_auth_user_id" not in client.session

    def test_lifts_the_level_of_ones_own_session(self, client, claire):
        log_in(client, claire, DigitalKey.PASSWORD)
        ask(client)
        accept(last_request())

        go_on(client)

        request = client.get(WHOAMI).wsgi_request
        assert security.used_keys(request) == {DigitalKey.PASSWORD, DigitalKey.ITSME}

    def test_explains_to_someone_blocked(self, client, claire):
        claire.is_active = False
        claire.save(update_fields=["is_active"])
        ask(client)
        accept(last_request())

        response = go_on(client)

        assertRedirects(response, reverse("account_inactive"))
        assert "_auth_user_id" not in client.session


def test_never_shows_whose_number_it_is(client, claire):
    ask(client)
    for act in [lambda: None, lambda: accept(last_request())]:
        act()
        assertNotContains(client.get(WAIT), "Claire")
