import json
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bhod.forms.fairness import FairnessForm
from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL, EXPORT = reverse("bhod:fairness"), reverse("bhod:fairness_export")


@pytest.fixture
def benali(circle, unit):
    """A doctor with a weekend of March."""
    doctor = CircleDoctorFactory(enterprise=circle, provider__person__last_name="Benali")
    GuardFactory(unit=unit, provider=doctor.provider, weekend=True)
    return doctor


@pytest.fixture
def colson(circle):
    """A candidate without any guard."""
    return CircleDoctorFactory(enterprise=circle, candidate=True, provider__person__last_name="Colson")


def test_shows_who_does_how_much(client, administrative, benali, colson, max_reads):
    with max_reads(10):
        response = client.get(URL)

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Gardes qui commencent du 01/01/2026 au 31/03/2026" in text
    assert "1 garde, 48 h honorées, pour 2 médecins : 24 h en moyenne." in text
    assert "Céline Benali 1 48 h 0 h 0 h 48 h 18 h 100,0 % +100 %" in text
    assert "Colson candidat 0 0 h 0 h 0 h 0 h 0 h 0,0 % -100 %" in text
    assert text.index("Céline Benali 1") < text.index("Colson candidat")


def test_the_chart_says_what_the_table_says(client, manager, benali, colson):
    response = client.get(URL)
    page = response.content.decode()
    data = json.loads(page.split('id="repartition" type="application/json">')[1].split("</script>")[0])
    assert data["labels"] == ["Benali C.", "Colson C."]
    assert [each["values"] for each in data["series"]] == [[48.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert 'data-chart="repartition" aria-hidden="true" hidden' in page
    assert "js/charts.js" in page


def test_sorts_by_the_links_of_the_headings(client, manager, benali, colson):
    columns = {column.label: column for column in client.get(URL).context["columns"]}
    assert columns["Total"].sorted == "descending"
    assert columns["Total"].sort_url == "?periode=trimestre&tri=heures"
    assert columns["Médecin"].sort_url == "?periode=trimestre&tri=medecin"
    response = client.get(URL + "?tri=medecin&periode=trimestre")
    columns = {column.label: column for column in response.context["columns"]}
    assert columns["Médecin"].sort_url == "?periode=trimestre&tri=-medecin"
    assert columns["Gardes"].sort_url == "?periode=trimestre&tri=-gardes"
    response = client.get(URL + "?tri=heures")
    assert [share.provider for share in response.context["shares"]] == [colson.provider, benali.provider]


def test_is_not_put_out_by_what_it_does_not_understand(client, manager, benali):
    response = client.get(URL + "?periode=toujours&tri=hasard")
    assert response.context["period"].start == date(2026, 1, 1)
    assert "Céline Benali" in text_of(response)


def test_says_that_nothing_is_planned(client, manager, colson):
    response = client.get(URL)
    assert "les médecins inscrits sont à zéro" in text_of(response)
    assert "figure" not in response.content.decode()


def test_says_that_nobody_is_enrolled(client, manager):
    response = client.get(URL)
    assert "Aucun médecin n'est inscrit dans votre cercle pendant cette période." in text_of(response)
    assert reverse("bhod:doctor_enrol") in response.content.decode()


def test_gives_it_as_a_file(client, manager, circle, benali, colson):
    GuardFactory(unit__enterprise=circle, starts_at=datetime(2026, 3, 3, 18, tzinfo=UTC),
                 ends_at=datetime(2026, 3, 4, 6, 30, tzinfo=UTC), provider__person__last_name="Dupont")  # fmt: skip
    response = client.get(EXPORT)
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert response["Content-Disposition"].endswith('-2026-01-01-2026-03-31.csv"')
    assert len(lines) == 4
    assert "Benali;Céline;;01-01-2026;31-03-2026;90;1;48,00;0,00;0,00;48,00;18,00;79,3;" in lines[1]
    assert ";0;1;0,00;0,00;12,50;12,50;8,50;20,7;" in lines[2]
    assert ";oui;" in lines[3]
    assert AuditEntry.objects.latest("pk").act == "bhod.fairness.exported"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("", date(2026, 4, 1), date(2026, 6, 30)),
        ("trimestre", date(2026, 4, 1), date(2026, 6, 30)),
        ("precedent", date(2026, 1, 1), date(2026, 3, 31)),
        ("annee", date(2026, 1, 1), date(2026, 12, 31)),
        ("12-mois", date(2025, 5, 17), date(2026, 5, 16)),
    ],
)
def test_understands_periods(asked, start, end):
    form = FairnessForm({"periode": asked})
    assert form.is_valid()
    period = form.period(date(2026, 5, 16))
    assert (period.start, period.end) == (start, end)
