"""« Modifier mes données personnelles »: one's own, here and in all one's qualities."""

import json
import time
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt import selectors
from access_mgmt.services import blocking, own_data
from bhod_portal.core.models import AuditEntry, Message
from csam.enums import DigitalKey
from tests.access_mgmt.factories import AT, QualityMemberFactory
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.threads import at_once

URL = reverse("access_mgmt:own_data")
NEW = "nouvelle@exemple.invalid"


@pytest.fixture
def user(client):
    """A user of two qualities, who has an address of his own in the second one."""
    user = QualityMemberFactory()
    QualityMemberFactory(person=user.person, email="bureau@exemple.invalid", local_email="la@exemple.invalid")
    log_in(client, user.person)
    return user.person


def sent(client, **changes):
    """What the form sends back when only these of its values are changed."""
    form = client.get(URL).context["form"]
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None} | changes


def addresses(person):
    person.refresh_from_db()
    return {person.email, *person.memberships.values_list("email", flat=True)}


def long_ago(client):
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - 16 * 60
    session.save()


def test_shows_who_one_is_and_where_it_holds(client, user):
    page = client.get(URL)

    for text in (user.username, user.last_name, user.first_name, "vaut pour toutes vos qualités"):
        assert shows(page, text)
    assert shows(page, "votre adresse y est aujourd'hui bureau@exemple.invalid")


def test_changes_the_person_and_all_his_qualities(client, user):
    data = sent(
        client,
        email=NEW,
        local_email="centre@exemple.invalid",
        language="nl",
        title="M",
        phone="0470 00 00 01",
    )

    response = client.post(URL, data, follow=True)

    assert shows(response, "ont été modifiées")
    assert addresses(user) == {NEW}
    assert (user.language, user.title, user.phone) == ("nl", "M", "0470 00 00 01")
    assert set(user.memberships.values_list("language", "title", "local_email")) == {
        ("nl", "M", "centre@exemple.invalid")
    }
    assert AuditEntry.objects.filter(act="csam.person.changed", done_by=user).count() == 1
    assert AuditEntry.objects.filter(act="access_mgmt.member.changed", done_by=user).count() == 2


def test_tells_each_old_address_of_the_new_one(client, user):
    old = user.email

    client.post(URL, sent(client, email=NEW))

    told = Message.objects.filter(person=user)
    assert set(told.values_list("recipient", flat=True)) == {old, "bureau@exemple.invalid"}
    assert NEW not in "".join(message.body for message in told)


def test_tells_the_address_of_another_phone(client, user):
    user.phone = "0470 00 00 00"
    user.save()
    client.post(URL, sent(client, phone="0470 00 00 01", email=user.email))

    assert Message.objects.filter(recipient=user.email, body__contains="numéro de téléphone").exists()


def test_the_same_data_change_nothing(client):
    user = QualityMemberFactory(title="MME", person__title="MME")
    log_in(client, user.person)

    assert shows(client.post(URL, sent(client), follow=True), "rien n'a changé")
    assert not AuditEntry.objects.exists()


def test_a_second_click_changes_nothing_more(client, user):
    data = sent(client, email=NEW)
    client.post(URL, data)

    assert shows(client.post(URL, data, follow=True), "rien n'a changé")
    assert Message.objects.count() == 2


def test_a_new_address_asks_for_a_recent_login_and_keeps_what_was_typed(client, user):
    old = addresses(user)
    data = sent(client, email=NEW)
    long_ago(client)

    response = client.post(URL, data)

    assertRedirects(
        response, f"{reverse('csam:identification')}?next=%2Fsecurite-sociale%2Fmes-donnees%2F%3Freprise%3D1"
    )
    assert addresses(user) == old
    log_in(client, user)
    again = client.get(URL, {"reprise": "1"})
    assertContains(again, f'value="{NEW}"')
    assert shows(again, "pas encore enregistré")
    assert not shows(client.get(URL), "pas encore enregistré")
    values = {field.name: field.value() for field in again.context["form"]}
    client.post(URL, values)
    assert addresses(user) == {NEW}
    assert not shows(client.get(URL, {"reprise": "1"}), "pas encore enregistré")


@pytest.mark.parametrize("field", ["email", "phone"])
def test_a_password_alone_does_not_move_where_codes_go(client, user, field):
    log_in(client, user, DigitalKey.PASSWORD)
    before = addresses(user)

    response = client.post(URL, sent(client, **{field: {"email": NEW, "phone": "0470 00 00 01"}[field]}))

    page = client.get(response["Location"])
    assert shows(page, "Ce que vous avez écrit est gardé")
    keys = {card.key for group in page.context["groups"] for card in group.cards}
    assert DigitalKey.EID in keys
    assert DigitalKey.PASSWORD not in keys
    assert page.context["onward_url"] == ""
    assert (addresses(user), user.phone) == (before, "")


def test_a_password_is_enough_for_the_rest(client):
    member = QualityMemberFactory()
    log_in(client, member.person, DigitalKey.PASSWORD)

    client.post(URL, sent(client, language="de"))

    member.refresh_from_db()
    assert member.language == "de"


def test_who_is_in_no_quality_has_his_data_too(client):
    person = PersonFactory()
    log_in(client, person)

    assert "local_email" not in client.get(URL).context["form"].fields
    client.post(URL, sent(client, email=NEW))
    assert addresses(person) == {NEW}


def test_an_old_page_is_told_what_changed_since(client, user):
    data = sent(client, language="nl")
    user.memberships.update(local_email="autre@exemple.invalid")
    user.phone = "0470 00 00 02"
    user.save()

    response = client.post(URL, data)

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert shows(response, "« autre@exemple.invalid »")
    again = {field.name: field.value() for field in response.context["form"]}
    assert (again["language"], again["phone"], again["local_email"]) == (
        "nl",
        "0470 00 00 02",
        "autre@exemple.invalid",
    )
    client.post(URL, again)
    user.refresh_from_db()
    assert (user.language, user.phone) == ("nl", "0470 00 00 02")


@pytest.mark.parametrize("seen", ["", "[]", "{", "1", '{"title": {"a": []}}', "[" * 20_000])
def test_what_was_seen_is_only_ever_compared(client, user, seen):
    response = client.post(URL, sent(client, language="nl", seen=seen))

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert json.loads(response.context["form"]["seen"].value())["language"] == "fr"


@pytest.mark.parametrize(
    "changes",
    [
        {"email": ""},
        {"email": "a@b"},
        {"email": "a@exemple.be\r\nBcc: b@exemple.be"},
        {"email": f"{'a' * 300}@exemple.be"},
        {"title": "Dr"},
        {"language": "it"},
        {"phone": "zéro"},
        {"phone": "0" * 40},
        {"local_email": "\x00@exemple.be"},
    ],
)
def test_refuses_what_makes_no_sense(client, user, changes):
    response = client.post(URL, sent(client, **changes))

    assert set(errors(response)) == set(changes)
    assert not AuditEntry.objects.exists()


def test_an_agent_reads_why_he_can_change_nothing(client):
    agent = PersonFactory(niss="", with_codes=True)
    log_in(client, agent, DigitalKey.PASSWORD)

    assert shows(client.get(URL), "c'est celui d'un agent")
    assert client.post(URL, {}).status_code == 403


def test_nobody_is_anybody_else(client, user):
    other = PersonFactory(email="autre.personne@exemple.invalid")
    before = other.email

    client.post(URL, sent(client, email=NEW) | {"person": other.pk, "niss": other.niss})

    other.refresh_from_db()
    user_niss = user.niss
    user.refresh_from_db()
    assert (other.email, user.niss) == (before, user_niss)


def test_the_password_page_leads_back(client, user):
    home = client.get(reverse("access_mgmt:own_data"))
    address = f"{reverse('account_change_password')}?next={URL}"
    assertContains(home, address)

    assertContains(client.get(address), f'href="{URL}"')


def test_who_has_no_codes_is_told_what_to_do(client):
    log_in(client, PersonFactory())

    response = client.get(reverse("account_change_password"))

    assert response.status_code == 403
    assert shows(response, "Un nom d'utilisateur est donné par le gestionnaire de votre entreprise")


@pytest.mark.parametrize("seen", ['{"email": "\\u0000"}', '{"email": NaN}', '{"\\u0000": 1}'])
def test_keeps_no_values_that_no_database_keeps(client, user, seen):
    long_ago(client)

    assert client.post(URL, sent(client, email=NEW, seen=seen)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_does_not_wait_for_who_blocks_him_while_he_waits_for_them(monkeypatch):
    manager = QualityMemberFactory(local_manager=True)
    user = QualityMemberFactory(quality=manager.quality, person__with_codes=True)
    held = Barrier(2, timeout=1)

    def wait_with_a_lock(found):
        """Between the first lock that an act takes and the second one, the other act takes its first."""
        with suppress(BrokenBarrierError):
            held.wait()
        return found

    block = blocking.block_unneeded_codes
    monkeypatch.setattr(
        blocking, "block_unneeded_codes", lambda **kw: (wait_with_a_lock(None), block(**kw))[1]
    )
    memberships_of = selectors.memberships_of
    monkeypatch.setattr(
        own_data.selectors, "memberships_of", lambda person: wait_with_a_lock(memberships_of(person))
    )

    def act(number):
        if number == 0:
            blocking.block_member(member=user, by=manager.person, at=AT)
            return
        own_data.change_own_data(
            person=user.person,
            title=user.person.title,
            language=user.person.language,
            email=NEW,
            local_email="",
            phone=user.person.phone,
            seen=selectors.own_values(user.person, [user]),
            by=user.person,
            at=AT,
        )

    assert at_once(act, times=2) == ["done", "done"]
