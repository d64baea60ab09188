"""The container files, held to what the settings read."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from bhod_portal.local import healthcheck
from bhod_portal.settings.env import VARIABLES
from tests.processes.running import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
PORTAL = ("migrate", "web", "worker", "beat")
# Read by settings/dev.py only.
DEVELOPMENT = {"DEBUG", "VAR_DIR"}
# Read by gunicorn itself.
WEB_SERVER = {"WEB_CONCURRENCY"}


def dockerfile(instruction):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(rf"^{instruction}\s+(.*)$", text, flags=re.MULTILINE)


def commented_or_set_in_the_example():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", text, flags=re.MULTILINE))


class TestCompose:
    def test_runs_every_part(self):
        assert set(SERVICES) == {"postgres", "redis", "mail", *PORTAL}

    @pytest.mark.parametrize("name", PORTAL)
    def test_gives_the_settings_what_they_read_and_nothing_else(self, name):
        given = set(SERVICES[name]["environment"])

        assert given - WEB_SERVER == set(VARIABLES) - DEVELOPMENT

    def test_takes_every_secret_from_the_environment(self):
        assert "${SECRET_KEY:?" in SERVICES["web"]["environment"]["SECRET_KEY"]
        assert ":${POSTGRES_PASSWORD:?" in SERVICES["web"]["environment"]["DATABASE_URL"]
        assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")

    @pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
    def test_watches_the_health_of_every_service(self, name):
        assert SERVICES[name]["healthcheck"]["test"]

    @pytest.mark.parametrize("name", ["web", "worker", "beat"])
    def test_starts_the_portal_after_its_migrations(self, name):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }

    def test_can_run_several_web_containers(self):
        web = SERVICES["web"]

        assert "container_name" not in web
        assert web["ports"] == ["127.0.0.1:${WEB_PORT:-8000}:8000"]

    def test_runs_one_beat(self):
        assert SERVICES["beat"]["deploy"] == {"replicas": 1}

    @pytest.mark.parametrize("name", sorted(SERVICES))
    def test_opens_ports_on_this_machine_only(self, name):
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))

    @pytest.mark.parametrize("name", ["postgres", "redis", "mail"])
    def test_keeps_data_in_named_volumes(self, name):
        [volume] = SERVICES[name]["volumes"]

        assert volume.split(":")[0] in COMPOSE["volumes"]

    @pytest.mark.parametrize("name", PORTAL)
    def test_gives_the_portal_no_more_rights_than_it_needs(self, name):
        service = SERVICES[name]

        assert (service["read_only"], service["cap_drop"], service.get("privileged")) == (True, ["ALL"], None)


def test_the_example_names_every_variable_of_the_compose_file():
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) == commented_or_set_in_the_example()


def test_the_example_holds_no_secret():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert "\nSECRET_KEY=\n" in text
    assert "\nPOSTGRES_PASSWORD=\n" in text


def test_no_secret_gets_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {".env", ".env.*", ".var", ".git"} <= set(ignored)


class TestDockerfile:
    def test_builds_on_slim(self):
        assert dockerfile("FROM")[-1].startswith("python:3.11-slim")

    def test_runs_as_nobody_in_particular(self):
        assert dockerfile("USER") == ["portal"]

    def test_installs_what_the_lock_says(self):
        assert any("--require-hashes" in line for line in dockerfile("RUN"))

    def test_runs_on_the_settings_of_servers(self):
        assert "DJANGO_SETTINGS_MODULE=bhod_portal.settings.prod" in dockerfile("ENV")[0]

    def test_logs_no_query_and_no_referrer(self):
        [command] = dockerfile("CMD")[-1:]

        [form] = re.findall(r'"--access-logformat", "([^"]+)"', command)
        assert not {"r", "q", "f"} & set(re.findall(r"%\((.)\)", form))

    def test_watches_its_health(self):
        [check] = dockerfile("HEALTHCHECK")

        assert "bhod_portal.local.healthcheck" in check
        assert "bhod_portal.local.healthcheck" in SERVICES["web"]["healthcheck"]["test"]


class Portal(BaseHTTPRequestHandler):
    """Stands for the portal: answers one host."""

    def do_GET(self):
        self.send_response(200 if self.headers["Host"] == "portail.example" else 400)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def portal(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        monkeypatch.setattr(healthcheck, "ADDRESS", f"http://127.0.0.1:{server.server_port}/healthz")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


class TestHealthCheck:
    @pytest.mark.parametrize(
        "hosts", ["portail.example", " portail.example , autre.example", ".portail.example"]
    )
    @pytest.mark.usefixtures("portal")
    def test_asks_as_a_host_of_the_portal(self, monkeypatch, hosts):
        monkeypatch.setenv("ALLOWED_HOSTS", hosts)

        assert healthcheck.main() == 0

    @pytest.mark.usefixtures("portal")
    def test_says_that_the_portal_refuses(self, monkeypatch, capsys):
        monkeypatch.setenv("ALLOWED_HOSTS", "*")

        assert healthcheck.main() == 1
        assert "400" in capsys.readouterr().err

    def test_says_that_nothing_answers(self, monkeypatch, capsys):
        monkeypatch.setattr(healthcheck, "ADDRESS", f"http://127.0.0.1:{free_port()}/healthz")

        assert healthcheck.main() == 1
        assert "refused" in capsys.readouterr().err
