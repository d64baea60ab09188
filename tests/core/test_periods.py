from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from bhod_portal.core.periods import Period, months_later

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def periods(draw):
    start = draw(DAYS)
    return Period(start, draw(st.none() | st.dates(start, date(2100, 1, 1))))


def test_refuses_an_end_before_its_start():
    with pytest.raises(ValidationError) as refusal:
        Period(date(2026, 3, 2), date(2026, 3, 1))

    assert refusal.value.code == "period_out_of_order"


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        pytest.param(date(2026, 2, 28), False, id="eve"),
        pytest.param(date(2026, 3, 1), True, id="first day"),
        pytest.param(date(2026, 3, 31), True, id="last day is included"),
        pytest.param(date(2026, 4, 1), False, id="day after"),
    ],
)
def test_covers_both_ends(day, covered):
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).covers(day) is covered


def test_without_end_stays_open():
    assert Period(date(2026, 3, 1)).covers(date(2199, 12, 31))


@given(periods(), periods())
def test_overlap_means_a_common_day(one, other):
    later_start = max(one.start, other.start)
    has_common_day = one.covers(later_start) and other.covers(later_start)

    assert one.overlaps(other) == other.overlaps(one) == has_common_day


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 10), 1, date(2026, 4, 10)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 3, 31), -1, date(2028, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day, months, later):
    assert months_later(day, months) == later
