"""The parts that every benchmark shares work; how fast anything is, no test says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import serving


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
    with ThreadingHTTPServer((serving.HOST, 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_waits_until_a_page_is_served(port):
    serving.wait_for(port, "/", within=5)

    with pytest.raises(ValueError, match="404"):
        serving.wait_for(port, "/nulle-part", within=5)
    with pytest.raises(TimeoutError):
        serving.wait_for(serving.free_port(), "/", within=0.2)


def test_asks_again_and_again(port):
    tally = serving.Tally()

    serving.ask_often(port, iter(lambda: "/", None), tally, seconds=0.05, clients=1)

    assert tally.times
    assert tally.per_second == len(tally.times) / tally.asked_for
    assert min(tally.times) * 1000 <= tally.within(0.5) <= tally.within(0.95) <= max(tally.times) * 1000


def test_an_answer_that_is_no_page_stops_it(port):
    with pytest.raises(ValueError, match="404"):
        serving.ask_often(port, iter(lambda: "/nulle-part", None), serving.Tally(), seconds=5, clients=1)
