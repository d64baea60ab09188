"""What the cells of the month's grid are called, and which guards they mark."""

from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.rules.checks import problems_today
from bhod.selectors import grid as grids
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
)
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_month")
MAY_4 = datetime(2026, 5, 4, 17, tzinfo=UTC)
NIGHT = timedelta(hours=13)


class Cells(HTMLParser):
    """The native table of the grid: roles come with the tags, names with aria-label or the text of a heading."""

    def __init__(self, content):
        super().__init__()
        self.names, self.headings, self.rows, self._heading = {}, [], [], None
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "tr" and "id" in given:
            self.rows.append(given["id"])
        if tag == "td" and "data-day" in given:
            self.names[self.rows[-1], given["data-day"]] = given["aria-label"]
        if tag == "th":
            self._heading = given["scope"]

    def handle_data(self, data):
        if self._heading and data.strip():
            self.headings.append((self._heading, data.strip()))

    def handle_endtag(self, tag):
        if tag == "th":
            self._heading = None


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(
        enterprise=unit.enterprise, provider__person__last_name="Benali", provider__person__first_name="Nadia"
    )


@pytest.fixture
def guard(unit, doctor, world):
    """The night of 4 May, confirmed in July."""
    world.frozen_at = datetime(2026, 7, 1, 8, tzinfo=UTC)
    world.save()
    return GuardFactory(
        unit=unit,
        provider=doctor.provider,
        starts_at=MAY_4,
        ends_at=MAY_4 + NIGHT,
        state=GuardState.CONFIRMED,
        confirmed_at=MAY_4 + NIGHT,
        confirmed_by=doctor.enrolled_by,
    )


def cells(response):
    return Cells(response.content.decode())


def test_names_a_cell_word_for_word(client, manager, guard, unit):
    found = cells(client.get(URL, {"mois": "2026-05"}))

    row = f"unite-{unit.pk}"
    assert found.names[row, "2026-05-04"] == "lundi 4 mai, unité Ouest, Dr Benali, nuit 13 h, confirmée"
    assert found.names[row, "2026-05-05"] == "mardi 5 mai, unité Ouest, aucune garde"
    assert ("row", "Ouest") in found.headings
    assert ("col", "Unité") in found.headings
    assert ("col", "lun 4") in found.headings


def test_names_it_the_same_in_the_grid_of_doctors(client, manager, guard, doctor):
    response = client.get(URL, {"mois": "2026-05", "vue": "medecins"})

    assert_clean(response.content.decode())
    found = cells(response)
    row = f"medecin-{doctor.provider.pk}"
    assert found.names[row, "2026-05-04"] == "lundi 4 mai, unité Ouest, Dr Benali, nuit 13 h, confirmée"
    assert found.names[row, "2026-05-05"] == "mardi 5 mai, Dr Benali, aucune garde"
    assert ("row", "Dr Benali") in found.headings
    assert "&amp;vue=medecins" in response.content.decode()


def test_names_all_that_a_cell_holds(client, manager, unit, doctor):
    other = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Peeters")
    start = datetime(2026, 3, 14, 7, tzinfo=UTC)
    GuardFactory(unit=unit, provider=doctor.provider, starts_at=start, ends_at=start + timedelta(hours=48))
    GuardFactory(
        unit=unit,
        provider=other.provider,
        starts_at=start + timedelta(hours=24),
        ends_at=start + timedelta(hours=36),
        state=GuardState.DRAFT,
        is_published=False,
    )
    found = cells(client.get(URL))
    row = f"unite-{unit.pk}"
    assert (
        found.names[row, "2026-03-14"] == "samedi 14 mars, unité Ouest, Dr Benali, week-end 48 h, enregistrée"
    )
    assert found.names[row, "2026-03-15"] == (
        "dimanche 15 mars, unité Ouest, Dr Peeters, week-end 12 h, brouillon ; "
        "unité Ouest, suite : Dr Benali jusqu'à lun 16, 08:00"
    )


def test_shows_who_has_the_same_name(client, manager, unit, doctor):
    CircleDoctorFactory(
        enterprise=unit.enterprise, provider__person__last_name="Benali", provider__person__first_name="Omar"
    )
    text = text_of(client.get(URL, {"vue": "medecins"}))
    assert "Dr Nadia Benali" in text
    assert "Dr Omar Benali" in text


def test_shows_a_doctor_who_has_left_and_has_a_guard(client, manager, unit):
    CircleDoctorFactory(enterprise=unit.enterprise, ended=True, provider__person__last_name="Partie")
    GuardFactory(unit=unit, provider__person__last_name="Resté")
    text = text_of(client.get(URL, {"vue": "medecins"}))
    assert "Dr Resté" in text
    assert "Partie" not in text


def test_says_when_the_circle_has_no_doctor(client, manager, unit):
    assert "votre cercle n'en a pas encore" in text_of(client.get(URL, {"vue": "medecins"}))


@pytest.mark.parametrize(("closed", "shown"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True)])
def test_leaves_a_closed_unit_out(client, manager, unit, closed, shown):
    GuardUnitFactory(enterprise=unit.enterprise, name="Fermée", closed_from=closed)
    assert ("Fermée" in text_of(client.get(URL))) is shown


def test_shows_a_closed_unit_that_has_a_guard(client, manager, unit, doctor):
    old = GuardUnitFactory(enterprise=unit.enterprise, name="Fermée", closed_from=date(2026, 1, 1))
    GuardFactory(unit=old, provider=doctor.provider)
    response = client.get(URL)
    assert "L'unité Fermée est fermée" in cells(response).names[f"unite-{old.pk}", "2026-03-05"]
    assert "1 garde est à vérifier." in text_of(response)


@pytest.mark.parametrize("number", [10, 200])
@pytest.mark.parametrize("view", ["", "medecins"])
def test_reads_the_same_however_many_guards_there_are(client, manager, unit, max_reads, number, view):
    TariffFactory()
    units = [unit, *(GuardUnitFactory(enterprise=unit.enterprise) for _ in range(6))]
    doctors = [CircleDoctorFactory(enterprise=unit.enterprise) for _ in range(7)]
    for place in range(number):
        start = datetime(2026, 3, 1, 18, tzinfo=UTC) + timedelta(days=place // 7)
        GuardFactory(
            unit=units[place % 7],
            provider=doctors[place % 7].provider,
            starts_at=start,
            ends_at=start + timedelta(hours=13),
        )

    with max_reads(8):
        response = client.get(URL, {"vue": view})

    assert response.context["grid"].guards == number


class TestMarks:
    """« à vérifier »."""

    def mark(self, client, unit, day="2026-03-05", **asked):
        return cells(client.get(URL, asked)).names[f"unite-{unit.pk}", day]

    def test_marks_a_doctor_who_is_not_enrolled(self, client, manager, unit):
        GuardFactory(unit=unit)
        assert "à vérifier : Ce médecin n'est pas inscrit dans le cercle le 05/03/2026" in self.mark(
            client, unit
        )

    def test_marks_who_may_not_be_on_duty_there(self, client, manager, unit, doctor):
        DoctorUnitFactory(doctor=doctor, unit__enterprise=unit.enterprise)
        GuardFactory(unit=unit, provider=doctor.provider)
        assert "n'est pas de garde dans l'unité Ouest" in self.mark(client, unit)

    def test_marks_a_candidate_without_supervisor(self, client, manager, unit):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise, candidate=True, supervisor=None)
        GuardFactory(unit=unit, provider=doctor.provider)
        assert "inscrit sans maître de stage" in self.mark(client, unit)

    def test_marks_hours_that_are_not_paid(self, client, manager, unit, doctor):
        start = datetime(2026, 3, 5, 9, tzinfo=UTC)
        GuardFactory(unit=unit, provider=doctor.provider, starts_at=start, ends_at=start + timedelta(hours=1))
        assert "à vérifier" in self.mark(client, unit)

    def test_marks_a_weeknight_that_the_circle_does_not_organise(self, client, manager, unit, doctor):
        GuardFactory(unit=unit, provider=doctor.provider)
        assert "à vérifier" not in self.mark(client, unit)
        CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
        assert "à vérifier" in self.mark(client, unit)

    def test_marks_what_can_no_longer_be_communicated(self, client, manager, unit, doctor, world):
        GuardFactory(unit=unit, provider=doctor.provider)
        world.frozen_at = datetime(2027, 4, 1, 8, tzinfo=UTC)
        world.save()
        assert "à vérifier" in self.mark(client, unit, mois="2026-03")

    def test_leaves_a_cancelled_guard_alone(self, client, manager, unit):
        GuardFactory(unit=unit, cancelled=True)
        assert "à vérifier" not in self.mark(client, unit, annulees="1")


def test_passes_over_only_guards_that_the_rules_accept(unit):
    """What is plainly in order for the grid is in order by the rules."""
    circle = unit.enterprise
    other = GuardUnitFactory(enterprise=circle, closed_from=date(2026, 3, 7))
    plain = CircleDoctorFactory(enterprise=circle)
    bound = DoctorUnitFactory(doctor__enterprise=circle, unit=other).doctor
    candidate = CircleDoctorFactory(enterprise=circle, candidate=True)
    CircleDoctorFactory(enterprise=circle, provider=candidate.supervisor)
    ended = CircleDoctorFactory(enterprise=circle, valid_until=date(2026, 3, 6))
    CircleDoctorFactory(enterprise=circle, provider=ended.provider, valid_from=date(2026, 3, 7))
    physician = CircleDoctorFactory(enterprise=circle, provider__inami_number="19990512001")
    providers = [each.provider for each in (plain, bound, candidate, ended, physician)]
    providers.append(candidate.supervisor)
    starts = datetime.combine(date(2026, 3, 5), time(18), tzinfo=UTC)
    for place, provider in enumerate(providers):
        for number, hours in enumerate((13, 30, 60)):
            start = starts + timedelta(days=4 * number)
            GuardFactory(
                unit=(unit, other)[(place + number) % 2],
                provider=provider,
                starts_at=start,
                ends_at=start + timedelta(hours=hours),
            )
    units, month = [unit, other], grids.Period(date(2026, 3, 1), date(2026, 3, 31))
    rows = list(grids.guards_of(circle.pk).select_related(None).values_list(*grids._SHOWN))
    facts = grids._facts(rows, enterprise_id=circle.pk, units=units, month=month, at=AT)

    plainly = 0
    for pk, unit_id, provider_id, starts_at, ends_at, *_rest in rows:
        duty = grids.Duty(starts_at, ends_at, pk, circle.pk, unit_id, provider_id)
        if grids._is_plainly_in_order(duty, grids.hours_of(starts_at, ends_at), facts):
            plainly += 1
            assert problems_today(duty, facts) == []

    assert 0 < plainly < len(rows)
