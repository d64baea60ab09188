"""A PostgreSQL server and a web server of a test's own."""

import re
import sys
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import dj_database_url
from django.db import connections
from django.test import Client

from bhod_portal.local.postgres import EmbeddedPostgres
from tests.csam.login import log_in
from tests.processes.running import broker_environment, free_port, running, says, wait_until

DATABASE = "portal"


@contextmanager
def own_postgres(folder):
    """A server with an empty database, which this process uses instead of the one of the test run."""
    server = EmbeddedPostgres(folder / "postgres", durable=False)
    usual = connections["default"]
    with server:
        server.ensure_database(DATABASE)
        own = connections.create_connection("default")
        # Of its own: the usual connection goes on with the settings as they are.
        own.settings_dict = own.settings_dict | dj_database_url.parse(server.url(DATABASE))
        connections["default"] = own
        try:
            yield server
        finally:
            connections["default"] = usual
            own.close()


class Visitor:
    """Someone who is logged in and opens pages over the network; an answer that is an error is an answer too."""

    def __init__(self, port, person):
        client = Client()
        log_in(client, person)
        self._port = port
        self._cookies = {"sessionid": client.cookies["sessionid"].value}

    def get(self, path):
        """Status and text of a page."""
        return self._ask("GET", path)

    def post(self, path, **fields):
        """Status and text of the page that the form leads to."""
        _status, form = self.get(f"{path}?pause=1")
        fields["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method, path, body=None):
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as server:
            server.request(method, path, body, headers)
            answer = server.getresponse()
            text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status == HTTPStatus.FOUND:
            return self.get(answer.headers["Location"])
        return answer.status, text


@contextmanager
def running_web(database_url, broker_url="filesystem://", *, folder):
    """The web server of the portal; gives its port, once it listens, and its process."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "bhod_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--threads", "4", "--graceful-timeout", "2", "--no-control-socket",
    ]  # fmt: skip
    env = broker_environment(database_url, broker_url, folder=folder)
    with running("web", command, folder=folder, env=env) as child:
        wait_until(lambda: says(child, "Booting worker"), "the web server listens")
        yield port, child
