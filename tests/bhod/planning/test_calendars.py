"""Calendars as plannings: recurrences, time zones, whole days, and those that somebody made to do harm."""

import pytest
from django.core.exceptions import ValidationError

from bhod.services.planning_calendars import HEADINGS, MAX_EVENTS, is_calendar, read_calendar
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.uploads import MAX_FILE_BYTES
from tests.bhod.factories import AT
from tests.bhod.planning.files import calendar

BRUSSELS = "DTSTART;TZID=Europe/Brussels:20260313T190000\nDTEND;TZID=Europe/Brussels:20260314T080000"
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Maison
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:{rule};BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:{rule};BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def read(*events, before="", size=None):
    content = calendar(*events, before=before)
    return read_calendar(content=content, size=size or len(content), units=["Ouest", "Est"], at=AT)


def lines(*events, **kwargs):
    return [dict(zip(HEADINGS, line[1], strict=True)) for line in read(*events, **kwargs).lines]


def hours(*events, **kwargs):
    return [(each["debut"], each["fin"]) for each in lines(*events, **kwargs)]


def code_of(*events, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        read(*events, **kwargs)
    [code] = refusal_codes(refusal.value)
    return code


def test_a_calendar_is_known_by_how_it_begins():
    assert is_calendar(b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n")
    assert not is_calendar(b"unite;inami\r\n")


class TestHours:
    @pytest.mark.parametrize(
        ("event", "start", "end"),
        [
            (BRUSSELS, "2026-03-13T19:00:00+01:00", "2026-03-14T08:00:00+01:00"),
            (
                "DTSTART:20260313T180000Z\nDTEND:20260314T070000Z",
                "2026-03-13T18:00:00+00:00",
                "2026-03-14T07:00:00+00:00",
            ),
            ("DTSTART:20260313T190000\nDURATION:PT13H", "2026-03-13T19:00:00", "2026-03-14T08:00:00"),
            # In the night of March, thirteen hours are thirteen that pass.
            (
                "DTSTART;TZID=Europe/Brussels:20260328T190000\nDURATION:PT13H",
                "2026-03-28T19:00:00+01:00",
                "2026-03-29T07:00:00+00:00",
            ),
            (
                "DTSTART;TZID=Romance Standard Time:20260713T190000\nDTEND;TZID=Romance Standard Time:20260714T080000",
                "2026-07-13T19:00:00+02:00",
                "2026-07-14T08:00:00+02:00",
            ),
            # Whole days: Saturday, a weekday, a weekend, and one without end.
            (
                "DTSTART;VALUE=DATE:20260314\nDTEND;VALUE=DATE:20260315",
                "2026-03-14T08:00",
                "2026-03-15T08:00",
            ),
            (
                "DTSTART;VALUE=DATE:20260312\nDTEND;VALUE=DATE:20260313",
                "2026-03-12T19:00",
                "2026-03-13T08:00",
            ),
            (
                "DTSTART;VALUE=DATE:20260314\nDTEND;VALUE=DATE:20260316",
                "2026-03-14T08:00",
                "2026-03-16T08:00",
            ),
            ("DTSTART;VALUE=DATE:20260314", "2026-03-14T08:00", "2026-03-15T08:00"),
            ("DTSTART:20260313T190000", "2026-03-13T19:00:00", ""),
        ],
    )
    def test_of_an_event(self, event, start, end):
        assert hours(f"UID:1\n{event}") == [(start, end)]

    def test_in_a_zone_that_the_calendar_defines(self):
        event = "UID:1\nDTSTART;TZID=Maison:20260713T190000\nDTEND;TZID=Maison:20260714T080000"
        zone = OWN_ZONE.format(rule="FREQ=YEARLY")
        assert hours(event, before=zone) == [("2026-07-13T19:00:00+02:00", "2026-07-14T08:00:00+02:00")]
        # It is that calendar's alone: the next one of that name is another.
        file = read(event)
        assert file.lines[0][1][4] == "2026-07-13T19:00:00"
        assert "Maison" in file.remarks[0]


class TestRecurrences:
    def test_each_occurrence_is_a_line(self):
        found = hours(f"UID:1\n{BRUSSELS}\nRRULE:FREQ=WEEKLY;COUNT=4")
        assert [start for start, _end in found] == [
            f"2026-{day}T19:00:00{zone}"
            for day, zone in (
                ("03-13", "+01:00"),
                ("03-20", "+01:00"),
                ("03-27", "+01:00"),
                ("04-03", "+02:00"),
            )
        ]

    def test_exceptions_and_moved_occurrences(self):
        found = hours(
            f"UID:1\n{BRUSSELS}\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Brussels:20260314T190000",
            "UID:1\nRECURRENCE-ID;TZID=Europe/Brussels:20260315T190000\n"
            "DTSTART;TZID=Europe/Brussels:20260315T200000\nDTEND;TZID=Europe/Brussels:20260316T080000",
            before="X-WR-TIMEZONE:Europe/Brussels\n",
        )
        assert [start[:16] for start, _end in found] == ["2026-03-13T19:00", "2026-03-15T20:00"]

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=MONTHLY;BYDAY=2FR",
            "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=13",
        ],
    )
    def test_those_without_end_go_two_years_far(self, rule):
        found = hours(f"UID:1\n{BRUSSELS}\nRRULE:{rule}")
        assert 2 <= len(found) <= 25

    @pytest.mark.parametrize(
        "rule",
        [
            "RRULE:FREQ=SECONDLY",
            "RRULE:FREQ=HOURLY;COUNT=3",
            "RRULE:FREQ=DAILY;INTERVAL=0",
            "RRULE:FREQ=DAILY;BYHOUR=1,2,3",
            "RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
            "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "RRULE:FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=5",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=0",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=99",
            "RRULE:FREQ=MONTHLY;BYDAY=6MO",
            "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
            "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
            "EXRULE:FREQ=DAILY",
            "RDATE:" + ",".join(["20260313T190000"] * 2_001),
        ],
    )
    def test_rules_that_no_calendar_of_guards_has(self, rule):
        assert code_of(f"UID:1\nDTSTART:20260313T190000\nDTEND:20260314T080000\n{rule}") == "recurrence"

    def test_a_rule_that_began_long_ago(self):
        assert code_of("UID:1\nDTSTART:10260313T190000\nRRULE:FREQ=DAILY") == "recurrence"

    def test_dates_that_are_listed(self):
        found = hours("UID:1\nDTSTART:20260313T190000\nDURATION:PT13H\nRDATE:20260320T190000")
        assert [start for start, _end in found] == ["2026-03-13T19:00:00", "2026-03-20T19:00:00"]


class TestBounds:
    def test_many_events(self):
        event = "DTSTART:20260313T190000\nDURATION:PT13H"
        assert len(read(*[f"UID:{n}\n{event}" for n in range(50)]).lines) == 50
        assert code_of(*[f"UID:{n}\n{event}" for n in range(MAX_EVENTS + 1)]) == "calendar_too_big"

    def test_many_occurrences(self):
        event = "DTSTART:20260313T190000\nDURATION:PT13H\nRRULE:FREQ=DAILY"
        assert code_of(*[f"UID:{n}\n{event}" for n in range(8)]) == "calendar_too_big"

    def test_many_bytes(self):
        assert code_of("UID:1", size=MAX_FILE_BYTES + 1) == "calendar_too_big"

    @pytest.mark.parametrize(
        "zone",
        [
            OWN_ZONE.format(rule="FREQ=SECONDLY"),
            OWN_ZONE.format(rule="FREQ=YEARLY;BYMONTH=13"),
            OWN_ZONE.format(rule="FREQ=YEARLY;BYMONTHDAY=30"),
            OWN_ZONE.replace("RRULE:{rule}", "RDATE:" + "1," * 2_001),
        ],
    )
    def test_zones_made_to_do_harm(self, zone):
        assert code_of("UID:1\nDTSTART:20260313T190000", before=zone) == "recurrence"

    def test_lists_without_end(self):
        names = "CATEGORIES:" + "a," * 201_000
        assert code_of(f"UID:1\nDTSTART:20260313T190000\n{names}") == "calendar_too_big"

    @pytest.mark.parametrize(
        "event",
        [
            "UID:1",
            "UID:1\nDTSTART:demain",
            "UID:1\nDTSTART:20260313T190000\nDURATION:P99999999999D",
            "UID:1\nDTSTART;VALUE=DATE:20260313\nDTEND:20260314T080000Z",
        ],
    )
    def test_broken_ones(self, event):
        assert code_of(event) == "unreadable_calendar"

    def test_signs_that_are_no_text(self):
        assert code_of("UID:1\nDTSTART:20260313T190000\nSUMMARY:\0") == "unreadable_calendar"

    def test_of_another_encoding(self):
        content = calendar("UID:1\nDTSTART:20260313T190000\nDURATION:PT13H\nSUMMARY:Dr Müller").decode()
        content = content.encode("windows-1252")
        file = read_calendar(content=content, size=len(content), units=[], at=AT)
        assert len(file.lines) == 1

    def test_none_of_these_years(self):
        assert code_of("UID:1\nDTSTART:20160313T190000") == "no_lines"

    def test_events_of_other_years_are_left_out_and_counted(self):
        file = read("UID:1\nDTSTART:20160313T190000", "UID:2\nDTSTART:20260313T190000\nLOCATION:Ouest")
        assert len(file.lines) == 1
        assert file.remarks[0].endswith(": 1.")


class TestWhoAndWhere:
    @pytest.mark.parametrize(
        ("texts", "inami", "doctor"),
        [
            ("SUMMARY:Garde 1-99905-12-004", "1-99905-12-004", ""),
            ("DESCRIPTION:INAMI 19990512004\nSUMMARY:Garde", "19990512004", ""),
            ("SUMMARY:Garde\nATTENDEE;CN=Dr Zoé:mailto:19990512004@exemple.invalid", "19990512004", ""),
            ("SUMMARY:Garde Dr. Peeters Zoé (Ouest)", "", "Peeters Zoé"),
            ("SUMMARY:Garde\nDESCRIPTION:Docteur Peeters", "", "Peeters"),
            (
                "SUMMARY:Garde\nATTENDEE;CN=Zoé Peeters:mailto:z@exemple.invalid\nATTENDEE:mailto:a@b",
                "",
                "Zoé Peeters",
            ),
            ("SUMMARY:Peeters", "", "Peeters"),
            ("SUMMARY:Dr Peeters\nDESCRIPTION:32470123456", "", "Peeters"),
        ],
    )
    def test_the_doctor(self, texts, inami, doctor):
        [line] = lines(f"UID:1\n{BRUSSELS}\n{texts}")
        assert (line["inami"], line["medecin"]) == (inami, doctor)

    @pytest.mark.parametrize(
        ("texts", "unit"),
        [
            ("LOCATION:ouest", "Ouest"),
            ("LOCATION:Poste\\, Est", "Est"),
            ("LOCATION:Rue\nCATEGORIES:Garde,OUEST", "Ouest"),
            ("CATEGORIES:Garde\nCATEGORIES:Est", "Est"),
            ("LOCATION:Rue de la Gare", ""),
        ],
    )
    def test_the_unit(self, texts, unit):
        [line] = lines(f"UID:1\n{BRUSSELS}\n{texts}")
        assert line["unite"] == unit

    def test_places_that_are_no_unit_are_told(self):
        assert "Rue (1)" in read(f"UID:1\n{BRUSSELS}\nLOCATION:Rue").remarks[0]

    def test_what_was_cancelled(self):
        [line] = lines(f"UID:abc\n{BRUSSELS}\nSTATUS:CANCELLED")
        assert (line["etat"], line["reference"]) == ("CANCELLED", "abc")
