"""« Mes clés numériques »: what is shown, application, paper token; the level that all of it asks for."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import AuditEntry, Message
from csam.enums import DigitalKey, ItsmePhoneState
from csam.models import ItsmeAccount
from csam.selectors import second_factors
from csam.services.second_factors import enrol_app, issue_token, remove_key
from tests.csam.factories import AT, EidCardFactory, PersonFactory
from tests.csam.login import log_in

TOTP, TOKEN, WEBAUTHN = (
    Authenticator.Type.TOTP,
    Authenticator.Type.RECOVERY_CODES,
    Authenticator.Type.WEBAUTHN,
)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIST = reverse("csam:key_list")
APP_ADD, APP_REMOVE = reverse("mfa_activate_totp"), reverse("mfa_deactivate_totp")
TOKEN_VIEW, TOKEN_ISSUE = reverse("mfa_view_recovery_codes"), reverse("mfa_generate_recovery_codes")
TOKEN_DOWNLOAD = reverse("mfa_download_recovery_codes")
PASSKEYS, PASSKEY_ADD = reverse("mfa_list_webauthn"), reverse("mfa_add_webauthn")
PASSKEY_EDIT = reverse("mfa_edit_webauthn", kwargs={"passkey_pk": 1})
PASSKEY_REMOVE = reverse("mfa_remove_webauthn", kwargs={"passkey_pk": 1})
PAGES = [
    LIST, APP_ADD, APP_REMOVE, TOKEN_VIEW, TOKEN_ISSUE, TOKEN_DOWNLOAD, PASSKEYS, PASSKEY_ADD, PASSKEY_EDIT, PASSKEY_REMOVE,
]  # fmt: skip


@pytest.fixture
def claire(client):
    person = PersonFactory(with_card=True, with_codes=True, phone="+32 470 00 00 01")
    log_in(client, person)
    return person


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def types_of(person):
    return [key.type for key in second_factors(person)]


def with_app(person):
    return enrol_app(secret=SECRET, code="", by=person, at=AT)


def with_token(person):
    return issue_token(replaces=None, by=person, at=AT)


def passkey_row(person, name="Téléphone"):
    return Authenticator.objects.create(user=person, type=WEBAUTHN, data={"name": name, "credential": {}})


def latest_mail(person):
    return Message.objects.filter(person=person).latest("pk")


class TestTheList:
    def test_stands_under_who_one_is(self, client, claire):
        assertContains(client.get(reverse("csam:whoami")), f'href="{LIST}"')

    def test_shows_what_there_is_and_what_can_be_added(self, client, claire):
        page = client.get(LIST)

        assert [key.state for key in page.context["keys"]] == [
            "en ordre", "aucun compte", "actif", "non liée", "aucun", "aucune",
        ]  # fmt: skip
        assertContains(page, claire.username)
        for address in (APP_ADD, TOKEN_ISSUE, PASSKEY_ADD):
            assertContains(page, f'href="{address}"')

    def test_shows_the_keys_that_were_added(self, client, claire):
        with_app(claire), with_token(claire), passkey_row(claire)
        ItsmeAccount.objects.create(person=claire, phone="32470000001")

        page = client.get(LIST)

        states = [key.state for key in page.context["keys"]]
        assert states == ["en ordre", "prêt", "actif", "liée", "actif", "1 clé"]
        assertContains(page, "24 sur 24")
        assertContains(page, "Téléphone")
        assertContains(page, "10/03/2026")

    @pytest.mark.parametrize(
        ("card", "state"),
        [
            ({"wrong_pins": 3}, "bloquée"),
            ({"expired": True}, "expirée"),
            ({"reader_connected": False}, "lecteur absent"),
        ],
    )
    def test_says_what_is_wrong_with_the_card(self, client, card, state):
        person = EidCardFactory(**card).person
        log_in(client, person, DigitalKey.ITSME)

        key = client.get(LIST).context["keys"][0]

        assert (key.state, bool(key.text)) == (state, True)

    def test_shows_someone_who_has_next_to_nothing(self, client):
        person = PersonFactory()
        ItsmeAccount.objects.create(person=person, phone="32470000001", state=ItsmePhoneState.BLOCKED)
        log_in(client, person, DigitalKey.ITSME)

        tones = [key.tone for key in client.get(LIST).context["keys"]]

        assert tones == ["neutral", "danger", "neutral", "neutral", "neutral", "neutral"]

    def test_tells_what_an_application_asks_for_besides(self, client):
        person = PersonFactory(with_card=True)
        with_app(person), with_token(person)
        log_in(client, person)

        texts = [key.text for key in client.get(LIST).context["keys"]][3:5]

        assert all("mot de passe, que vous n'avez pas encore" in text for text in texts)

    def test_tells_of_a_temporary_password_and_an_empty_token(self, client, claire):
        claire.temporary_password_until = AT + timedelta(days=30)
        claire.save(update_fields=["temporary_password_until"])
        token = with_token(claire)
        token.data["used_mask"] = 2**24 - 1
        token.save(update_fields=["data"])

        page = client.get(LIST)

        assertContains(page, "09/04/2026")
        assert page.context["keys"][4].state == "épuisé"

    def test_reads_little(self, client, claire, max_reads):
        for name in ("un", "deux", "trois"):
            passkey_row(claire, name)
        with max_reads(8):
            client.get(LIST)


class TestTheLevel:
    @pytest.mark.parametrize("key", [DigitalKey.PASSWORD, DigitalKey.PASSKEY])
    @pytest.mark.parametrize("page", PAGES)
    def test_a_weaker_key_does_not_make_its_own_way_up(self, client, claire, page, key):
        log_in(client, claire, key)
        for answer in (client.get(page), client.post(page)):
            assert answer["Location"].startswith(reverse("csam:level_too_weak"))
        assert types_of(claire) == []

    @pytest.mark.parametrize(
        "page", [each for each in PAGES if each not in {LIST, PASSKEYS, PASSKEY_EDIT, PASSKEY_REMOVE}]
    )
    def test_an_old_login_is_not_enough_to_change_anything(self, client, claire, page):
        with_token(claire)
        if page == APP_REMOVE:
            with_app(claire)
        before = types_of(claire)
        with time_machine.travel(time.time() + 16 * 60):
            for answer in (client.get(page), client.post(page)):
                assertRedirects(
                    answer,
                    f"{reverse('csam:identification')}?next={page.replace('/', '%2F')}",
                    fetch_redirect_response=False,
                )
        assert types_of(claire) == before

    def test_an_old_login_may_look_at_the_list(self, client, claire):
        with time_machine.travel(time.time() + 16 * 60):
            assert client.get(LIST).status_code == 200

    def test_identifying_oneself_again_is_our_page(self, client, claire):
        answer = client.get(reverse("account_reauthenticate") + f"?next={LIST}")
        assertRedirects(answer, f"{reverse('csam:identification')}?next={LIST}")


class TestTheApplication:
    def test_is_enrolled_from_the_secret_and_a_code(self, client, claire):
        page = client.get(APP_ADD)
        secret = re.search(r'id="secret">([A-Z2-7]{32})<', page.content.decode()).group(1)
        assertContains(page, "data:image/svg+xml;base64,")

        with time_machine.travel(AT, tick=False):
            assertRedirects(
                client.post(APP_ADD, {"code": code_now(secret)}), LIST, fetch_redirect_response=False
            )
            app = second_factors(claire).get()
            assert app.wrap().validate_code(code_now(secret)) is False  # the code that enrolled has served
            assert types_of(claire) == [TOTP]  # no paper token that nobody asked for
        assert "application mobile ajoutée" in latest_mail(claire).body
        assert LIST in latest_mail(claire).body
        entry = AuditEntry.objects.get(act="csam.key.added")
        assert (entry.done_by, entry.details) == (claire, {"type": "totp"})

    def test_is_not_enrolled_by_a_wrong_code(self, client, claire):
        client.get(APP_ADD)

        page = client.post(APP_ADD, {"code": "000000"})

        assert page.context["form"].errors.as_data()["code"][0].code == "incorrect_code"
        assert types_of(claire) == []

    def test_bears_five_wrong_codes(self, client, claire):
        client.get(APP_ADD)

        answers = [client.post(APP_ADD, {"code": "000000"}) for _ in range(6)]

        codes = [answer.context["form"].errors.as_data()["code"][0].code for answer in answers]
        assert codes == ["incorrect_code"] * 5 + ["rate_limited"]

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_enrolled_once(self, client, claire, method):
        app = with_app(claire)

        assertRedirects(getattr(client, method)(APP_ADD), LIST)
        assert list(second_factors(claire)) == [app]

    def test_a_click_at_the_same_moment_is_told_so(self, client, claire, monkeypatch):
        client.get(APP_ADD)
        secret = client.session["mfa.totp.secret"]
        monkeypatch.setattr("csam.views.keys.AppEnrolView.dispatch", lambda view, request: view.post(request))
        with_app(claire)

        with time_machine.travel(AT, tick=False):
            page = client.post(APP_ADD, {"code": code_now(secret)}, follow=True)

        assertContains(page, "Une application est déjà liée")

    def test_is_removed_after_a_question_and_leaves_the_token(self, client, claire):
        with_token(claire), with_app(claire)

        assertContains(client.get(APP_REMOVE), "Retirer l'application mobile")
        assertRedirects(client.post(APP_REMOVE), LIST)

        assert types_of(claire) == [TOKEN]
        assert "application mobile retirée" in latest_mail(claire).subject

    def test_a_second_click_finds_it_gone(self, client, claire):
        assertRedirects(client.post(APP_REMOVE), LIST)

    def test_someone_without_address_gets_no_mail(self):
        person = PersonFactory(email="")
        remove_key(key=with_app(person), by=person, at=AT)
        assert not Message.objects.exists()


class TestTheToken:
    def test_is_issued_alone(self, client, claire):
        assertContains(client.get(TOKEN_ISSUE), "Demander un token papier")

        assertRedirects(client.post(TOKEN_ISSUE, {"replaces": ""}), TOKEN_VIEW)

        page = client.get(TOKEN_VIEW)
        codes = page.context["codes"]
        assert [each.number for each in codes] == list(range(1, 25))
        assert all(re.fullmatch(r"\d{8}", each.code) for each in codes)
        assert "token papier délivré" in latest_mail(claire).body
        assert not any(each.code in latest_mail(claire).body for each in codes)

    def test_strikes_out_what_has_served(self, client, claire):
        token = with_token(claire)
        first, second, *_ = token.wrap().get_unused_codes()
        assert token.wrap().validate_code(second)

        assertContains(client.get(TOKEN_VIEW), f"<del>{second}</del>")
        assertContains(client.get(TOKEN_VIEW), "Il reste 23 codes sur 24.")
        text = client.get(TOKEN_DOWNLOAD)
        assert text["Content-Type"] == "text/plain; charset=utf-8"
        assertContains(text, f"1. {first}")
        assertNotContains(text, second)

    def test_replaces_the_one_seen_and_only_once(self, client, claire):
        old = with_token(claire)
        page = client.get(TOKEN_ISSUE)
        assertContains(page, "Remplacer le token papier")
        seen = {"replaces": page.context["form"].initial["replaces"]}

        client.post(TOKEN_ISSUE, seen)
        new = second_factors(claire).get()
        client.post(TOKEN_ISSUE, seen)

        assert old.pk != new.pk
        assert second_factors(claire).get() == new

    def test_that_has_served_to_the_last_code_has_nothing_to_download(self, client, claire):
        token = with_token(claire)
        token.data["used_mask"] = 2**24 - 1
        token.save(update_fields=["data"])

        assertNotContains(client.get(TOKEN_VIEW), TOKEN_DOWNLOAD)
        assert client.get(TOKEN_DOWNLOAD).status_code == 404

    def test_takes_no_nonsense(self, client, claire):
        assert "replaces" in client.post(TOKEN_ISSUE, {"replaces": "x"}).context["form"].errors
        assert types_of(claire) == []

    @pytest.mark.parametrize("page", [TOKEN_VIEW, TOKEN_DOWNLOAD])
    def test_is_not_there_before_it_is_asked_for(self, client, claire, page):
        assert client.get(page).status_code == 404

    def test_is_never_cached(self, client, claire):
        with_token(claire)
        for page in (TOKEN_VIEW, TOKEN_DOWNLOAD):
            assert "no-store" in client.get(page)["Cache-Control"]

    def test_can_be_taken_away(self, claire):
        token = with_token(claire)
        remove_key(key=token, by=claire, at=AT)
        assert types_of(claire) == []
        assert "token papier retiré" in latest_mail(claire).body
