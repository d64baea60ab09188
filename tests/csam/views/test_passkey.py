"""Passkeys with a device made of software: one's own list of them, and the way in."""

import json
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from bhod_portal.core.models import AuditEntry, Message
from csam import security
from csam.enums import DigitalKey, SecurityLevel
from csam.selectors import second_factors
from tests.csam.factories import PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.csam.soft_passkey import SoftPasskey

LIST, ADD = reverse("mfa_list_webauthn"), reverse("mfa_add_webauthn")
KEYS, WHOAMI = reverse("csam:key_list"), reverse("csam:whoami")
PAGE, CHECK = reverse("csam:passkey_login"), reverse("mfa_login_webauthn")
SCRIPT = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


@pytest.fixture
def claire(client):
    return PersonFactory(first_name="Claire", with_card=True, with_codes=True)


@pytest.fixture
def device(client, claire):
    """Claire's device: she has made a passkey on it and left."""
    log_in(client, claire)
    device = SoftPasskey()
    assertRedirects(add(client, device), KEYS)
    client.logout()
    return device


def add(client, device, name="Ordinateur"):
    options = client.get(ADD).context["js_data"]["creation_options"]
    return client.post(ADD, {"name": name, "credential": json.dumps(device.create(options))})


def challenge(client):
    return client.get(CHECK, headers=SCRIPT).json()["request_options"]


def come_with(client, device, *, to="", **changes):
    answer = device.sign(challenge(client), **changes)
    return client.post(CHECK, {"credential": json.dumps(answer), "next": to})


def own(person):
    return second_factors(person).filter(type=Authenticator.Type.WEBAUTHN)


def assert_refused(client, answer, *, to="", text="pas reconnue"):
    assertRedirects(
        answer, PAGE + (f"?{urlencode({'next': to})}" if to else ""), fetch_redirect_response=False
    )
    assertContains(client.get(answer["Location"]), text)


class TestTheOwnList:
    @pytest.fixture(autouse=True)
    def _logged_in(self, client, claire):
        log_in(client, claire)

    def test_is_empty_at_first(self, client):
        assertContains(client.get(LIST), "Vous n'avez pas encore de clé d'accès.")

    def test_shows_a_key_that_was_made(self, client, claire):
        options = client.get(ADD).context["js_data"]["creation_options"]["publicKey"]
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["user"]["name"] == str(claire)

        add(client, SoftPasskey(), "Téléphone de Claire")

        assertContains(client.get(LIST), "Téléphone de Claire")
        assert list(second_factors(claire)) == list(own(claire))  # no paper token that nobody asked for
        assert "clé d'accès « Téléphone de Claire » ajoutée" in Message.objects.get(person=claire).body

    def test_says_in_words_what_a_script_meets(self, client):
        page = client.get(ADD)

        assertContains(page, "La clé d'accès est la seule clé numérique qui demande JavaScript")
        assert set(page.context["texts"]) == {
            "NotAllowedError", "SecurityError", "InvalidStateError", "unsupported", "other",
        }  # fmt: skip

    def test_takes_no_key_whose_device_asks_for_nothing(self, client, claire):
        page = add(client, SoftPasskey(verifies=False))

        assert [error.code for error in page.context["form"].errors.as_data()["__all__"]] == [
            "incorrect_code"
        ]
        assert not own(claire).exists()

    @pytest.mark.parametrize(
        "credential", ["null", "[]", "{}", '"x"', "{", '{"id": 1, "rawId": 1}', '{"rawId": "AA"}']
    )
    def test_takes_no_nonsense(self, client, claire, credential):
        client.get(ADD)
        page = client.post(ADD, {"name": "x", "credential": credential})
        assert page.context["form"].errors
        assert not own(claire).exists()

    def test_takes_no_answer_to_no_question(self, client, claire):
        device = SoftPasskey()
        options = client.get(ADD).context["js_data"]["creation_options"]
        answer = {"name": "x", "credential": json.dumps(device.create(options))}
        client.post(ADD, answer)

        assert client.post(ADD, answer).status_code == 200
        assert own(claire).count() == 1

    def test_gets_a_name_when_it_is_given_none(self, client, claire):
        assert client.get(ADD).context["form"]["name"].value() == "Clé d'accès 1"
        add(client, SoftPasskey(), "")
        assert str(own(claire).get()) == "Clé d'accès 1"

    @pytest.mark.parametrize("name", ["", "x" * 61])
    def test_is_renamed_to_something_that_can_be_read(self, client, claire, name):
        add(client, SoftPasskey())
        url = reverse("mfa_edit_webauthn", kwargs={"passkey_pk": own(claire).get().pk})
        assert "name" in client.post(url, {"name": name}).context["form"].errors
        assert str(own(claire).get()) == "Ordinateur"

    def test_renames(self, client, claire):
        add(client, SoftPasskey())
        url = reverse("mfa_edit_webauthn", kwargs={"passkey_pk": own(claire).get().pk})

        assertContains(client.get(url), "Renommer « Ordinateur »")
        assertRedirects(client.post(url, {"name": "Clé USB"}), LIST)

        assert str(own(claire).get()) == "Clé USB"
        assert AuditEntry.objects.filter(act="csam.key.renamed", done_by=claire).exists()

    def test_removes(self, client, claire):
        add(client, SoftPasskey())
        url = reverse("mfa_remove_webauthn", kwargs={"passkey_pk": own(claire).get().pk})

        assertContains(client.get(url), "Retirer « Ordinateur »")
        assertRedirects(client.post(url), KEYS)

        assert not own(claire).exists()
        assert "« Ordinateur » retirée" in Message.objects.filter(person=claire).latest("pk").body

    @pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
    def test_knows_no_key_of_somebody_else(self, client, claire, name):
        add(client, SoftPasskey())
        url = reverse(name, kwargs={"passkey_pk": own(claire).get().pk})
        log_in(client, PersonFactory())

        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "à moi"}).status_code == 404
        assert str(own(claire).get()) == "Ordinateur"


class TestTheWayIn:
    def test_says_what_happens_and_offers_the_other_keys(self, client):
        page = client.get(f"{PAGE}?next={WHOAMI}")

        assertContains(page, "La clé d'accès est la seule clé numérique qui demande JavaScript")
        assertContains(page, f"{reverse('csam:identification')}?next=")
        assertContains(page, f'<input type="hidden" name="next" value="{WHOAMI}">')

    def test_leads_where_one_was_going(self, client, claire, device):
        assertRedirects(come_with(client, device, to=WHOAMI), WHOAMI)

        request = client.get(WHOAMI).wsgi_request
        assert request.user == claire
        assert security.used_keys(request) == {DigitalKey.PASSKEY}
        assert security.session_level(request) == SecurityLevel.LEVEL_400

    @pytest.mark.parametrize("to", ["", "https://example.org/", "nulle-part"])
    def test_never_leads_elsewhere(self, client, device, to):
        assertRedirects(
            come_with(client, device, to=to), reverse("training:portal_home"), fetch_redirect_response=False
        )

    def test_gives_the_session_a_new_id(self, client, claire, device):
        log_in(client, claire, DigitalKey.PASSWORD)
        before = client.session.session_key
        come_with(client, device, to=WHOAMI)
        assert client.session.session_key != before

    def test_steps_up_who_is_there_already(self, client, claire, device):
        log_in(client, claire, DigitalKey.PASSWORD)

        come_with(client, device, to=WHOAMI)

        request = client.get(WHOAMI).wsgi_request
        assert security.used_keys(request) == {DigitalKey.PASSWORD, DigitalKey.PASSKEY}

    def test_asks_for_no_code_that_was_chosen_before(self, client, claire, device):
        session = client.session
        session[security.CHOSEN_KEY] = DigitalKey.EMAIL.value
        session.save()

        assertRedirects(come_with(client, device, to=WHOAMI), WHOAMI)
        assert security.CHOSEN_KEY not in client.session

    def test_changes_to_another_person(self, client, claire, device):
        log_in(client, PersonFactory(), DigitalKey.EID)

        come_with(client, device, to=WHOAMI)

        request = client.get(WHOAMI).wsgi_request
        assert request.user == claire
        assert security.used_keys(request) == {DigitalKey.PASSKEY}

    def test_knows_no_key_that_was_removed(self, client, claire, device):
        own(claire).delete()
        assert_refused(client, come_with(client, device, to=WHOAMI), to=WHOAMI)

    def test_knows_no_key_of_a_person_who_has_gone(self, client, device):
        assert_refused(client, come_with(client, device, user_handle="MHo"))

    def test_knows_no_other_device(self, client, device):
        stranger = SoftPasskey()
        assert_refused(client, come_with(client, stranger, user_handle=device._user_handle))

    def test_takes_an_answer_once(self, client, device):
        answer = {"credential": json.dumps(device.sign(challenge(client)))}
        client.post(CHECK, answer)
        client.logout()
        assert_refused(client, client.post(CHECK, answer))

    def test_takes_no_answer_for_another_session(self, client, device):
        answer = {"credential": json.dumps(device.sign(challenge(client)))}
        client.logout()
        challenge(client)
        assert_refused(client, client.post(CHECK, answer))

    @pytest.mark.parametrize(
        "credential", ["null", "[]", "{}", '"x"', "{", '{"id": "a", "rawId": "b"}', '{"id": "AA"}']
    )
    def test_takes_no_nonsense(self, client, credential):
        challenge(client)
        text = "demande JavaScript" if credential in {"null", "[]", "{}"} else "pas reconnue"
        assert_refused(client, client.post(CHECK, {"credential": credential}), text=text)

    def test_tells_who_has_no_script(self, client):
        assert_refused(client, client.post(CHECK), text="demande JavaScript dans votre navigateur")

    def test_refuses_a_person_of_another_world(self, client, claire, device):
        claire.world = WorldFactory(code="ailleurs")
        claire.save(update_fields=["world"])

        assert come_with(client, device).status_code == 403
        assert client.get(WHOAMI).status_code == 302

    def test_leads_who_is_blocked_to_the_page_that_says_so(self, client, claire, device):
        claire.is_active = False
        claire.save(update_fields=["is_active"])
        assertRedirects(come_with(client, device), reverse("account_inactive"))

    def test_leads_back_who_opens_the_scripts_address(self, client):
        assertRedirects(client.get(CHECK), PAGE)

    def test_bears_thirty_persons_behind_one_address(self, client):
        assert {client.post(CHECK).status_code for _ in range(60)} == {302}

    def test_has_a_limit_all_the_same(self, client, settings):
        settings.MFA_RATE_LIMITS = {"webauthn_login": "1/m/ip"}
        assert [client.post(CHECK).status_code for _ in range(2)] == [302, 429]
