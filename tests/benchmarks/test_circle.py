"""The pages that are measured are there for who reads them; how fast they are, no test says."""

from benchmarks import circle, login
from tests.benchmarks.test_login import ByTestClient
from tests.personas import HAUTE_MEUSE


def test_every_page_is_there_for_a_manager(demo, settings):
    settings.MIDDLEWARE = ["benchmarks.middleware.CountingMiddleware", *settings.MIDDLEWARE]
    browser = ByTestClient()
    login.log_in(browser, 1)

    costs = circle.measure(browser, times=1)

    assert list(costs) == list(circle.PAGES)
    assert all(len(of_page) == 1 for of_page in costs.values())


def test_reports_each_page():
    costs = {"week": [login.Cost(0.010, 7, 0.004), login.Cost(0.030, 8, 0.006)]}

    report = circle.report(circle.Circle("Nadia Benali", HAUTE_MEUSE, 135), costs, load=0.5)

    assert "| week | 8 | 10.0 ms | 10.0 ms | 5.0 ms |" in report
