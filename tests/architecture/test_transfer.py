"""The guard over what pages weigh catches planted mistakes; `test_access_matrix` holds every page to it."""

from secrets import token_hex

import pytest

from tests.architecture.transfer import MOST_AFTER, MOST_AT_FIRST, faults_in, weight_of_file

SHEET = '<link rel="stylesheet" href="/static/css/portal.css">'
CHARTS = '<script src="/static/vendor/chart.js-4.6.1/chart.umd.min.js" defer></script>'


def test_a_page_as_it_should_be():
    assert faults_in(f'{SHEET}{CHARTS}<p class="btn lead">é</p>') == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (CHARTS.replace(" defer", ""), "blocking: "),
        (SHEET * 2, "2 style sheets"),
        ('<div class="panel accordion">', "class accordion is left out"),
        (token_hex(MOST_AFTER), "bytes at each visit"),
    ],
    ids=["a script that blocks", "a second sheet", "a class without rules", "a page too heavy"],
)
def test_a_planted_mistake(page, fault):
    [found] = faults_in(page)

    assert fault in found


def test_files_too_heavy(monkeypatch):
    monkeypatch.setattr("tests.architecture.transfer.weight_of_file", lambda _address: MOST_AT_FIRST)

    assert "bytes at the first visit" in faults_in(SHEET)[0]


def test_what_every_page_fetches_leaves_room():
    """Sheet, icon and htmx, without the page: far from the limit, so that a page may grow."""
    assert weight_of_file("/static/css/portal.css") < MOST_AT_FIRST / 2
