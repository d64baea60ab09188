"""Days, times, numbers and amounts: the Belgian forms of the four languages."""

import ast
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import get_format

from bhod.eligibility import legal_holidays
from bhod_portal.core import shown
from bhod_portal.formats.fr import formats as french
from tests.architecture.templates import sources_of_ours

DAY = date(2026, 3, 5)
# 19:00 in Belgium.
EVENING = datetime(2026, 3, 5, 18, tzinfo=UTC)
NAMES = [name for name in vars(french) if name.isupper()]


@pytest.mark.parametrize(
    ("language", "day", "long", "instant", "weekday"),
    [
        ("fr", "05/03/2026", "jeudi 5 mars 2026", "05/03/2026 19:00", "jeu 05/03/2026 19:00"),
        ("nl", "05/03/2026", "donderdag 5 maart 2026", "05/03/2026 19:00", "do 05/03/2026 19:00"),
        ("de", "05.03.2026", "Donnerstag, 5. März 2026", "05.03.2026 19:00", "Do, 05.03.2026 19:00"),
        ("en", "05/03/2026", "Thursday 5 March 2026", "05/03/2026 19:00", "Thu 05/03/2026 19:00"),
    ],
)
def test_days_and_instants(language, day, long, instant, weekday):
    with translation.override(language):
        assert shown.shown_day(DAY) == day
        assert shown.shown_day(DAY, "WEEKDAY_DATE_FORMAT") == long
        assert shown.shown_instant(EVENING) == instant
        assert shown.shown_instant(EVENING, "SHORT_WEEKDAY_DATETIME_FORMAT") == weekday
        assert shown.shown_time(EVENING) == shown.shown_time(time(19)) == "19:00"
        page = Template(
            """{{ day|date:"SHORT_DATE_FORMAT" }}|{{ at|date:"SHORT_WEEKDAY_DATETIME_FORMAT" }}"""
        )
        assert page.render(Context({"day": DAY, "at": EVENING})) == f"{day}|{weekday}"


def test_no_day_is_nothing():
    assert not shown.shown_day(None)


@pytest.mark.parametrize(
    ("language", "amount", "below", "percent", "hours", "minutes"),
    [
        ("fr", "1_234,50_€", "-6,20_€", "12,5_%", "1_234_h", "13_h_30"),
        ("nl", "€_1.234,50", "€_-6,20", "12,5%", "1.234_u", "13_u_30"),
        ("de", "1.234,50_€", "-6,20_€", "12,5_%", "1.234_Std.", "13_Std._30_Min."),
        ("en", "€1,234.50", "-€6.20", "12.5%", "1,234_h", "13_h_30"),
    ],
)
def test_amounts_and_numbers(language, amount, below, percent, hours, minutes):
    with translation.override(language):
        found = [
            shown.shown_amount(Decimal("1234.50")),
            shown.shown_amount(Decimal("-6.20")),
            shown.shown_percent(12.5, 1),
            shown.shown_hours(1234 * 60),
            shown.shown_hours(13 * 60 + 30),
        ]
    assert [text.replace("\u00a0", "_") for text in found] == [amount, below, percent, hours, minutes]


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_each_language_has_each_form(language, name):
    # Django gives a name back that it doesn't know.
    assert get_format(name, language) != name


@pytest.mark.parametrize(
    ("language", "name"), [("fr", "Noël"), ("nl", "Kerstmis"), ("de", "Weihnachten"), ("en", "Christmas Day")]
)
def test_holidays_have_the_names_of_the_language(language, name):
    with translation.override(language):
        found = legal_holidays(2026)
    assert found[date(2026, 12, 25)] == name
    assert "Labor" not in found[date(2026, 5, 1)]
    assert len(found) == 10


# For machines and addresses, or the same in all languages (names of months and days).
MACHINE = {"c", "Y", "Y-m", "Y-m-d", "d-m-Y", "F", "l"}
FILTER = re.compile(r"""\|\s*(?:date|time)(?::["']([^"']*)["'])?""")
# Tables that programs read keep one form in all languages; fields say what they accept, and the forms are somewhere.
EXPORTS = re.compile(r"(?:exports|fields|formats)\.py$")


def own_forms(path, source):
    """Where a page or a module writes a form of its own, instead of naming one."""
    if not path.endswith(".py"):
        return [form for form in FILTER.findall(source) if form not in MACHINE and form not in NAMES]
    if EXPORTS.search(path):
        return []
    nodes = ast.walk(ast.parse(source))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if re.search(r"%d/%m|%d\.%m|\bd/m\b", text)]


def test_pages_and_code_name_the_forms():
    sources = sources_of_ours()
    assert {path: found for path, source in sources.items() if (found := own_forms(path, source))} == {}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("planted.html", '{{ day|date:"d/m/Y" }}'),
        ("planted.txt", "{{ day|date }}"),
        ("planted.py", "f'{day:%d/%m/%Y}'"),
        ("planted.py", "date_format(day, 'd/m/Y')"),
    ],
)
def test_a_form_of_its_own_is_found(path, source):
    assert own_forms(path, source)
