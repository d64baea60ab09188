"""« Mes gardes dans un agenda »: the doctor's own addresses, and what a mandatary may do for him."""

import re

import pytest
from django.urls import reverse
from icalendar import Calendar
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.models import CalendarFeed
from bhod.selectors.calendars import digest
from bhod.services import feeds
from bhod_portal.core.models import AuditEntry
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ProfileChoice
from tests.bhod.factories import AT, CalendarFeedFactory
from tests.prosante_login.open_files import open_file

URL = reverse("bhod:own_feeds")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


@pytest.fixture
def bart(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)
    return CareProvider.objects.get(person=demo.bart_vermeulen)


def open_by_mandate(client, person, kind):
    mandate = Mandate.objects.get(holder_person=person, kind=kind)
    choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
    open_file(client, person, choice)
    return mandate


def filled_in(client, **values):
    page = client.get(URL).content.decode()
    secret = re.search(r'name="secret" value="([^"]+)"', page)[1]
    return {"label": "Téléphone", "secret": secret, **values}


def address_in(answer):
    return re.search(r'value="http://[^/]+(/bhod/agenda/[^"]+\.ics)"', answer.content.decode())[1]


def revoke_url(feed):
    return reverse("bhod:own_feed_revoke", args=[feed.pk])


def test_an_address_gives_the_guards_of_every_circle(client, demo, bart):
    answer = client.post(URL, filled_in(client))

    client.logout()
    found = Calendar.from_ical(client.get(address_in(answer)).content).events
    assert {str(event["location"]).rpartition(", ")[2] for event in found} == {
        demo.haute_meuse.name,
        demo.pays_des_lacs.name,
    }
    assert all("Bart Vermeulen" in event["summary"] for event in found)
    assert "€" not in client.get(address_in(answer)).content.decode()


def test_the_address_is_shown_once(client, bart):
    address = address_in(client.post(URL, filled_in(client)))

    page = client.get(URL)

    assertContains(page, "Téléphone")
    assertNotContains(page, address)


def test_lists_his_own_only(client, bart):
    CalendarFeedFactory(of_doctor=True, provider=bart, label="Tablette")
    CalendarFeedFactory(of_doctor=True, label="Celle d'un autre")
    CalendarFeedFactory(label="Un cercle")

    assert [feed.label for feed in client.get(URL).context["feeds"]] == ["Tablette"]


def test_too_many_are_refused_with_a_way_out(client, bart, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_OF_DOCTOR", 0)
    assertContains(client.post(URL, filled_in(client)), "révoquez d&#x27;abord")


def test_is_found_from_his_guards(client, bart):
    assertContains(client.get(reverse("bhod:own_guards")), f'href="{URL}"')


def test_a_mandatary_of_the_administrative_file_makes_one_and_it_shows(client, demo):
    mandate = open_by_mandate(client, demo.michel_haddad, MandateKind.ADMINISTRATIVE_FILE)

    client.post(URL, filled_in(client))

    feed = CalendarFeed.objects.get()
    assert (feed.provider, feed.created_by) == (mandate.provider, demo.michel_haddad)
    entry = AuditEntry.objects.get(act="prosante.feed.created")
    assert entry.details == {"mandate": mandate.pk, "about": "Téléphone", "feed": feed.pk}


def test_an_address_that_a_mandatary_made_ends_with_his_mandate(client, demo):
    """He has had it before his eyes, and may have kept it."""
    mandate = open_by_mandate(client, demo.michel_haddad, MandateKind.ADMINISTRATIVE_FILE)
    address = address_in(client.post(URL, filled_in(client)))
    assert client.get(address).status_code == 200

    Mandate.objects.filter(pk=mandate.pk).update(stopped_at=AT, stopped_by=mandate.provider.person)

    assert client.get(address).status_code == 404
    open_file(client, mandate.provider.person, PHYSICIAN)
    assertContains(client.get(URL), "L'adresse « Téléphone » ne donne plus rien : Michel Haddad", html=False)


def test_a_mandate_of_another_part_keeps_no_address_open(client, demo):
    mandate = Mandate.objects.get(holder_person=demo.ana_ferreira, kind=MandateKind.SOCIAL_STATUS)
    CalendarFeedFactory(
        of_doctor=True,
        provider=mandate.provider,
        created_by=demo.ana_ferreira,
        secret_hash=digest("un-secret"),
    )

    assert client.get(reverse("bhod:feed", args=["un-secret"])).status_code == 404


def test_another_mandate_opens_nothing(client, demo):
    mandate = open_by_mandate(client, demo.ana_ferreira, MandateKind.SOCIAL_STATUS)
    feed = CalendarFeedFactory(of_doctor=True, provider=mandate.provider)

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"label": "x"}).status_code == 403
    assert client.post(revoke_url(feed)).status_code == 403


class TestRevoking:
    @pytest.fixture
    def feed(self, bart):
        return CalendarFeedFactory(of_doctor=True, provider=bart, label="Téléphone")

    def test_is_asked_first(self, client, feed):
        assertContains(client.get(revoke_url(feed)), "Révoquer l'adresse « Téléphone » ?")

    def test_ends_it(self, client, feed, bart):
        answer = client.post(revoke_url(feed), follow=True)

        assertRedirects(answer, URL)
        feed.refresh_from_db()
        assert feed.revoked_by == bart.person
        assertContains(client.get(revoke_url(feed)), "déjà révoquée")

    def test_another_s_is_not_there(self, client, bart):
        for feed in (CalendarFeedFactory(of_doctor=True), CalendarFeedFactory()):
            assert client.get(revoke_url(feed)).status_code == 404
            assert client.post(revoke_url(feed)).status_code == 404
