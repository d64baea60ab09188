"""What a line of a planning says, from the cells as offices and spreadsheets write them."""

from datetime import UTC, datetime

import pytest

from bhod.services.planning_lines import read_line

COLUMNS = {"inami": 0, "start": 1, "end": 2, "start_time": 3, "end_time": 4}
INAMI = "19990512004"


def read(start, end="", start_time="", end_time="", *, formulas=(), merged=()):
    return read_line([7, [INAMI, start, end, start_time, end_time], list(formulas), list(merged)], COLUMNS)


def codes(asked):
    return [code for code, _text in asked.problems]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [
        "25/04/2026 19:00",
        "25-04-2026 19:00",
        "25.4.2026 19h00",
        "25-04-2026 19h",
        "25-04-2026, 19:00:00",
        "samedi 25/04/2026 19:00",
        "2026-04-25 19:00",
        "2026-04-25T19:00:00+02:00",
        "2026-04-25T17:00Z",
        "2026-04-25T17:00:00.000Z",
        "46137.7916666667",
    ],
)
def test_a_moment_as_it_may_be_written(start):
    asked = read(start, "26-04-2026 08:00")
    assert (codes(asked), asked.starts_at) == ([], utc(2026, 4, 25, 17))
    assert asked.ends_at == utc(2026, 4, 26, 6)


@pytest.mark.parametrize(
    ("cells", "end"),
    [
        (("25-04-2026", "26-04-2026", "19:00", "08:00"), utc(2026, 4, 26, 6)),
        (("25-04-2026", "", "19:00:00", "8h"), utc(2026, 4, 26, 6)),
        (("25-04-2026 19:00", "08:00"), utc(2026, 4, 26, 6)),
        (("25-04-2026 19:00", "23"), utc(2026, 4, 25, 21)),
        (("25-04-2026 19:00", "25-04-2026 24:00"), utc(2026, 4, 25, 22)),
        (("25-04-2026 19:00", "25-04-2026 22:00", "", "23:00"), utc(2026, 4, 25, 21)),
        (("46137", "46138", "19:00", "08:00"), utc(2026, 4, 26, 6)),
    ],
)
def test_times_in_cells_of_their_own(cells, end):
    asked = read(*cells)
    assert (codes(asked), asked.starts_at, asked.ends_at) == ([], utc(2026, 4, 25, 17), end)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("", "26-04-2026 08:00"), "start_missing"),
        (("25-04-2026 19:00",), "end_missing"),
        (("25-04-2026", "26-04-2026 08:00"), "time_missing"),
        (("25-04-2026 19:00", "26-04-2026"), "time_missing"),
        (("31-04-2026 19:00", "26-04-2026 08:00"), "invalid_date"),
        (("04/25/2026 19:00", "26-04-2026 08:00"), "invalid_date"),
        (("25/04/26 19:00", "26-04-2026 08:00"), "invalid_date"),
        (("bientôt", "26-04-2026 08:00"), "invalid_date"),
        (("2026-04-25T99:00Z", "26-04-2026 08:00"), "invalid_date"),
        (("25-04-2026 19:00", "bientôt"), "invalid_date"),
        (("25-04-2026 25:00", "26-04-2026 08:00"), "invalid_time"),
        (("25-04-2026 19:00", "24:30"), "invalid_time"),
        (("25-04-2026", "26-04-2026 08:00", "soir"), "invalid_time"),
        (("25-04-2026 19:00", "26-04-2026", "", "matin"), "invalid_time"),
        (("29-03-2026 02:30", "29-03-2026 08:00"), "nonexistent_time"),
    ],
)
def test_what_is_no_moment(cells, code):
    asked = read(*cells)
    assert codes(asked) == [code]
    assert all(text for _code, text in asked.problems)


def test_the_hour_that_october_has_twice():
    asked = read("24-10-2026 19:00", "25-10-2026 02:30")
    assert (asked.ends_at, len(asked.notes)) == (utc(2026, 10, 25, 0, 30), 1)
    asked = read("24-10-2026 19:00", "2026-10-25T02:30+01:00")
    assert (asked.ends_at, asked.notes) == (utc(2026, 10, 25, 1, 30), [])


def test_cells_that_no_reading_mends():
    assert codes(read("25-04-2026 19:00", "08:00", formulas=[1], merged=[2])) == ["formula", "merged"]
    # In a column that is not imported they change nothing.
    assert codes(read("25-04-2026 19:00", "08:00", formulas=[9], merged=[8])) == []


def test_a_line_without_doctor():
    asked = read_line([2, ["", "25-04-2026 19:00", "08:00"], [], []], COLUMNS)
    assert codes(asked) == ["doctor_missing"]


@pytest.mark.parametrize(
    ("name", "number", "problems"),
    [
        ("1-99905-12-004", INAMI, []),
        ("19990512004", INAMI, []),
        ("Moreau", "", []),
        ("1-99905-12", "", ["malformed"]),
    ],
)
def test_a_number_where_names_stand(name, number, problems):
    asked = read_line(
        [7, [name, "25-04-2026 19:00", "26-04-2026 08:00"], [], []], {"doctor": 0, "start": 1, "end": 2}
    )
    assert (asked.inami, codes(asked)) == (number, problems)
