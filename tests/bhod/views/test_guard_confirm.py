from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from bhod.enums import BatchKind, GuardState
from bhod.models import Guard, GuardBatch
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.views.bulk import confirm, page_of
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:guard_confirm")
MARCH = {"du": "01-03-2026", "au": "31-03-2026"}


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise).provider


@pytest.fixture
def night(unit, doctor):
    """A night of February 2026; the world's day is 10 March."""

    def make(day=2, month=2, **kwargs):
        start = datetime(2026, month, day, 18, tzinfo=UTC)
        values = {
            "unit": unit,
            "provider": doctor,
            "starts_at": start,
            "ends_at": start + timedelta(hours=13),
        }
        return GuardFactory(**(values | kwargs))

    return make


def test_proposes_the_last_month(client, manager, night):
    TariffFactory()
    guards = [night(2), night(3)]
    night(2, month=3)

    response = client.get(URL)

    assert_clean(response.content.decode())
    assert [line.entry.guard for line in response.context["preview"].accepted] == guards
    text = text_of(response)
    assert "2 gardes sont concernées. Heures honorées : nuit de semaine 26 h." in text
    assert "Confirmer 2 gardes" in text
    assert "Aucun médecin n'est prévenu" in text
    assert "€" not in text
    assert not Guard.objects.filter(state=GuardState.CONFIRMED).exists()


def test_asks_as_little_for_many(client, manager, night, django_assert_max_num_queries):
    for day in range(1, 28):
        night(day)
    with django_assert_max_num_queries(32):
        client.get(URL)


def test_confirms_once_what_it_showed(client, manager, night):
    guards = [night(2), night(3)]
    page = page_of(client.get(URL))

    response = client.post(URL, page, follow=True)

    assert response.redirect_chain == [(reverse("bhod:batch_list"), 302)]
    assert "2 gardes confirmées. Aucun médecin n'a été prévenu." in text_of(response)
    assert set(Guard.objects.filter(state=GuardState.CONFIRMED, confirmed_by=manager)) == set(guards)
    assert GuardBatch.objects.get().kind == BatchKind.CONFIRM

    response = client.post(URL, page, follow=True)
    assert "C'est déjà fait" in text_of(response)
    assert GuardBatch.objects.count() == 1


def test_says_what_is_refused_and_where_to_mend_it(client, manager, night, unit):
    night(2, month=3)
    draft = night(3, month=3, draft=True)
    ended = CircleDoctorFactory(enterprise=unit.enterprise, ended=True).provider
    night(4, month=3, provider=ended)

    response = client.get(URL, MARCH)

    html, text = response.content.decode(), text_of(response)
    assert "Confirmer 1 garde, sans les 2 refusées" in text
    assert "2 gardes laissées de côté" in text
    assert "encore un brouillon" in text
    assert f"{reverse('bhod:guard_publish')}?du=03-03-2026&amp;au=03-03-2026" in html
    assert reverse("bhod:doctor_list") in html

    confirm(client, URL, MARCH)
    draft.refresh_from_db()
    assert draft.state == GuardState.DRAFT
    assert Guard.objects.filter(state=GuardState.CONFIRMED).count() == 1


def test_shows_anew_what_has_changed_meanwhile(client, manager, night):
    night(2)
    page = page_of(client.get(URL))
    night(3)

    response = client.post(URL, page, follow=True)

    assert "rien n'a été fait" in text_of(response)
    assert not GuardBatch.objects.exists()
    assert len(response.context["preview"].accepted) == 2
    assert client.post(URL, page_of(response), follow=True).status_code == 200
    assert GuardBatch.objects.count() == 1


def test_takes_a_month_and_a_unit(client, manager, night, unit):
    east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    night(2, month=3)
    there = night(3, month=3, unit=east)
    night(4, month=3, unit=east, confirmed=True)

    assert len(client.get(URL, {"mois": "2026-03"}).context["preview"].accepted) == 2
    response = client.get(URL, MARCH | {"unite": east.pk})

    assert [line.entry.guard for line in response.context["preview"].accepted] == [there]
    assert "1 garde de cette période est déjà confirmée" in text_of(response)


def test_says_when_there_is_nothing_to_confirm(client, manager, unit):
    response = client.get(URL)
    assert "Il n'y a rien à confirmer" in text_of(response)
    assert 'name="fingerprint"' not in response.content.decode()
    assert "rien n'a été fait" in text_of(client.post(URL, {"fingerprint": "x", "click": "x"}, follow=True))


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"du": "31-03-2026", "au": "01-03-2026"}, {"au": ["period_out_of_order"]}),
        ({"du": "01-03-2025", "au": "31-03-2026"}, {"au": ["period_too_long"]}),
        ({"du": "32-03-2026", "au": ""}, {"du": ["invalid"], "au": ["required"]}),
        ({"du": "01-03-2026", "au": "31-03-2026", "unite": "0"}, {"unite": ["invalid_choice"]}),
    ],
)
def test_bears_any_period(client, manager, unit, asked, wrong):
    response = client.get(URL, asked)
    assert errors(response) == wrong
    assert response.context["preview"] is None
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    assert errors(client.post(f"{URL}?{query}")) == wrong


def test_says_that_a_circle_has_no_unit(client, manager, unit):
    unit.delete()
    assert "pas encore d'unité de garde" in text_of(client.get(URL))


def test_leaves_alone_the_guards_of_another_circle(client, manager, unit):
    GuardFactory(starts_at=datetime(2026, 2, 2, 18, tzinfo=UTC), ends_at=datetime(2026, 2, 3, 7, tzinfo=UTC))
    assert client.get(URL).context["preview"].accepted == []


def test_is_for_the_administrative_user_too(client, administrative, night):
    TariffFactory()
    night(2)
    assert "€" not in client.get(URL).content.decode()
    confirm(client, URL)
    assert Guard.objects.get().confirmed_by == administrative


def test_counts_what_is_not_over_instead_of_listing_it(client, manager, night):
    night(2, month=3)
    for day in (16, 17):
        night(day, month=3)
    night(18, month=3, cancelled=True)
    response = client.get(URL, MARCH)
    assert response.context["refused"] == []
    text = text_of(response)
    assert "2 gardes de cette période ne sont pas encore terminées" in text
    assert "Confirmer 1 garde" in text
