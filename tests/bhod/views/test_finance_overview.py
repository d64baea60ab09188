import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from bhod.eligibility import Eligible
from bhod.enums import PayState
from bhod.selectors.guard_money import Calculation, Money
from bhod.selectors.tariffs import tariff_book
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import (
    GuardCheckFactory,
    GuardQuestionFactory,
    PaymentLineFactory,
    TariffFactory,
)
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory

URL = reverse("bhod:finance_overview")


def night(day):
    """A weeknight of 13 hours that begins on this day of March 2026."""
    start = datetime(2026, 3, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13)}


@pytest.fixture
def benali(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Benali").provider


def state_sums(response):
    return {
        each.state: (each.guards, each.minutes, each.amount) for each in response.context["overview"].states
    }


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


def test_says_by_state_category_and_doctor_where_the_money_stands(client, manager, unit, benali):
    TariffFactory(amount=Decimal("6.20"))
    ProviderAccountFactory(provider=benali)
    GuardFactory(unit=unit, provider=benali, weekend=True)
    GuardCheckFactory(guard=GuardFactory(unit=unit, provider=benali, confirmed=True, **night(3)))
    PaymentLineFactory(
        guard_check__guard=GuardFactory(unit=unit, provider=benali, confirmed=True, **night(4))
    )
    GuardCheckFactory(
        refused=True, guard=GuardFactory(unit=unit, provider=benali, confirmed=True, **night(5))
    )
    GuardFactory(unit=unit, provider=benali, draft=True, **night(20))

    response = client.get(URL)

    assert state_sums(response) == {
        PayState.TO_CONFIRM: (1, 48 * 60, Decimal("297.60")),
        PayState.REFUSED: (1, 13 * 60, None),
        PayState.VALIDATED: (1, 13 * 60, Decimal("80.60")),
        PayState.IN_PAYMENT: (1, 13 * 60, Decimal("80.60")),
    }
    overview = response.context["overview"]
    assert overview.total.money == Money(
        expected=Decimal("297.60"), validated=Decimal("80.60"), in_payment=Decimal("80.60")
    )
    assert [(each.category, each.minutes, each.amount) for each in overview.categories] == [
        ("WEEKEND", 48 * 60, Decimal("297.60")),
        ("WEEKNIGHT", 26 * 60, Decimal("161.20")),
    ]
    assert overview.left_out == 1
    text = text_of(response)
    assert "Céline Benali 297,60 € 80,60 € 80,60 € – – 458,80 €" in text
    assert "1 garde refusée, ou dont le délai d'un an est passé, n'y compte pas." in text
    assert f"{reverse('bhod:finance_guards')}?du=01-03-2026&amp;au=31-03-2026&amp;etat=REFUSED" in (
        response.content.decode()
    )


def test_a_guard_that_is_a_year_past_unconfirmed_comes_to_nothing(client, manager, unit, benali):
    TariffFactory()
    start = datetime(2025, 3, 5, 18, tzinfo=UTC)
    GuardFactory(unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(hours=13))
    overview = client.get(URL, {"du": "01-03-2025", "au": "31-03-2025"}).context["overview"]
    assert (overview.left_out, overview.total.guards, overview.doctors) == (1, 0, [])


def test_the_charts_say_what_the_tables_say(client, manager, unit, benali):
    TariffFactory()
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(
        unit=unit, provider=benali, starts_at=datetime(2026, 2, 3, 18, tzinfo=UTC), ends_at=datetime(2026, 2, 4, 7, tzinfo=UTC)
    )  # fmt: skip
    response = client.get(URL, {"du": "01-02-2026", "au": "31-03-2026"})
    page = response.content.decode()
    for name, labels, values in (
        ("par-medecin", ["Benali C."], [161.2]),
        ("par-mois", ["février 2026", "mars 2026"], [80.6, 80.6]),
    ):
        data = json.loads(page.split(f'id="{name}" type="application/json">')[1].split("</script>")[0])
        assert data["labels"] == labels
        assert data["series"] == [{"label": "Attendu", "values": values}]
        assert f'data-chart="{name}" aria-hidden="true" hidden' in page
    assert "Février 2026 1 13 h 80,60 €" in text_of(response)
    assert "js/charts.js" in page


def test_each_doctor_and_month_leads_to_its_guards_of_the_period(client, manager, unit, benali):
    TariffFactory()
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(
        unit=unit, provider=benali, starts_at=datetime(2026, 2, 13, 18, tzinfo=UTC), ends_at=datetime(2026, 2, 14, 7, tzinfo=UTC)
    )  # fmt: skip

    page = client.get(URL, {"du": "10-02-2026", "au": "20-03-2026"}).content.decode()

    guards = reverse("bhod:finance_guards")
    assert page.count(f'<a href="{guards}?du=10-02-2026&amp;au=20-03-2026&amp;medecin={benali.pk}">') == 2
    assert f'<a href="{guards}?du=10-02-2026&amp;au=28-02-2026">Février 2026</a>' in page
    assert f'<a href="{guards}?du=01-03-2026&amp;au=20-03-2026">Mars 2026</a>' in page


def test_names_the_doctors_who_have_no_account_and_never_a_number(client, manager, unit, benali):
    TariffFactory()
    account = ProviderAccountFactory(provider=benali)
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardFactory(unit=unit, provider__person__last_name="Colson", **night(4))

    response = client.get(URL)

    text = text_of(response)
    assert "1 médecin de cette période n'a pas de compte" in text
    assert "Céline Colson sans compte" in text
    assert "Céline Benali sans compte" not in text
    assert account.iban[-4:] not in response.content.decode()


def test_says_what_there_is_to_do(client, manager, unit, benali):
    """Of guards of the past year, whatever the period that is shown."""
    GuardFactory(unit=unit, provider=benali, **night(3))
    GuardCheckFactory(
        refused=True, guard=GuardFactory(unit=unit, provider=benali, confirmed=True, **night(4))
    )
    GuardQuestionFactory(guard=GuardFactory(unit=unit, provider=benali, confirmed=True, **night(5)))

    response = client.get(URL, {"du": "01-01-2026", "au": "31-01-2026"})

    text, page = text_of(response), response.content.decode()
    assert "1 garde refusée par l'INAMI" in text
    assert "?du=04-03-2026&amp;au=04-03-2026&amp;etat=REFUSED" in page
    assert "1 garde passée à confirmer" in text
    assert f"{reverse('bhod:guard_confirm')}?du=03-03-2026&amp;au=03-03-2026" in page
    assert "1 question d'un médecin sans réponse" in text
    assert reverse("bhod:question_list") in page


def test_says_that_there_is_nothing_to_do(client, manager, unit):
    assert "Rien n'attend votre cercle" in text_of(client.get(URL))


def test_offers_the_periods_that_one_looks_at_often(client, manager):
    spans = [url for _label, url, _shown in client.get(URL).context["spans"]]
    assert spans == [
        "?du=01-03-2026&au=31-03-2026",
        "?du=01-02-2026&au=28-02-2026",
        "?du=01-01-2026&au=28-02-2026",
        "?du=01-01-2026&au=31-12-2026",
        "?du=01-01-2025&au=31-12-2025",
    ]


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
    assert "€" not in text.replace('"unit": "€"', "")


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
    for day in range(2, 10):
        GuardFactory(unit=unit, **night(day))
        GuardCheckFactory(guard=GuardFactory(unit=unit, confirmed=True, **night(day)))
    with max_reads(18):
        assert client.get(URL).context["overview"].total.guards == 16


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


def test_the_parts_of_categories_come_to_the_whole_to_the_cent():
    """10 minutes of each at 6,15 €: 1,025 a part, 3,075 together, which is 3,08 €."""
    parts = Calculation(Eligible(10, 10, 10), Decimal("6.15"), Decimal("3.08")).parts
    assert [part.amount for part in parts] == [Decimal("1.03"), Decimal("1.02"), Decimal("1.03")]
