"""Paid minutes to the minute, by the rules of domain.md 1.2; local times of Brussels, worked out by hand."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bhod.eligibility import (
    Eligible,
    amount,
    category_of,
    clock_hours,
    eligible,
    legal_holidays,
    qualification_of,
    windows_of,
)
from bhod.enums import GuardCategory, Qualification
from prosante_login.enums import Profession
from prosante_login.models import CareProvider

BRUSSELS = ZoneInfo("Europe/Brussels")
H = 60


def local(text, fold=0):
    """An instant from its clock time in Brussels, in UTC as the database gives it."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, fold=fold).astimezone(UTC)


CASES = [
    # weekend: Saturday 08:00 to Monday 08:00
    ("2026-03-07 08:00", "2026-03-09 08:00", (48 * H, 0, 0), "a whole weekend"),
    ("2026-03-07 08:00", "2026-03-08 08:00", (24 * H, 0, 0), "a Saturday"),
    ("2026-03-08 20:00", "2026-03-09 08:00", (12 * H, 0, 0), "the night to Monday is weekend"),
    ("2026-03-09 07:00", "2026-03-09 09:00", (1 * H, 0, 0), "Monday from 08:00 is not"),
    ("2026-03-07 08:17", "2026-03-07 08:18", (1, 0, 0), "one minute"),
    # weeknight: 19:00 to 08:00
    ("2026-03-03 19:00", "2026-03-04 08:00", (0, 0, 13 * H), "a weeknight has 13 hours"),
    ("2026-03-03 18:00", "2026-03-04 09:00", (0, 0, 13 * H), "what lies outside the night is not paid"),
    ("2026-03-03 18:59", "2026-03-03 19:01", (0, 0, 1), "the evening begins at 19:00 sharp"),
    ("2026-03-04 07:59", "2026-03-04 08:01", (0, 0, 1), "the night ends at 08:00 sharp"),
    ("2026-03-03 23:00", "2026-03-04 06:30", (0, 0, 7 * H + 30), "part of a night"),
    ("2026-03-03 08:00", "2026-03-03 19:00", (0, 0, 0), "a weekday is not paid"),
    ("2026-03-03 08:00", "2026-03-05 08:00", (0, 0, 26 * H), "two days of the week: their two nights"),
    (
        "2026-03-06 19:00",
        "2026-03-07 08:00",
        (0, 0, 13 * H),
        "the night from Friday to Saturday is a weeknight",
    ),
    ("2026-03-06 19:00", "2026-03-08 08:00", (24 * H, 0, 13 * H), "from Friday evening to Sunday morning"),
    ("2026-03-09 02:00", "2026-03-09 20:00", (6 * H, 0, 1 * H), "weekend, working day, evening"),
    # legal holidays: 08:00 to 08:00
    ("2026-05-14 08:00", "2026-05-15 08:00", (0, 24 * H, 0), "Ascension"),
    ("2026-05-13 19:00", "2026-05-14 08:00", (0, 0, 13 * H), "the eve of a holiday is a weeknight"),
    ("2026-05-13 19:00", "2026-05-15 08:00", (0, 24 * H, 13 * H), "eve and holiday"),
    ("2026-04-06 08:00", "2026-04-07 08:00", (0, 24 * H, 0), "Easter Monday"),
    ("2026-04-06 00:00", "2026-04-06 12:00", (8 * H, 4 * H, 0), "a holiday on Monday takes over at 08:00"),
    (
        "2026-04-05 08:00",
        "2026-04-07 08:00",
        (24 * H, 24 * H, 0),
        "Easter Sunday is a Sunday, Monday a holiday",
    ),
    ("2026-05-24 08:00", "2026-05-25 08:00", (24 * H, 0, 0), "Whit Sunday is a Sunday"),
    (
        "2026-05-01 08:00",
        "2026-05-03 08:00",
        (24 * H, 24 * H, 0),
        "a holiday on Friday runs to Saturday 08:00",
    ),
    ("2026-08-15 08:00", "2026-08-16 08:00", (24 * H, 0, 0), "a holiday on Saturday adds nothing"),
    ("2026-11-01 08:00", "2026-11-02 08:00", (24 * H, 0, 0), "a holiday on Sunday adds nothing"),
    (
        "2026-07-21 06:00",
        "2026-07-22 20:00",
        (0, 24 * H, 2 * H + 1 * H),
        "before, during and after a holiday",
    ),
    ("2026-11-11 07:00", "2026-11-11 09:00", (0, 1 * H, 1 * H), "the night ends where the holiday begins"),
    ("2025-12-31 19:00", "2026-01-01 08:00", (0, 0, 13 * H), "31 December is an eve like another"),
    ("2025-12-31 19:00", "2026-01-02 08:00", (0, 24 * H, 13 * H), "New Year, over the change of year"),
    ("2026-12-25 08:00", "2026-12-26 08:00", (0, 24 * H, 0), "Christmas on a Friday"),
    ("2026-12-31 23:59", "2027-01-01 00:01", (0, 0, 2), "two minutes around midnight"),
    # changes of hour, in the night from Saturday to Sunday
    ("2026-03-28 08:00", "2026-03-30 08:00", (47 * H, 0, 0), "the weekend of March has 47 hours"),
    ("2026-03-28 20:00", "2026-03-29 08:00", (11 * H, 0, 0), "the night of March has an hour less"),
    ("2026-03-29 01:59", "2026-03-29 03:01", (2, 0, 0), "from 02:00 to 03:00 there is nothing in March"),
    ("2026-10-24 08:00", "2026-10-26 08:00", (48 * H, 0, 0), "the weekend of October is capped at 48 hours"),
    ("2026-10-24 20:00", "2026-10-25 08:00", (12 * H, 0, 0), "the repeated hour is not paid twice"),
    ("2026-10-25 01:59", "2026-10-25 03:01", (1 * H + 2, 0, 0), "each minute of the clock counts once"),
    ("2026-03-27 19:00", "2026-03-30 08:00", (47 * H, 0, 13 * H), "Friday to Monday in March"),
    ("2026-10-23 19:00", "2026-10-26 08:00", (48 * H, 0, 13 * H), "Friday to Monday in October"),
    (
        "2026-10-24 08:00",
        "2026-10-25 08:00",
        (24 * H, 0, 0),
        "the Saturday of October has 24 of its 25 hours",
    ),
    ("2026-03-29 08:00", "2026-03-30 08:00", (24 * H, 0, 0), "the Sunday after the change is whole"),
    # holidays before, in and after weekends
    ("2026-04-03 08:00", "2026-04-04 08:00", (0, 0, 13 * H), "Good Friday is no legal holiday"),
    (
        "2026-04-04 08:00",
        "2026-04-07 08:00",
        (48 * H, 24 * H, 0),
        "Easter: a weekend and its Monday, 72 hours",
    ),
    ("2026-05-23 08:00", "2026-05-26 08:00", (48 * H, 24 * H, 0), "Whitsun: the same"),
    (
        "2026-04-30 19:00",
        "2026-05-04 08:00",
        (48 * H, 24 * H, 13 * H),
        "1 May on a Friday: eve, holiday, weekend",
    ),
    (
        "2026-05-14 08:00",
        "2026-05-16 08:00",
        (0, 24 * H, 13 * H),
        "the Friday after Ascension is a working day",
    ),
    ("2027-05-01 08:00", "2027-05-03 08:00", (48 * H, 0, 0), "1 May on a Saturday adds nothing to 48 hours"),
    ("2027-12-24 19:00", "2027-12-27 08:00", (48 * H, 0, 13 * H), "Christmas on a Saturday"),
    ("2026-10-31 08:00", "2026-11-02 08:00", (48 * H, 0, 0), "All Saints on a Sunday: the weekend as ever"),
    ("2026-12-24 19:00", "2026-12-25 08:00", (0, 0, 13 * H), "Christmas Eve is a weeknight"),
    ("2026-12-31 19:00", "2027-01-02 08:00", (0, 24 * H, 13 * H), "31 December, New Year on a Friday"),
    ("2027-12-31 19:00", "2028-01-01 08:00", (0, 0, 13 * H), "31 December before a New Year in a weekend"),
    ("2028-02-28 19:00", "2028-03-01 08:00", (0, 0, 26 * H), "the night of 29 February counts"),
    # what history paid otherwise: today's rules hold for all (decision 5)
    ("2010-03-09 19:00", "2010-03-10 08:00", (0, 0, 13 * H), "a night of 2010"),
]


@pytest.mark.parametrize(("start", "end", "minutes"), [pytest.param(*case[:3], id=case[3]) for case in CASES])
def test_counts(start, end, minutes):
    assert eligible(local(start), local(end)) == Eligible(*minutes)


@pytest.mark.parametrize(
    ("start_fold", "end", "end_fold", "minutes"),
    [
        pytest.param(0, "2026-10-25 02:45", 0, 15, id="within the hour as it first comes"),
        pytest.param(1, "2026-10-25 02:45", 1, 0, id="within its repetition"),
        pytest.param(0, "2026-10-25 02:30", 1, 30, id="from the one to the other"),
        pytest.param(1, "2026-10-25 03:30", 0, 30, id="from the repetition to after it"),
    ],
)
def test_the_repeated_hour_is_not_paid(start_fold, end, end_fold, minutes):
    assert eligible(local("2026-10-25 02:30", start_fold), local(end, end_fold)).minutes == minutes


def test_a_zone_of_the_machine_changes_nothing():
    start, end = local("2026-03-06 19:00"), local("2026-03-08 08:00")
    tokyo = ZoneInfo("Asia/Tokyo")
    assert eligible(start.astimezone(tokyo), end.astimezone(tokyo)) == eligible(start, end)
    assert eligible(start.astimezone(BRUSSELS), end.astimezone(BRUSSELS)) == eligible(start, end)


# Around both changes of hour, Easter, New Year: minutes from the first of January 2026 on.
MINUTES = st.integers(min_value=0, max_value=400 * 24 * H)
LENGTHS = st.integers(min_value=1, max_value=60 * H)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@given(start=MINUTES, length=LENGTHS, cut=st.data())
def test_a_guard_cut_in_two_counts_the_same(start, length, cut):
    begin = FIRST + timedelta(minutes=start)
    end = begin + timedelta(minutes=length)
    middle = begin + timedelta(minutes=cut.draw(st.integers(min_value=0, max_value=length)))
    assert eligible(begin, middle) + eligible(middle, end) == eligible(begin, end)


@given(start=MINUTES, length=LENGTHS)
def test_no_minute_counts_twice(start, length):
    begin = FIRST + timedelta(minutes=start)
    counted = eligible(begin, begin + timedelta(minutes=length))
    assert 0 <= counted.minutes <= length


def by_hand(begin, end):
    """The rules once more, minute by minute on the clock of the wall, without windows."""
    counted = dict.fromkeys(GuardCategory, 0)
    minute = begin
    while minute < end:
        wall = minute.astimezone(BRUSSELS)
        minute += timedelta(minutes=1)
        if wall.fold:
            continue
        day = (wall.replace(tzinfo=None) - timedelta(hours=8)).date()
        if day.weekday() >= 5:
            counted[GuardCategory.WEEKEND] += 1
        elif day in legal_holidays(day.year):
            counted[GuardCategory.HOLIDAY] += 1
        elif wall.hour >= 19 or wall.hour < 8:
            counted[GuardCategory.WEEKNIGHT] += 1
    return Eligible(*counted.values())


CHANGES = st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
AROUND = st.integers(min_value=-60 * H, max_value=30 * H)


@settings(max_examples=30)
@given(start=MINUTES, length=LENGTHS)
def test_each_minute_of_the_clock_counts_once_and_under_one_rule(start, length):
    begin = FIRST + timedelta(minutes=start)
    end = begin + timedelta(minutes=length)
    assert eligible(begin, end) == by_hand(begin, end)


@settings(max_examples=40)
@given(change=CHANGES, start=AROUND, length=LENGTHS)
def test_also_in_the_nights_when_the_hour_changes(change, start, length):
    begin = change + timedelta(minutes=start)
    end = begin + timedelta(minutes=length)
    assert eligible(begin, end) == by_hand(begin, end)


@given(
    start=MINUTES,
    cuts=st.lists(st.integers(min_value=0, max_value=60 * H), min_size=2, max_size=9, unique=True),
)
def test_guards_that_follow_one_another_count_as_one(start, cuts):
    """However a period is shared among doctors, its minutes are paid once."""
    instants = [FIRST + timedelta(minutes=start + cut) for cut in sorted(cuts)]
    shares = [eligible(*pair) for pair in itertools.pairwise(instants)]
    assert sum(shares, Eligible()) == eligible(instants[0], instants[-1])


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2199, 12, 30)))
def test_a_day_hands_over_to_the_next(day):
    today, tomorrow = windows_of(day), windows_of(day + timedelta(days=1))
    assert today[-1].end.astimezone(BRUSSELS).hour == 8
    assert today[-1].end <= tomorrow[0].start


@pytest.mark.parametrize(("year", "hours"), [(2025, 5988), (2026, 5977)])
def test_hours_of_a_year_are_those_of_the_sources(year, hours):
    """One doctor always on guard (domain.md 6.3), less the hour that March really skips and October isn't paid for."""
    counted = eligible(local(f"{year}-01-01 00:00"), local(f"{year + 1}-01-01 00:00"))
    assert counted.hours == hours - 1


class TestLegalHolidays:
    @pytest.mark.parametrize("year", range(2020, 2036))
    def test_are_ten_each_year(self, year):
        assert len(legal_holidays(year)) == 10

    def test_of_2026(self):
        assert sorted(legal_holidays(2026)) == [
            date(2026, month, day)
            for month, day in [
                (1, 1), (4, 6), (5, 1), (5, 14), (5, 25), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25),
            ]
        ]  # fmt: skip

    def test_have_french_names(self):
        assert legal_holidays(2026)[date(2026, 7, 21)] == "Fête nationale"


@pytest.mark.parametrize(
    ("day", "category"),
    [
        (date(2026, 8, 15), GuardCategory.WEEKEND),
        (date(2026, 5, 14), GuardCategory.HOLIDAY),
        (date(2026, 3, 6), GuardCategory.WEEKNIGHT),
    ],
)
def test_weekend_comes_before_holiday_before_weeknight(day, category):
    assert category_of(day) == category


@pytest.mark.parametrize(
    ("minutes", "hourly", "expected"),
    [
        pytest.param(13 * H, "6.20", "80.60", id="the example of the screens"),
        pytest.param(30, "6.15", "3.08", id="half a cent goes up"),
        pytest.param(1, "6.30", "0.11", id="0.105"),
        pytest.param(0, "6.30", "0.00", id="nothing"),
        pytest.param(20, "5.66", "1.89", id="a third of an hour"),
    ],
)
def test_amount(minutes, hourly, expected):
    assert amount(minutes, Decimal(hourly)) == Decimal(expected)
    assert str(amount(minutes, Decimal(hourly))) == expected


def test_categories_that_count_nothing_are_left_out():
    assert Eligible(weekend=0, holiday=60, weeknight=30).by_category == {
        GuardCategory.HOLIDAY: 60,
        GuardCategory.WEEKNIGHT: 30,
    }
    assert Eligible(0, 60, 30).hours == Decimal("1.5")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-24 08:00", "2026-10-26 08:00", 48),
        ("2026-03-28 08:00", "2026-03-30 08:00", 48),
        ("2026-03-07 08:00", "2026-03-09 08:00", 48),
    ],
)
def test_a_weekend_lasts_48_hours_by_the_clock(start, end, hours):
    assert clock_hours(local(start), local(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("profession", "number", "expected"),
    [
        (Profession.PHYSICIAN, "19990512004", Qualification.RECOGNISED_004),
        (Profession.PHYSICIAN, "19990611003", Qualification.RECOGNISED_003),
        (Profession.PHYSICIAN, "19991502005", Qualification.CANDIDATE_005),
        (Profession.PHYSICIAN, "19991502006", Qualification.CANDIDATE_006),
        (Profession.PHYSICIAN, "19991502001", Qualification.ACQUIRED_001),
        (Profession.PHYSICIAN, "19991502007", None),
        (Profession.PHYSICIAN, "", None),
        (Profession.NURSE, "49990335004", None),
    ],
)
def test_whose_guards_are_paid(profession, number, expected):
    assert qualification_of(CareProvider(profession=profession, inami_number=number)) == expected
