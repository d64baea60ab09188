from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_month")


def grid_of(response):
    return response.context["grid"]


def cell(response, day, row=0):
    return next(each for each in grid_of(response).rows[row].cells if each.column.day == day)


def test_shows_the_current_month_of_the_world_by_unit_and_day(client, manager, unit):
    TariffFactory()
    GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    doctor = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")
    guard = GuardFactory(unit=unit, provider=doctor.provider)

    response = client.get(URL)

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Mars 2026" in text
    assert "jeudi 5 mars, unité Ouest, Dr Benali 19:00 – 08:00 nuit 13 h enregistrée 80,60 €" in text
    assert reverse("bhod:guard_edit", args=[guard.pk]) in response.content.decode()
    assert [row.name for row in grid_of(response).rows] == ["Est", "Ouest"]
    assert len(grid_of(response).columns) == 31


def test_offers_to_add_a_guard_on_each_day_of_each_unit(client, manager, unit):
    content = client.get(URL).content.decode()
    assert content.count("saisie/?jour=") == 31
    assert f"{reverse('bhod:guard_quick')}?jour=2026-03-31&amp;unite={unit.pk}" in content


def test_says_which_days_have_no_guard(client, manager, unit):
    GuardFactory(unit=unit)
    GuardFactory(unit=unit, weekend=True)
    GuardFactory(unit=unit, cancelled=True, starts_at=datetime(2026, 3, 4, 18, tzinfo=UTC))

    response = client.get(URL)

    covered = {date(2026, 3, 5), date(2026, 3, 7), date(2026, 3, 8)}
    assert {each.column.day for each in grid_of(response).rows[0].cells if not each.is_uncovered} == covered
    assert text_of(response).count("aucune garde") == 28


def test_shows_a_guard_that_goes_on(client, manager, unit):
    guard = GuardFactory(unit=unit, weekend=True, provider__person__last_name="Benali")

    response = client.get(URL)

    assert [each.pk for each in cell(response, date(2026, 3, 7)).guards] == [guard.pk]
    assert [each.pk for each in cell(response, date(2026, 3, 8)).going_on] == [guard.pk]
    assert cell(response, date(2026, 3, 9)).is_uncovered
    assert "suite : Dr Benali jusqu'à lun 9, 08:00" in text_of(response)


def test_shows_a_guard_that_comes_from_the_month_before(client, manager, unit):
    guard = GuardFactory(
        unit=unit,
        starts_at=datetime(2026, 2, 28, 7, tzinfo=UTC),
        ends_at=datetime(2026, 3, 2, 7, tzinfo=UTC),
    )

    response = client.get(URL)

    assert [each.pk for each in cell(response, date(2026, 3, 1)).going_on] == [guard.pk]
    assert grid_of(response).guards == 0


def test_leaves_cancelled_guards_out_of_the_count(client, manager, unit):
    GuardFactory(unit=unit)
    GuardFactory(unit=unit, cancelled=True)

    response = client.get(URL)

    assert "1 garde enregistrée commence ce mois-ci : 13 h honorées" in text_of(response)
    assert "Montrer 1 garde annulée" in text_of(response)
    assert len(cell(response, date(2026, 3, 5)).guards) == 1


def test_shows_cancelled_guards_when_asked(client, manager, unit):
    GuardFactory(unit=unit, cancelled=True, provider__person__last_name="Benali")

    response = client.get(URL, {"annulees": "1"})

    assert 'aria-label="jeudi 5 mars, unité Ouest, aucune garde ; unité Ouest, Dr Benali, annulée"' in (
        response.content.decode()
    )
    assert "Cacher les gardes annulées" in text_of(response)
    # The rows that are entered next show them, too.
    assert "&amp;annulees=1" in response.content.decode()


def test_says_when_nothing_of_a_guard_is_paid(client, manager, unit):
    start = datetime(2026, 3, 5, 9, tzinfo=UTC)
    GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=1))
    assert "non honorée" in text_of(client.get(URL))


def test_marks_weekends_holidays_and_today(client, manager):
    response = client.get(URL, {"mois": "2026-05"})
    holidays = {column.day.day: column.holiday for column in grid_of(response).columns if column.holiday}
    assert holidays == {1: "Fête du Travail", 14: "Ascension", 25: "Lundi de Pentecôte"}
    assert 'aria-current="date"' not in response.content.decode()
    assert client.get(URL).content.decode().count('aria-current="date"') == 1


@pytest.mark.parametrize(
    ("asked", "previous", "following"),
    [
        ("2026-01", "2025-12", "2026-02"),
        ("2025-12", "2025-11", "2026-01"),
        ("2000-01", None, "2000-02"),
        ("2199-12", "2199-11", None),
    ],
)
def test_leads_to_the_months_beside(client, manager, asked, previous, following):
    response = client.get(URL, {"mois": asked})

    assert response.context["month"].isoformat()[:7] == asked
    beside = [response.context["previous_month"], response.context["next_month"]]
    assert [day and f"{day:%Y-%m}" for day in beside] == [previous, following]
    assert not response.context["month_not_understood"]


@pytest.mark.parametrize(
    "asked",
    [
        "2026-13",
        "2026-00",
        "0000-01",
        "9999-12",
        "2026-3",
        "mars",
        "2026-03-10",
        "٢٠٢٦-٠٣",
        "2026-03\n",
        "\x00",
        "' or 1=1",
    ],
)
def test_falls_back_to_the_current_month(client, manager, asked):
    response = client.get(URL, {"mois": asked})
    assert response.context["month"] == date(2026, 3, 1)
    assert "Le mois demandé n'existe pas" in text_of(response)


def test_hides_the_guards_of_another_circle(client, manager):
    GuardFactory(provider__person__last_name="Ailleurs")
    response = client.get(URL)
    assert "Ailleurs" not in text_of(response)
    assert grid_of(response).guards == 0


def test_says_when_the_circle_has_no_unit(client, manager, unit):
    unit.delete()
    response = client.get(URL)
    assert "pas encore d'unité de garde" in text_of(response)
    assert "CMG du Test ASBL" in text_of(response)


def test_says_when_a_tariff_is_missing(client, manager, unit):
    GuardFactory(unit=unit)
    assert "tarif manquant" in text_of(client.get(URL))


def test_never_shows_an_amount_to_the_administrative_user(client, administrative, unit):
    TariffFactory(amount=Decimal("6.20"))
    GuardFactory(unit=unit)

    content = client.get(URL).content.decode()

    assert "13&nbsp;h" in content or "13\u00a0h" in content
    for amount in ("80,60", "6,20", "€", "tarif"):
        assert amount not in content


def test_reads_the_same_however_many_guards_there_are(client, manager, unit, max_reads):
    TariffFactory()
    for number in range(28):
        start = datetime(2026, 3, 1, 18, tzinfo=UTC) + timedelta(days=number)
        GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=13))
    for number in range(3):
        GuardUnitFactory(enterprise=unit.enterprise, name=f"Unité {number}")

    with max_reads(8):
        assert grid_of(client.get(URL)).guards == 28
