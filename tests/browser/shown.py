"""Pages that the test client got, shown in a browser: served as they are, with our static files beside them."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import Page

CSP = "Content-Security-Policy"
WIDTHS = {1280: 900, 390: 844}
MODES = ("light", "dark")


class Stage:
    """A browser's page, and the server of what it is given to show; the server asks nobody for anything else."""

    def __init__(self, page: Page, address: str, answers: dict[str, HttpResponse]) -> None:
        self.page = page
        self._address = address
        self._answers = answers

    def show(self, address: str, answer: HttpResponse) -> None:
        self._answers.clear()
        self._answers[address] = answer
        self.page.goto(self._address + address)


def take_pictures(page: Page, folder: Path, name: str) -> None:
    """What is shown, in full, at each width, light and dark; at the end it is wide and light."""
    for width, height in reversed(WIDTHS.items()):
        page.set_viewport_size({"width": width, "height": height})
        for mode in reversed(MODES):
            page.emulate_media(color_scheme=mode)
            file = folder / f"{name}-{width}-{mode}.png"
            page.screenshot(path=file, full_page=True, animations="disabled")


@contextmanager
def stage(page: Page) -> Iterator[Stage]:
    answers: dict[str, HttpResponse] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            answer = answers.get(self.path)
            file = None
            if self.path.startswith(settings.STATIC_URL):
                file = finders.find(self.path.split("?")[0].removeprefix(settings.STATIC_URL))
            if answer is not None:
                self._send(200, answer.content, answer["Content-Type"], {CSP: answer.get(CSP, "")})
            elif file:
                kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
                self._send(200, Path(file).read_bytes(), kind, {"Cache-Control": "max-age=3600"})
            else:
                self._send(404, b"", "text/plain", {})

        def _send(self, status, body, kind, headers):
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Nobody reads what was served."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Stage(page, f"http://127.0.0.1:{server.server_port}", answers)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
