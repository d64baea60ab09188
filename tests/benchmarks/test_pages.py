"""What the benchmark of pages makes of what a browser tells; how fast pages are, no test says."""

import pytest

from benchmarks import pages
from tests.architecture.urls import addresses


class Session:
    """Tells what a browser's network does."""

    def __init__(self):
        self.told = {}

    def on(self, event, tell):
        self.told[event] = tell

    def fetch(self, number, address, size):
        self.told["Network.requestWillBeSent"]({"requestId": number, "request": {"url": address}})
        self.told["Network.loadingFinished"]({"requestId": number, "encodedDataLength": size})


def test_charts_are_counted_apart_and_each_visit_by_itself():
    session = Session()
    traffic = pages.Traffic(session)

    session.fetch("1", "http://127.0.0.1/bhod/finances/", 5_000)
    session.fetch("2", "http://127.0.0.1/static/vendor/chart.js-4.6.1/chart.umd.min.0a1b.js", 60_000)

    assert traffic.taken() == (5, 60)
    assert traffic.taken() == (0, 0)


def visit(kilobytes, of_charts=0):
    return pages.Visit(kilobytes, of_charts, fcp=1500, lcp=1600, tbt=0, cls=0.01)


def test_the_median_of_visits_is_that_of_each_figure():
    assert pages.median_of([visit(20), visit(30, 60), visit(40)]) == visit(30)


def test_reports_what_was_measured():
    report = pages.report({"guards": (visit(41.25, 61), visit(6))}, loads=(0.1, 3.0))

    assert (
        "| guards | 41.2 kB + 61 kB | 6.0 kB | 1500 ms | 1600 ms | 0 ms | 0.010 | 1500 ms | 1600 ms |"
        in report
    )


@pytest.mark.parametrize(
    "address", [address for _who, _name, address in pages.PAGES if address != pages.USERS]
)
def test_pages_are_there(address):
    assert address in {f"/{each.route}" for each in addresses().values()}


def test_the_manager_is_led_to_a_list_of_users(monkeypatch):
    monkeypatch.setattr(
        pages.Browser, "ask", lambda _self, _path: '<a href="/securite-sociale/qualites/7/">Haute-Meuse</a>'
    )

    assert pages.users_list(0, {}) == "/securite-sociale/qualites/7/utilisateurs/"
