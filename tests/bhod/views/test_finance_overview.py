from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from bhod.selectors.tariffs import tariff_book
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory

URL = reverse("bhod:finance_overview")


def night(day):
    """A weeknight of 13 hours that begins on this day of March 2026."""
    start = datetime(2026, 3, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13)}


@pytest.fixture
def benali(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Benali").provider


def test_shows_hours_and_amounts_by_doctor(client, manager, unit, benali):
    TariffFactory(amount=Decimal("6.20"))
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(unit=unit, provider=benali, weekend=True)
    GuardFactory(unit=unit, provider__person__last_name="Arnould", **night(4))

    response = client.get(URL)

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Gardes qui commencent du 01/03/2026 au 31/03/2026" in text
    assert "2 48 h 0 h 13 h 61 h 61 h × 6,20 € = 378,20 € 378,20 €" in text
    assert "1 0 h 0 h 13 h 13 h 13 h × 6,20 € = 80,60 € 80,60 €" in text
    assert "Total 3 48 h 0 h 26 h 74 h 74 h × 6,20 € = 458,80 € 458,80 €" in text
    assert "Au total : 3 gardes, 74 h honorées, 458,80 €" in text
    assert text.index("Céline Arnould") < text.index("Céline Benali")


def test_explains_the_calculation_by_one_guard(client, manager, unit, benali):
    TariffFactory(amount=Decimal("6.20"))
    GuardFactory(unit=unit, provider=benali, **night(3))
    assert "celle du Dr Benali du 03/03/2026 19:00 : 13 h × 6,20 € = 80,60 €" in text_of(client.get(URL))


def test_takes_the_tariff_of_the_day_on_which_a_guard_begins(client, manager, unit, benali):
    TariffFactory(amount=Decimal("6.20"), valid_until=date(2026, 3, 3))
    TariffFactory(amount=Decimal("7.00"), valid_from=date(2026, 3, 4), simulated=True)
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(unit=unit, provider=benali, **night(4))

    text = text_of(client.get(URL))

    assert "13 h × 6,20 € = 80,60 € 13 h × 7,00 € = 91,00 € 171,60 €" in text
    assert "simulé" in text


def test_says_that_a_tariff_is_missing_instead_of_counting_zero(client, manager, unit, benali):
    TariffFactory(valid_from=date(2026, 3, 4))
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(unit=unit, provider=benali, **night(4))
    GuardFactory(unit=unit, **night(2))

    response = client.get(URL)

    text = text_of(response)
    assert "2 gardes commencent un jour pour lequel aucun tarif n'est connu" in text
    assert "13 h × 6,20 € = 80,60 € 1 garde sans tarif 80,60 €" in text
    assert "1 garde sans tarif –" in text


def test_says_when_no_tariff_is_known_at_all(client, manager, unit, benali):
    GuardFactory(unit=unit, provider=benali, **night(3))
    text = text_of(client.get(URL))
    assert "Aucun tarif n'est connu pour cette période" in text
    assert "€" not in text


def test_says_when_amounts_are_rounded_guard_by_guard(client, manager, unit, benali):
    """Twice 10 minutes at 6,15 €: 1,03 € each (1,025), where 20 minutes would be 2,05 €."""
    TariffFactory(amount=Decimal("6.15"))
    for day in (3, 4):
        start = datetime(2026, 3, day, 18, tzinfo=UTC)
        GuardFactory(unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(minutes=10))
    assert "0 h 20 × 6,15 € = 2,06 € (arrondi garde par garde)" in text_of(client.get(URL))


def test_groups_thousands(client, manager, unit, benali):
    TariffFactory(amount=Decimal("100.00"))
    GuardFactory(unit=unit, provider=benali, **night(3))
    assert "1 300,00 €" in text_of(client.get(URL)).replace("\u202f", " ").replace("\u00a0", " ")


def test_counts_what_begins_in_the_period_and_stands(client, manager, unit, benali):
    TariffFactory()
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(unit=unit, provider=benali, **night(5))
    GuardFactory(unit=unit, provider=benali, cancelled=True, **night(4))
    GuardFactory(provider=CareProviderFactory(), **night(4))

    response = client.get(URL, {"du": "4/3/2026", "au": "5-3-2026"})

    assert response.context["overview"].total.guards == 1
    assert "Gardes qui commencent du 04/03/2026 au 05/03/2026" in text_of(response)


def test_says_that_there_is_nothing(client, manager):
    assert "Aucune garde enregistrée ne commence dans cette période" in text_of(client.get(URL))


def test_shows_no_calculation_of_hours_that_are_not_paid(client, manager, unit, benali):
    TariffFactory()
    start = datetime(2026, 3, 3, 9, tzinfo=UTC)
    GuardFactory(unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(hours=1))
    response = client.get(URL)
    assert response.context["overview"].example is None
    assert "1 0 h 0 h 0 h 0 h 0,00 €" in text_of(response)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"du": "x", "au": "31-03-2026"}, "du", "invalid"),
        ({"du": "01-03-2026"}, "au", "required"),
        ({"du": "02-03-2026", "au": "01-03-2026"}, "au", "period_out_of_order"),
        ({"du": "01-01-2025", "au": "02-01-2026"}, "au", "period_too_long"),
        ({"du": "01-01-1066", "au": "02-01-2026"}, "du", "out_of_range"),
        ({"du": "\x00", "au": "02-01-2026"}, "du", "invalid"),
    ],
)
def test_says_what_is_wrong_with_a_period(client, manager, query, field, code):
    response = client.get(URL, query)
    assert response.status_code == 200
    assert errors(response)[field] == [code]
    assert response.context["overview"] is None
    assert "Il y a un problème" in text_of(response)


def test_takes_a_whole_leap_year(client, manager):
    assert client.get(URL, {"du": "01-01-2024", "au": "31-12-2024"}).context["overview"] is not None


def test_refuses_the_administrative_user_and_says_who_can_help(client, administrative, unit):
    TariffFactory()
    GuardFactory(unit=unit)

    response = client.get(URL)

    assert response.status_code == 403
    text = text_of(response)
    assert "Votre rôle d'utilisateur administratif" in text
    assert "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE" in text
    assert "votre gestionnaire local peut" in text
    assert "€" not in text


def test_reads_the_same_however_many_guards_there_are(client, manager, unit, max_reads):
    TariffFactory()
    for day in range(2, 28):
        GuardFactory(unit=unit, **night(day))
    with max_reads(8):
        assert client.get(URL).context["overview"].total.guards == 26


def test_the_tariff_is_the_one_of_the_day_and_the_world(world):
    first = TariffFactory(valid_until=date(2019, 12, 31))
    second = TariffFactory(valid_from=date(2021, 1, 1))
    TariffFactory(world=WorldFactory(code="ailleurs"))

    tariffs = tariff_book(world)

    assert tariffs.on(date(2016, 12, 31)) is None
    assert tariffs.on(date(2017, 1, 1)) == first
    assert tariffs.on(date(2019, 12, 31)) == first
    assert tariffs.on(date(2020, 6, 1)) is None
    assert tariffs.on(date(2026, 1, 1)) == second
