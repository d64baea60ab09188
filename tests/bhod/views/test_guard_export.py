"""Guards as files: a table that an import reads again, and a calendar."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from icalendar import Calendar
from pytest_django.asserts import assertContains, assertNotContains

from bhod.enums import GuardState
from bhod.models import Guard
from bhod.services.guard_exports import export_calendar, export_table
from bhod_portal.core.identifiers import format_bce, format_inami
from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import AT, GuardFactory, GuardUnitFactory, GuardZoneFactory, manager_of
from tests.bhod.payment_factories import TariffFactory
from tests.csam.factories import PersonFactory

URL = reverse("bhod:guard_export")
MARCH = {"du": "01-03-2026", "au": "31-03-2026"}
HEADINGS = ["cercle_bce", "zone", "unite", "inami", "medecin", "debut", "fin", "type", "etat", "reference"]


@pytest.fixture
def guard(unit, circle):
    """The night from Thursday 5 to Friday 6 March 2026, in a unit of a zone."""
    unit.zone = GuardZoneFactory(enterprise=circle, name="Haute-Meuse")
    unit.save()
    TariffFactory(world=circle.world)
    return GuardFactory(
        unit=unit, provider__person__last_name="Vermeulen", provider__person__first_name="Bart"
    )


def table(answer):
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


def asked(client, file="csv", **values):
    return client.get(URL, MARCH | {"fichier": file} | values)


class TestTable:
    @pytest.mark.parametrize("role", ["manager", "administrative"])
    def test_has_the_columns_that_an_import_reads(self, request, client, circle, guard, role):
        request.getfixturevalue(role)

        answer = asked(client)

        assert table(answer) == [
            HEADINGS,
            [
                format_bce(circle.bce_number),
                "Haute-Meuse",
                "Ouest",
                format_inami(guard.provider.inami_number),
                "Vermeulen Bart",
                "05-03-2026 19:00",
                "06-03-2026 08:00",
                "nuit de semaine",
                "enregistrée",
                str(guard.reference),
            ],
        ]
        assert answer["Content-Disposition"] == (
            f'attachment; filename="gardes-{circle.bce_number}-2026-03-01-2026-03-31.csv"'
        )

    def test_says_which_of_two_hours_is_meant(self, client, unit, manager):
        GuardFactory(
            unit=unit,
            starts_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            ends_at=datetime(2026, 10, 25, 7, tzinfo=UTC),
        )

        [_, row] = table(asked(client, du="25-10-2026", au="25-10-2026"))

        assert row[5:7] == ["2026-10-25T02:30:00+01:00", "25-10-2026 08:00"]

    def test_names_the_type_of_most_hours_and_none_of_no_hours(self, client, unit, manager):
        friday = datetime(2026, 3, 13, 18, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=friday, ends_at=friday + timedelta(hours=37))
        noon = datetime(2026, 3, 12, 11, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=noon, ends_at=noon + timedelta(hours=2))

        assert [row[7] for row in table(asked(client))[1:]] == ["", "week-end"]

    def test_runs_no_formula(self, client, unit, manager):
        GuardFactory(unit=unit, provider__person__last_name="=HYPERLINK(1)")
        [_, row] = table(asked(client))
        assert row[4].startswith("'=HYPERLINK(1)")

    def test_has_other_circles_guards_never(self, client, guard, manager):
        other = GuardFactory()
        for values in ({}, {"unite": other.unit_id}, {"medecin": other.provider_id}):
            answer = asked(client, **values)
            assert other.unit.name not in (
                answer.content.decode() if not answer.streaming else str(table(answer))
            )

    def test_is_traced(self, client, guard, manager):
        table(asked(client))

        entry = AuditEntry.objects.get(act="bhod.guards.exported")
        assert (entry.done_by, entry.details) == (manager, {"file": "csv", "count": 1})


class TestFilters:
    @pytest.fixture
    def guards(self, unit, circle, guard):
        """By name: one as usual, one cancelled, one a draft, one of a weekend in another unit, one of April."""
        east = GuardUnitFactory(enterprise=circle, name="Est")
        april = datetime(2026, 4, 1, 18, tzinfo=UTC)
        return {
            "usual": guard,
            "cancelled": GuardFactory(unit=unit, cancelled=True),
            "draft": GuardFactory(unit=unit, draft=True),
            "weekend": GuardFactory(unit=east, weekend=True),
            "april": GuardFactory(unit=unit, starts_at=april, ends_at=april + timedelta(hours=13)),
        }

    @pytest.mark.parametrize(
        ("values", "found"),
        [
            ({}, {"usual", "draft", "weekend"}),
            ({"annulees": "on"}, {"usual", "draft", "weekend", "cancelled"}),
            ({"etat": GuardState.DRAFT}, {"draft"}),
            ({"etat": GuardState.CANCELLED}, {"cancelled"}),
            ({"categorie": "WEEKEND"}, {"weekend"}),
            ({"du": "02-04-2026", "au": "03-04-2026"}, set()),
            ({"au": "01-04-2026"}, {"usual", "draft", "weekend", "april"}),
            # Nobody is enrolled in this circle.
            ({"problemes": "on"}, {"usual", "draft", "weekend"}),
        ],
    )
    def test_are_those_of_the_list(self, client, manager, guards, values, found):
        rows = table(asked(client, **values))
        assert {row[-1] for row in rows[1:]} == {str(guards[name].reference) for name in found}

    def test_name_a_unit_and_a_doctor(self, client, manager, guards):
        weekend = guards["weekend"]
        [_, row] = table(asked(client, unite=weekend.unit_id))
        assert row[-1] == str(weekend.reference)

    def test_begin_with_the_month_of_the_address(self, client, manager, guards):
        page = client.get(URL, {"mois": "2026-04"})

        assertContains(page, 'value="01-04-2026"')
        assertContains(page, 'value="30-04-2026"')
        rows = table(client.get(URL, {"mois": "2026-04", "fichier": "csv"}))
        assert [row[-1] for row in rows[1:]] == [str(guards["april"].reference)]

    @pytest.mark.parametrize(
        ("values", "field", "code"),
        [
            ({"du": "31-03-2026", "au": "01-03-2026"}, "au", "period_out_of_order"),
            ({"au": "31-03-2027"}, "au", "period_too_long"),
            ({"du": "hier"}, "du", "invalid"),
            ({"unite": "0"}, "unite", "invalid_choice"),
        ],
    )
    def test_say_what_is_not_understood(self, client, manager, guards, values, field, code):
        answer = asked(client, **values)

        assert answer["Content-Type"].startswith("text/html")
        assert answer.context["form"].has_error(field, code)

    def test_an_unknown_file_is_the_page(self, client, manager):
        assertContains(asked(client, "exe"), "Exporter des gardes")

    def test_are_reached_from_the_list(self, client, guard, manager):
        page = client.get(reverse("bhod:guard_list"), {"mois": "2026-03"})
        assertContains(page, f'href="{URL}?mois=2026-03"')


class TestAmounts:
    def test_the_manager_may_have_them(self, client, guard, manager):
        GuardFactory(unit=guard.unit, cancelled=True)

        assertContains(client.get(URL), "Avec les montants")
        [headings, *rows] = table(asked(client, montants="on", annulees="on"))

        assert headings[-3:] == ["heures_honorees", "tarif", "montant"]
        assert sorted(row[-3:] for row in rows) == [["0", "", ""], ["13", "6,20", "80,60"]]

    def test_without_a_tariff_there_is_none(self, client, unit, manager):
        GuardFactory(unit=unit)
        [_, row] = table(asked(client, montants="on"))
        assert row[-3:] == ["13", "", ""]

    def test_the_administrative_user_has_none_by_any_address(self, client, guard, administrative):
        assertNotContains(client.get(URL), "montants")
        for value in ("on", "1", "true"):
            rows = table(asked(client, montants=value))
            assert rows[0] == HEADINGS
            assert "80,60" not in str(rows)
        assert "80,60" not in asked(client, "ics", montants="on").content.decode()


class TestCalendar:
    def test_has_the_guards_without_drafts_and_amounts(self, client, guard, manager):
        GuardFactory(unit=guard.unit, draft=True)

        answer = asked(client, "ics", montants="on")

        calendar = Calendar.from_ical(answer.content)
        assert [str(event["uid"]) for event in calendar.events] == [str(guard.reference)]
        assert calendar.calendar_name == "CMG du Test ASBL"
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Content-Disposition"].endswith('2026-03-31.ics"')
        assert "80,60" not in answer.content.decode()
        assert AuditEntry.objects.get(act="bhod.guards.exported").details["file"] == "ics"


class TestService:
    def test_asks_itself_who_may(self, circle, guard):
        act = {"enterprise": circle, "guards": Guard.objects.all(), "at": AT}
        stranger = PersonFactory(world=circle.world)
        with pytest.raises(PermissionDenied):
            export_table(**act, by=stranger, with_amounts=False)
        with pytest.raises(PermissionDenied):
            export_calendar(**act, by=stranger)

    def test_gives_amounts_to_who_sees_finances_only(self, circle, guard):
        secretary = manager_of(circle, function="INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE")
        act = {"enterprise": circle, "guards": Guard.objects.all(), "by": secretary, "at": AT}
        with pytest.raises(PermissionDenied):
            export_table(**act, with_amounts=True)
        assert len(list(export_table(**act, with_amounts=False))) == 2

    def test_never_gives_another_circle_s_guards(self, circle, guard):
        GuardFactory()
        act = {"enterprise": circle, "guards": Guard.objects.all(), "by": manager_of(circle), "at": AT}
        assert len(list(export_table(**act, with_amounts=True))) == 2
        assert len(Calendar.from_ical(export_calendar(**act)).events) == 1


def test_costs_as_many_queries_for_any_number(client, unit, guard, manager, django_assert_max_num_queries):
    for number in range(20):
        start = datetime(2026, 3, 10, 18, tzinfo=UTC) + timedelta(days=number)
        GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=13))
    with django_assert_max_num_queries(20):
        assert len(table(asked(client, montants="on"))) == 22
