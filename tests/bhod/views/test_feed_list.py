"""« Agendas » of a circle: addresses made, shown once, and revoked."""

import re

import pytest
from django.urls import reverse
from icalendar import Calendar
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.models import CalendarFeed
from bhod.services import feeds
from tests.bhod.factories import AT, CalendarFeedFactory, GuardFactory, GuardUnitFactory

URL = reverse("bhod:feed_list")


def filled_in(client, **values):
    """The form as its page shows it, filled in."""
    return {"label": "Salle de garde", "unit": "", **offered(client), **values}


def offered(client):
    page = client.get(URL).content.decode()
    return {"secret": re.search(r'name="secret" value="([^"]+)"', page)[1]}


def address_in(answer):
    return re.search(r'value="http://[^/]+(/bhod/agenda/[^"]+\.ics)"', answer.content.decode())[1]


def revoke_url(feed):
    return reverse("bhod:feed_revoke", args=[feed.pk])


@pytest.mark.parametrize("role", ["manager", "administrative"])
def test_an_address_is_made_and_read(request, client, unit, role):
    request.getfixturevalue(role)
    guard = GuardFactory(unit=unit)

    answer = client.post(URL, filled_in(client))

    address = address_in(answer)
    assertContains(answer, "« Salle de garde » donne les gardes de tout le cercle.")
    client.logout()
    calendar = Calendar.from_ical(client.get(address).content)
    assert [str(event["uid"]) for event in calendar.events] == [str(guard.reference)]


def test_of_a_unit_only_its_guards(client, unit, manager):
    GuardFactory(unit=GuardUnitFactory(enterprise=unit.enterprise))

    answer = client.post(URL, filled_in(client, unit=unit.pk))

    assertContains(answer, "les gardes de l'unité Ouest")
    assert CalendarFeed.objects.get().unit == unit
    assert Calendar.from_ical(client.get(address_in(answer)).content).events == []


def test_the_address_is_shown_once(client, manager):
    address = address_in(client.post(URL, filled_in(client)))

    page = client.get(URL)

    assertContains(page, "Salle de garde")
    assertContains(page, "jamais")
    assertNotContains(page, address)


def test_sending_the_page_again_makes_no_second_one(client, manager):
    form = filled_in(client)

    assert address_in(client.post(URL, form)) == address_in(client.post(URL, form))
    assert CalendarFeed.objects.count() == 1


def test_a_page_that_is_not_ours_makes_none(client, manager):
    answer = client.post(URL, filled_in(client, secret="faible"))

    assert answer.context["form"].has_error("secret", "secret_not_offered")
    assertContains(answer, "Cette page n&#x27;est plus valable")
    assert not CalendarFeed.objects.exists()


def test_asks_for_a_name_and_keeps_the_rest(client, unit, manager):
    answer = client.post(URL, filled_in(client, label="", unit=unit.pk))

    assert answer.context["form"].has_error("label", "required")
    assertContains(answer, f'<option value="{unit.pk}" selected>')


def test_the_unit_of_another_circle_is_no_choice(client, manager):
    answer = client.post(URL, filled_in(client, unit=GuardUnitFactory().pk))
    assert answer.context["form"].has_error("unit", "invalid_choice")


def test_too_many_are_refused_with_a_way_out(client, manager, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_OF_CIRCLE", 0)
    assertContains(client.post(URL, filled_in(client)), "révoquez d&#x27;abord")


def test_shows_the_addresses_of_this_circle_only(client, circle, unit, manager):
    CalendarFeedFactory(enterprise=circle, label="Cercle", last_read_at=AT)
    CalendarFeedFactory(of_unit=True, unit=unit, label="Ouest seul")
    CalendarFeedFactory(enterprise=circle, label="Perdue", revoked=True)
    CalendarFeedFactory(label="Ailleurs")
    CalendarFeedFactory(of_doctor=True, label="Un médecin")

    page = client.get(URL)

    assert [feed.label for feed in page.context["feeds"]] == ["Perdue", "Cercle", "Ouest seul"]
    assertContains(page, "10/03/2026 10:00")
    assertContains(page, "révoquée")
    assertNotContains(page, "Ailleurs")


def test_costs_as_many_queries_for_any_number(client, circle, manager, django_assert_max_num_queries):
    for number in range(10):
        CalendarFeedFactory(enterprise=circle, label=f"Agenda {number}")
    with django_assert_max_num_queries(10):
        client.get(URL)


def test_says_when_there_is_none(client, manager):
    assertContains(client.get(URL), "Aucun agenda ne lit encore les gardes du cercle.")


class TestRevoking:
    @pytest.fixture
    def feed(self, circle):
        return CalendarFeedFactory(enterprise=circle, label="Salle de garde")

    def test_is_asked_first(self, client, manager, feed):
        page = client.get(revoke_url(feed))

        assertContains(page, "Révoquer l'adresse « Salle de garde » ?")
        assertContains(page, "Aucun agenda ne l'a encore lue.")
        feed.refresh_from_db()
        assert feed.revoked_at is None

    def test_ends_it(self, client, manager, feed):
        answer = client.post(revoke_url(feed), follow=True)

        assertRedirects(answer, URL)
        assertContains(answer, "ne donne plus rien")
        feed.refresh_from_db()
        assert feed.revoked_by == manager

    def test_a_second_click_does_nothing_more(self, client, manager, feed):
        client.post(revoke_url(feed))

        assertRedirects(client.post(revoke_url(feed)), URL)
        assertContains(client.get(revoke_url(feed)), "déjà révoquée")

    @pytest.mark.parametrize("trait", [{}, {"of_unit": True}, {"of_doctor": True}])
    def test_another_s_is_not_there(self, client, manager, trait):
        feed = CalendarFeedFactory(**trait)
        assert client.get(revoke_url(feed)).status_code == 404
        assert client.post(revoke_url(feed)).status_code == 404
