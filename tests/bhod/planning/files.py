"""Files of plannings as circles send them."""

import csv
import io

from openpyxl import Workbook

HEADINGS = ["cercle_bce", "zone", "unite", "inami", "debut", "fin", "type"]


def line(provider, start="14-03-2026 08:00", end="15-03-2026 08:00", *, unit="Ouest", **cells):
    """A line of the template; what isn't named is empty."""
    values = {"unite": unit, "inami": provider if isinstance(provider, str) else provider.inami_number}
    values |= {"debut": start, "fin": end} | cells
    return [values.get(name, "") for name in HEADINGS]


def csv_file(*lines, headings=None):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headings or HEADINGS, *lines])
    return text.getvalue().encode()


def xlsx_file(*lines, headings=None, merged=()):
    workbook = Workbook()
    sheet = workbook.active
    for row in [headings or HEADINGS, *lines]:
        sheet.append(row)
    for place in merged:
        sheet.merge_cells(place)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def calendar(*events, before=""):
    """Each event by its lines."""
    written = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//FR\n{before}{written}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()
