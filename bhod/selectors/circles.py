"""How a circle organises its guards: its zones and units, and when its guards start and end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bhod.eligibility import DAY_STARTS, NIGHT_STARTS, ONE_DAY, category_of
from bhod.enums import GuardCategory
from bhod.models import CircleOrganisation, Shift
from bhod_portal.core.clock import BRUSSELS


@dataclass(frozen=True, slots=True)
class DayShift:
    """A stretch of guard on a kind of day, by the clock on the wall; an end not after the start is on the next day."""

    name: str
    starts: time
    ends: time

    def on(self, day: date) -> tuple[datetime, datetime]:
        """From when to when it lasts when it begins on that day."""
        last = day + ONE_DAY if self.ends <= self.starts else day
        return (
            datetime.combine(day, self.starts, tzinfo=BRUSSELS),
            datetime.combine(last, self.ends, tzinfo=BRUSSELS),
        )


# What is paid at most on such a day (domain.md 1.2), until a circle says how it divides it.
WHOLE_DAY, WHOLE_NIGHT = DayShift("", DAY_STARTS, DAY_STARTS), DayShift("", NIGHT_STARTS, DAY_STARTS)
UNDIVIDED: Mapping[GuardCategory, Sequence[DayShift]] = {
    GuardCategory.WEEKEND: [WHOLE_DAY],
    GuardCategory.HOLIDAY: [WHOLE_DAY],
    GuardCategory.WEEKNIGHT: [WHOLE_NIGHT],
}


@dataclass(frozen=True)
class Organisation:
    """What a circle has decided; weeknights are organised and swaps are free until it says otherwise (our guess)."""

    organises_weeknights: bool
    swaps_need_manager: bool
    shifts: Mapping[GuardCategory, Sequence[DayShift]]

    def shifts_on(self, day: date) -> Sequence[DayShift]:
        """The usual guards that begin on a day, the earliest first; none on a weekday without guards."""
        category = category_of(day)
        if category == GuardCategory.WEEKNIGHT and not self.organises_weeknights:
            return []
        return self.shifts[category]


def organisation_of(enterprise_id: int) -> Organisation:
    """How a circle organises its guards; two queries."""
    decided = CircleOrganisation.objects.filter(enterprise=enterprise_id).first()
    named: dict[GuardCategory, list[DayShift]] = {}
    for shift in Shift.objects.filter(enterprise=enterprise_id).order_by("category", "starts"):
        named.setdefault(GuardCategory(shift.category), []).append(
            DayShift(shift.name, shift.starts, shift.ends)
        )
    return Organisation(
        organises_weeknights=decided.organises_weeknights if decided else True,
        swaps_need_manager=decided.swaps_need_manager if decided else False,
        shifts={category: named.get(category) or UNDIVIDED[category] for category in GuardCategory},
    )
