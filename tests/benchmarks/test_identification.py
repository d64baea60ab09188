"""The parts of `make bench` work; how fast anything is, no test says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import identification as bench
from tests.csam.factories import WorldFactory


class Site(BaseHTTPRequestHandler):
    """Answers with a page, or with 404 below /nulle-part."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(404 if self.path.startswith("/nulle-part") else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def port():
    with ThreadingHTTPServer((bench.HOST, 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("page", bench.PAGES)
def test_our_pages_are_there(client, page):
    WorldFactory()

    assert client.get(bench.PAGES[page][0]).status_code == 200


def test_waits_until_a_page_is_served(port):
    bench.wait_for(port, "/", within=5)

    with pytest.raises(ValueError, match="404"):
        bench.wait_for(port, "/nulle-part", within=5)
    with pytest.raises(TimeoutError):
        bench.wait_for(bench.free_port(), "/", within=0.2)


def test_asks_again_and_again(port):
    tally = bench.Tally()

    bench.ask_often(port, iter(lambda: "/", None), tally, seconds=0.05, clients=1)

    assert tally.times
    assert tally.per_second == len(tally.times) / tally.asked_for
    assert min(tally.times) * 1000 <= tally.within(0.5) <= tally.within(0.95) <= max(tally.times) * 1000


def test_an_answer_that_is_no_page_stops_it(port):
    with pytest.raises(ValueError, match="404"):
        bench.ask_often(port, iter(lambda: "/nulle-part", None), bench.Tally(), seconds=5, clients=1)


def test_sites_have_their_turns_in_alternation():
    turns = list(bench.turns({bench.OURS: 1, bench.PEER: 2}))

    assert [(site, port) for _, site, port, _ in turns] == [
        (bench.OURS, 1),
        (bench.PEER, 2),
        (bench.ANEW, 1),
    ] * 2
    for _, site, _, paths in turns:
        assert (next(paths) == next(paths)) == (site != bench.ANEW)


def test_reports_both_sites_side_by_side():
    tallies = {
        (page, site): bench.Tally([0.001, 0.002, 0.003], asked_for=0.01 * rank)
        for page in bench.PAGES
        for rank, site in ((1, bench.OURS), (2, bench.PEER), (3, bench.ANEW))
    }

    report = bench.report(tallies, peer="0.24.0")

    assert "| identification page | ours | 300 | 2.00 × | 2.0 ms | 2.0 ms |" in report
    assert "| login form | peer | 150 | 1.00 × |" in report
    assert "django-digid-eherkenning 0.24.0" in report
