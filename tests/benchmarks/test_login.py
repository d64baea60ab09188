"""The measured way is one that a browser can go; how fast it is, no test says."""

import http.client
import importlib
from urllib.parse import parse_qsl

import pytest
from django.test import Client

from benchmarks import login
from benchmarks.middleware import HEADER
from bhod_portal.settings import test as test_settings


class ByTestClient(login.Browser):
    """The same, without a server."""

    def __init__(self):
        super().__init__(http.client.HTTPConnection(login.HOST))
        self.client = Client(enforce_csrf_checks=True)

    def ask(self, path, fields=None, *, leads_to=""):
        response = self.client.get(path) if fields is None else self.client.post(path, fields)
        assert response.headers.get("Location", "") == leads_to, path
        queries, worked = response.headers[HEADER].split()
        self.costs.append(login.Cost(0.0, int(queries), float(worked)))
        return response.getvalue().decode(errors="replace")


def test_the_way_leads_from_the_identification_to_the_guards(demo, settings):
    settings.MIDDLEWARE = ["benchmarks.middleware.CountingMiddleware", *settings.MIDDLEWARE]

    costs = login.log_in(ByTestClient(), 1)

    assert len(costs) == len(login.STEPS)
    assert all(cost.queries > 0 and cost.worked >= 0 for cost in costs)


class Answer:
    def __init__(self, status=200, location="", cookies=()):
        self.status, self.headers = status, http.client.HTTPMessage()
        self.headers[HEADER] = "3 0.002000"
        if location:
            self.headers["Location"] = location
        for line in cookies:
            self.headers["Set-Cookie"] = line

    def read(self):
        return b"page"


class Connection:
    """Gives prepared answers, and remembers what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def request(self, method, path, body, headers):
        self.asked.append((method, path, dict(parse_qsl(body or "")), headers["Cookie"]))

    def getresponse(self):
        return self.answers.pop(0)


def test_a_browser_keeps_cookies_and_forgets_them_when_told():
    connection = Connection(
        Answer(cookies=["a=1; Path=/", "b=2; Path=/"]), Answer(cookies=["a=; Max-Age=0"]), Answer()
    )
    browser = login.Browser(connection)

    assert [browser.ask("/"), browser.ask("/", {"x": "é"}), browser.ask("/")] == ["page"] * 3

    assert connection.asked == [
        ("GET", "/", {}, ""),
        ("POST", "/", {"x": "é"}, "a=1; b=2"),
        ("GET", "/", {}, "b=2"),
    ]
    assert [(cost.queries, cost.worked) for cost in browser.costs] == [(3, 0.002)] * 3


@pytest.mark.parametrize(
    "answer", [Answer(status=500), Answer(status=302, location="/ailleurs/"), Answer(status=200)]
)
def test_an_answer_that_leads_elsewhere_stops_it(answer):
    with pytest.raises(ValueError, match="/ici/ answers"):
        login.Browser(Connection(answer)).ask("/ici/", {}, leads_to="/la/")


def test_reads_the_choices_of_a_form():
    page = '<option value="" selected>Choisissez</option><option value="7">CMG L&#x27;Est</option>'

    assert login.option(page, "CMG L'Est") == "7"
    with pytest.raises(ValueError, match="0 choices"):
        login.option(page, "Ouest")


def run_of(*seconds):
    return login.Run([[login.Cost(each, 2, each / 2)] * len(login.STEPS) for each in seconds], 0.004)


def test_reports_both_hashers_side_by_side():
    report = login.report({login.TEST: run_of(0.01, 0.02, 0.03), login.REAL: run_of(0.1)}, loads=(2.1, 3.0))

    assert "`python -m benchmarks login`, while other work" in report
    assert "| of the tests | 3 | 140.0 ms | 140.0 ms | 70.0 ms | 4.0 ms | 7 | 14 |" in report
    assert "| of the settings | 1 | 700.0 ms |" in report
    assert "| card and PIN | 2 | 20.0 ms | 10.0 ms | 100.0 ms | 50.0 ms |" in report


def test_the_settings_name_the_hasher_of_the_tests(monkeypatch, tmp_path):
    env = {
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": login.HOST,
        "PORTAL_URL": f"http://{login.HOST}",
        "DATABASE_URL": "postgres://localhost/nowhere",
        "REDIS_URL": "redis://localhost",
        "VAR_DIR": str(tmp_path),
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    fast, real = (importlib.import_module(login.SETTINGS[hasher]) for hasher in (login.TEST, login.REAL))

    assert fast.PASSWORD_HASHERS == test_settings.PASSWORD_HASHERS
    assert not hasattr(real, "PASSWORD_HASHERS")
