"""How long changes waited on their way to the applications: bars against the 20 minutes, and the words for them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from access_mgmt.selectors.propagation_queue import WaitClass, Waits

WIDTH, _LINE, _TOP, _LEFT, _LONGEST = 420, 30, 6, 130, 230


@dataclass(frozen=True, slots=True)
class WaitBar:
    """A class of waits as a bar, in units of the picture, and as a row of the table beside it."""

    label: str
    total: int
    in_time: bool
    y: int
    text_y: int
    width: int
    total_x: int


@dataclass(frozen=True, slots=True)
class WaitsPicture:
    """All of it; `limit_y` is where the 20 minutes end."""

    width: int
    height: int
    left: int
    limit_y: int
    bars: list[WaitBar]


def picture_of(waits: Waits) -> WaitsPicture:
    most = max((each.total for each in waits.classes), default=0) or 1
    bars = []
    limit_y = _TOP
    for number, each in enumerate(waits.classes):
        # What is beyond the limit stands lower, so that the line has room for its name.
        y = _TOP + number * _LINE + (0 if each.in_time else _LINE)
        width = max(round(_LONGEST * each.total / most), 2 if each.total else 0)
        bars.append(WaitBar(_class(each), each.total, each.in_time, y, y + 15, width, _LEFT + width + 6))
        if each.in_time:
            limit_y = y + _LINE + 6
    return WaitsPicture(WIDTH, _TOP + (len(waits.classes) + 1) * _LINE, _LEFT, limit_y, bars)


def words_of(waits: Waits) -> str:
    """The picture in a sentence; empty when nothing has arrived."""
    if not waits.total:
        return ""
    words = _(
        "%(in_time)d sur %(total)d en 20 minutes au plus ; en moyenne %(mean)s, la plus longue attente %(longest)s."
    )
    return words % {
        "in_time": waits.in_time,
        "total": waits.total,
        "mean": duration(waits.mean),
        "longest": duration(waits.longest),
    }


def duration(length: timedelta) -> str:
    """A length of time in at most two units, rounded down."""
    seconds = int(length.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return _("%(seconds)d s") % {"seconds": seconds}
    if not hours:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds % 60}
    if not days:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(days)d j %(hours)d h") % {"days": days, "hours": hours % 24}


def _class(each: WaitClass) -> str:
    if each.up_to is None:
        return _("plus de %(above)d min") % {"above": each.above}
    if not each.above:
        return _("au plus %(up_to)d min") % {"up_to": each.up_to}
    return _("de %(above)d à %(up_to)d min") % {"above": each.above, "up_to": each.up_to}
