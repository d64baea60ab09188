from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from bhod.models import Guard
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_list")


@pytest.fixture
def month(unit):
    """Thirty guards of an enrolled doctor of the circle in March 2026."""
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    start = datetime(2026, 3, 1, 18, tzinfo=UTC)
    return [
        GuardFactory(
            unit=unit,
            provider=doctor.provider,
            starts_at=start + timedelta(days=number),
            ends_at=start + timedelta(days=number, hours=13),
        )
        for number in range(30)
    ]


def guards_in(response):
    pks = [row.pk for row in response.context["page_obj"]]
    return [Guard.objects.get(pk=pk) for pk in pks]


def test_shows_the_guards_of_the_month_in_order(client, manager, month):
    TariffFactory()
    response = client.get(URL)

    assert_clean(response.content.decode())
    assert guards_in(response) == month[:25]
    assert "30 gardes" in text_of(response)
    assert "dim 01/03/2026 19:00" in text_of(response)
    assert "80,60 €" in text_of(response)


def test_shows_25_on_a_page_and_keeps_the_month(client, manager, month):
    response = client.get(URL, {"page": 2, "mois": "2026-03"})
    assert guards_in(response) == month[25:]
    assert 'href="?mois=2026-03&amp;page=1"' in response.content.decode()


@pytest.mark.parametrize(("page", "first"), [("0", 25), ("999", 25), ("x", 0), ("-1", 25), ("", 0)])
def test_bears_any_page_number(client, manager, month, page, first):
    assert guards_in(client.get(URL, {"page": page}))[0] == month[first]


def test_filters_by_unit_and_by_doctor(client, manager, month, unit):
    other = CircleDoctorFactory(enterprise=unit.enterprise)
    east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    there = GuardFactory(unit=east, provider=other.provider)
    here = GuardFactory(unit=unit, provider=other.provider, weekend=True)

    assert guards_in(client.get(URL, {"unite": east.pk})) == [there]
    assert guards_in(client.get(URL, {"medecin": other.provider.pk})) == [there, here]
    assert guards_in(client.get(URL, {"medecin": other.provider.pk, "unite": unit.pk})) == [here]


@pytest.mark.parametrize(
    "query", [{"unite": "x"}, {"medecin": "0"}, {"unite": "999999999999999999999"}, {"unite": "\x00"}]
)
def test_takes_a_filter_that_is_not_understood_as_none(client, manager, month, query):
    assert guards_in(client.get(URL, query)) == month[:25]


def test_shows_a_cancelled_guard_without_hours_or_amount(client, manager, unit):
    TariffFactory()
    GuardFactory(unit=unit, cancelled=True)
    response = client.get(URL, {"annulees": "1"})
    assert response.context["page_obj"].paginator.count == 1
    assert "échange avec un confrère" not in text_of(response)
    assert "80,60" not in text_of(response)


def test_says_that_there_is_none(client, manager):
    assert "Aucune garde ne commence ce mois-ci" in text_of(client.get(URL, {"mois": "2026-02"}))


def test_shows_no_guard_of_another_circle(client, manager):
    GuardFactory()
    assert guards_in(client.get(URL)) == []


def test_says_when_a_tariff_is_missing(client, manager, month):
    assert "tarif manquant" in text_of(client.get(URL))


def test_never_shows_an_amount_to_the_administrative_user(client, administrative, month):
    TariffFactory()
    content = client.get(URL).content.decode()
    assert "nuit de semaine" in content
    for amount in ("80,60", "6,20", "€", "Montant"):
        assert amount not in content


def test_reads_the_same_however_many_guards_there_are(client, manager, month, max_reads):
    TariffFactory()
    with max_reads(11):
        client.get(URL)


class TestCriteria:
    """What one asks of the list."""

    @pytest.fixture
    def found(self, client, manager):
        return lambda **asked: [
            row.pk for row in client.get(URL, {"mois": "2026-03"} | asked).context["page_obj"]
        ]

    @pytest.fixture
    def guards(self, unit):
        """A registered night, a weekend that is wrong, a cancelled night."""
        doctor = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")
        night = GuardFactory(unit=unit, provider=doctor.provider)
        weekend = GuardFactory(unit=unit, weekend=True, provider__person__last_name="Adam")
        cancelled = GuardFactory(
            unit=unit,
            provider=doctor.provider,
            cancelled=True,
            starts_at=datetime(2026, 3, 16, 18, tzinfo=UTC),
            ends_at=datetime(2026, 3, 17, 7, tzinfo=UTC),
        )
        return night.pk, weekend.pk, cancelled.pk

    def test_hides_cancelled_guards_unless_asked(self, found, guards):
        night, weekend, cancelled = guards
        assert found() == [night, weekend]
        assert found(annulees="1") == [night, weekend, cancelled]
        assert found(etat="CANCELLED") == [cancelled]

    def test_finds_by_state_category_and_problem(self, found, guards):
        night, weekend, _cancelled = guards
        assert found(etat="REGISTERED") == [night, weekend]
        assert found(etat="DRAFT") == []
        assert found(categorie="WEEKNIGHT") == [night]
        assert found(categorie="WEEKEND") == [weekend]
        assert found(problemes="on") == [weekend]

    @pytest.mark.parametrize(
        ("sort", "weekend_first"),
        [
            ("debut", False),
            ("-debut", True),
            ("medecin", True),
            ("-medecin", False),
            ("heures", False),
            ("-heures", True),
            ("fin", False),
            ("rien", False),
        ],
    )
    def test_sorts(self, found, guards, sort, weekend_first):
        night, weekend, _cancelled = guards
        assert found(tri=sort) == ([weekend, night] if weekend_first else [night, weekend])

    def test_sorts_by_unit(self, found, guards, unit):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        there = GuardFactory(unit=east, weekend=True).pk
        assert found(tri="unite")[0] == there

    def test_keeps_the_criteria_from_page_to_page(self, client, manager, month):
        content = client.get(URL, {"mois": "2026-03", "etat": "REGISTERED", "tri": "-debut"}).content.decode()
        assert "?mois=2026-03&amp;etat=REGISTERED&amp;tri=-debut&amp;page=2" in content
        assert "?mois=2026-02&amp;etat=REGISTERED&amp;tri=-debut" in content
        assert "Afficher toutes les gardes du mois" in content

    def test_says_what_is_to_be_checked(self, client, manager, guards):
        assert "À vérifier : Ce médecin n'est pas inscrit" in text_of(client.get(URL))
