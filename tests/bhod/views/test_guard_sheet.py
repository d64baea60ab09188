"""The sheet of a month: what it says, read from the data of its template and from the template as a page of HTML."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import typst
from django.urls import reverse

from bhod.selectors.guards import month_of
from bhod.services import guard_sheets
from bhod.services.guard_sheets import month_sheet, sheet_data
from bhod_portal.core.periods import Period
from tests.bhod.factories import AT, GuardFactory, GuardUnitFactory

URL = reverse("bhod:guard_sheet")
MARCH = month_of(date(2026, 3, 1))


@pytest.fixture
def guard(unit):
    """The night from Thursday 5 to Friday 6 March 2026."""
    return GuardFactory(
        unit=unit, provider__person__last_name="Vermeulen", provider__person__first_name="Bart"
    )


def said(circle, units, month=MARCH, **values):
    return sheet_data(enterprise=circle, units=units, month=month, by="Nadia Benali", at=AT, **values)


def cells(data, day, page=0):
    [row] = [row for row in data["pages"][page]["days"] if row["name"].endswith(f" {day}")]
    return row["cells"]


class TestWhatItSays:
    def test_who_is_on_duty_when_and_where(self, circle, unit, guard):
        east = GuardUnitFactory(enterprise=circle, name="Est")

        data = said(circle, [unit, east])

        assert data["pages"][0]["units"] == ["Ouest", "Est"]
        assert cells(data, 5) == [[("19:00 – 08:00", "Dr Bart Vermeulen")], []]
        assert data["title"] == "Gardes de mars 2026"
        assert data["made"] == "Établi le 10/03/2026 10:00 par Nadia Benali"
        assert "SIMULATEUR" in data["mark"]

    def test_a_guard_of_two_days_stands_at_both(self, circle, unit):
        guard = GuardFactory(unit=unit, weekend=True)
        doctor = f"Dr {guard.provider.person}"

        data = said(circle, [unit])

        assert cells(data, 7) == [[("08:00 – lun 9 08:00", doctor)]]
        assert cells(data, 8) == [[("jusqu'à lun 9 08:00", doctor)]]
        assert cells(data, 9) == [[]]

    def test_what_began_the_month_before_goes_on(self, circle, unit):
        start = datetime(2026, 2, 28, 7, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=48))

        [[(hours, _doctor)]] = cells(said(circle, [unit]), 1)

        assert hours == "jusqu'à lun 2 08:00"

    def test_neither_drafts_nor_cancelled_guards_nor_amounts(self, circle, unit):
        GuardFactory(unit=unit, draft=True)
        GuardFactory(unit=unit, cancelled=True)

        data = said(circle, [unit])

        assert cells(data, 5) == [[]]
        assert data["note"] == "1 brouillon n'y figure pas."
        assert "€" not in str(data)

    def test_weekends_and_holidays_are_marked(self, circle, unit):
        april = said(circle, [unit], month=month_of(date(2026, 4, 1)))["pages"][0]["days"]
        assert [row["name"] for row in april if row["is_free"]] == [
            "sam 4", "dim 5", "lun 6", "sam 11", "dim 12", "sam 18", "dim 19", "sam 25", "dim 26",
        ]  # fmt: skip
        assert [row["holiday"] for row in april if row["holiday"]] == ["Lundi de Pâques"]

    def test_the_night_in_which_the_clock_changes(self, circle, unit):
        start = datetime(2026, 3, 28, 19, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=11))
        [[(hours, _doctor)]] = cells(said(circle, [unit]), 28)
        assert hours == "20:00 – 08:00"


class TestPages:
    def test_few_units_share_one(self, circle, unit):
        units = [unit, *GuardUnitFactory.create_batch(4, enterprise=circle)]
        assert [len(page["units"]) for page in said(circle, units)["pages"]] == [5]

    def test_many_units_have_one_each(self, circle, unit):
        units = [unit, *GuardUnitFactory.create_batch(5, enterprise=circle)]
        assert [len(page["units"]) for page in said(circle, units)["pages"]] == [1] * 6

    def test_crowded_days_have_one_each(self, circle, unit, monkeypatch):
        monkeypatch.setattr(guard_sheets, "MOST_LINES", 31)
        units = [unit, GuardUnitFactory(enterprise=circle)]
        GuardFactory(unit=unit)
        assert len(said(circle, units)["pages"]) == 1

        GuardFactory(unit=unit)
        assert len(said(circle, units)["pages"]) == 2

    @pytest.mark.parametrize(
        ("units", "nights", "size"),
        [(1, 1, 11), (1, 8, 11), (1, 9, 9.5), (3, 14, 9.5), (3, 15, 8), (4, 1, 8)],
    )
    def test_letters_are_as_large_as_they_may_be(self, circle, unit, units, nights, size):
        all_units = [unit, *GuardUnitFactory.create_batch(units - 1, enterprise=circle)]
        # One line for each day, and one more for each doctor more in the same night.
        GuardFactory.create_batch(nights, unit=unit)
        assert said(circle, all_units)["pages"][0]["size"] == size


class TestDocument:
    def test_is_tagged_and_in_french(self, circle, unit, guard):
        document = month_sheet(enterprise=circle, units=[unit], month=MARCH, by="Nadia Benali", at=AT)

        assert document.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in document
        assert b"/Lang(fr" in document

    @pytest.mark.parametrize("units", [1, 3, 6])
    def test_prints_all_of_it_as_typed(self, circle, unit, guard, monkeypatch, units):
        """The same template as a page of HTML, which can be read."""
        compiled = typst.compile

        def as_html(source, **options):
            options.pop("format")
            return compiled(source, format="html", **options)

        monkeypatch.setattr(typst, "compile", as_html)
        unit.name = '#panic("x") *Ouest* $a$'
        unit.save()
        GuardFactory(unit=unit, draft=True)
        all_units = [unit, *GuardUnitFactory.create_batch(units - 1, enterprise=circle)]

        html = unescape(
            month_sheet(enterprise=circle, units=all_units, month=MARCH, by="Nadia Benali", at=AT).decode()
        )

        for text in (unit.name, "Gardes de mars 2026", "19:00 – 08:00", "Dr Bart Vermeulen", "aucune garde"):
            assert text in html
        assert html.count("<table>") == (units if units > guard_sheets.MOST_UNITS else 1)

    def test_costs_one_query(self, circle, unit, guard, django_assert_num_queries):
        with django_assert_num_queries(1):
            said(circle, [unit])

    def test_is_of_any_month_of_any_length(self, circle, unit):
        for first in (date(2026, 2, 1), date(2028, 2, 1), date(2026, 4, 1)):
            month = month_of(first)
            assert isinstance(month, Period)
            assert month_sheet(enterprise=circle, units=[unit], month=month, by="x", at=AT)


class TestPage:
    @pytest.mark.parametrize("role", ["manager", "administrative"])
    def test_gives_the_pdf(self, request, client, circle, guard, role):
        request.getfixturevalue(role)

        answer = client.get(URL, {"mois": "2026-03"})

        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'inline; filename="gardes-{circle.bce_number}-2026-03.pdf"'
        assert answer.content.startswith(b"%PDF-")

    def test_is_reached_for_the_circle_and_for_each_unit(self, client, unit, manager):
        page = client.get(reverse("bhod:guard_export"), {"mois": "2026-03"}).content.decode()

        assert f'href="{URL}?mois=2026-03"' in page
        assert f'href="{URL}?mois=2026-03&amp;unite={unit.pk}"' in page

    def test_gives_one_unit(self, client, circle, unit, manager, monkeypatch):
        GuardUnitFactory(enterprise=circle)
        asked = []
        monkeypatch.setattr(
            "bhod.views.guard_exports.month_sheet", lambda **values: asked.append(values["units"]) or b""
        )

        client.get(URL, {"unite": unit.pk})
        client.get(URL)

        assert [len(units) for units in asked] == [1, 2]
        assert asked[0] == [unit]

    @pytest.mark.parametrize("unknown", ["0", "x"])
    def test_another_unit_is_not_there(self, client, unit, manager, unknown):
        assert client.get(URL, {"unite": unknown}).status_code == 404
        assert client.get(URL, {"unite": GuardUnitFactory().pk}).status_code == 404

    def test_a_circle_without_units_is_told(self, client, circle, unit, manager):
        unit.delete()
        answer = client.get(URL, follow=True)
        assert "il n'y a rien à imprimer" in unescape(answer.content.decode())
