from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_week")


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")


def guards_on(response, day):
    return next(each for each in response.context["days"] if each["column"].day == day)


def test_shows_the_current_week_day_by_day(client, manager, unit, doctor, max_reads):
    start = datetime(2026, 3, 12, 18, tzinfo=UTC)
    guard = GuardFactory(
        unit=unit, provider=doctor.provider, starts_at=start, ends_at=start + timedelta(hours=13)
    )

    with max_reads(8):
        response = client.get(URL)

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Du 9 mars au 15 mars 2026" in text
    assert "19:00 – 08:00 Ouest" in text
    assert "nuit de semaine 13 h enregistrée" in text
    assert [each.pk for each in guards_on(response, date(2026, 3, 12))["guards"]] == [guard.pk]
    assert text.count("Aucune garde.") == 6
    assert f"{reverse('bhod:guard_quick')}?jour=2026-03-15" in response.content.decode()


def test_shows_a_guard_that_goes_on_and_what_is_wrong(client, manager, unit):
    GuardFactory(unit=unit, weekend=True, provider__person__last_name="Resté")
    response = client.get(URL, {"jour": "2026-03-04"})
    text = text_of(response)
    assert "suite : Dr Resté, unité Ouest, jusqu'à lundi 9, 08:00" in text
    assert "08:00 – lun 9, 08:00" in text
    assert "À vérifier : Ce médecin n'est pas inscrit" in text


def test_hides_cancelled_guards_unless_asked(client, manager, unit):
    GuardFactory(unit=unit, cancelled=True)
    asked = {"jour": "2026-03-05"}
    assert "annulée" not in text_of(client.get(URL, asked)).replace("gardes annulées", "")
    assert "– annulée Voir" in text_of(client.get(URL, asked | {"annulees": "1"}))


@pytest.mark.parametrize("day", ["demain", "2026-02-30", "9999-12-31", "1999-12-31"])
def test_falls_back_to_this_week(client, manager, day):
    response = client.get(URL, {"jour": day})
    assert response.context["week"].start == date(2026, 3, 9)
    assert "Le jour demandé n'existe pas" in text_of(response)


def test_leads_to_the_weeks_beside(client, manager):
    response = client.get(URL, {"jour": "2026-05-04"})
    assert 'href="?jour=2026-04-27"' in response.content.decode()
    assert 'href="?jour=2026-05-11"' in response.content.decode()
    assert "Semaine en cours" in text_of(response)
    assert client.get(URL, {"jour": "2000-01-03"}).context["previous_week"] is None
    assert client.get(URL, {"jour": "2199-12-30"}).context["next_week"] is None


def test_hides_the_guards_of_another_circle(client, manager):
    GuardFactory()
    assert text_of(client.get(URL, {"jour": "2026-03-05"})).count("Aucune garde.") == 7


def test_says_when_the_circle_has_no_unit(client, manager, unit):
    unit.delete()
    assert "pas encore d'unité de garde" in text_of(client.get(URL))


@pytest.mark.parametrize(
    ("month", "first"),
    [("2026-03", date(2026, 3, 9)), ("2026-05", date(2026, 4, 27)), ("mai", date(2026, 3, 9))],
)
def test_comes_from_a_month(client, manager, month, first):
    """To this week from this month, to the first week of another."""
    assert client.get(URL, {"mois": month}).context["week"].start == first
