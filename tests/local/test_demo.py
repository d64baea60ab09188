"""`make demo` with real processes, over a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from bhod_portal.local.demo import Demo, DemoError
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import stop_all
from tests.processes.running import Child, free_port, is_alive, running, says, wait_until

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = [sys.executable, "-m", "bhod_portal.local.demo"]


def environment(var_dir, database_url=""):
    """That of someone who has set nothing, but for the folder and maybe a database server."""
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return env | {"VAR_DIR": str(var_dir), "DATABASE_URL": database_url}


@contextmanager
def demo(var_dir, *, reset=False, command=DEMO, database_url=""):
    """A demo that has said that it is open; gives its process and port."""
    port = free_port()
    log = var_dir.parent / f"{var_dir.name}.log"
    words = [*command, f"PORT={port}"] if command[0] == "make" else [*command, "--port", str(port)]
    words += ["--reset"] if reset else []
    child = Child.start("demo", words, log=log, env=environment(var_dir, database_url))
    try:
        wait_until(lambda: says(child, f"http://localhost:{port}"), "the demo is open", within=90)
        yield child, port
    finally:
        # Longer than the demo gives its own children.
        stop_all([child], within=20)


def refused(var_dir, *options, port=None, database_url=""):
    """What a demo that does not start says, and nothing else."""
    done = subprocess.run(
        [*DEMO, "--port", str(port or free_port()), *options],
        env=environment(var_dir, database_url), capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    [sentence] = done.stderr.splitlines()
    assert sentence.endswith(".")
    return sentence


def processes_of(var_dir):
    """Numbers and commands of all that runs for a demo's folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"VAR_DIR={var_dir}".encode() in (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mine and is_alive(int(folder.name)):
            found[int(folder.name)] = command.replace("\0", " ")
    return found


def the_one(var_dir, *words):
    """The number of the process of a demo whose command has all the words, the first started of them."""
    return min(
        pid for pid, command in processes_of(var_dir).items() if all(word in command for word in words)
    )


def query(var_dir, sql):
    """Run SQL on the demo's database, which is started for it when the demo does not run."""
    server = EmbeddedPostgres(var_dir / "postgres")
    with psycopg.connect(server.url("bhod_portal"), autocommit=True) as connection:
        answer = connection.execute(sql)
        return answer.fetchall() if answer.description else None


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory):
    """The folder of a demo that has run once and was stopped, with a table of somebody's in its database."""
    folder = tmp_path_factory.mktemp("demo") / "var"
    with demo(folder) as (child, port):
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as page:
            assert "SIMULATEUR" in page.read().decode()
        query(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
        said = child.log.read_text()
    assert child.process.returncode == 0
    (folder / "said.txt").write_text(said)
    return folder


def test_says_where_it_is_and_who_one_can_be(var_dir):
    said = (var_dir / "said.txt").read_text()

    assert "Claire Lambert" in said
    assert "1234" in said


def test_stops_all_that_it_started(var_dir):
    assert processes_of(var_dir) == {}


@pytest.fixture(scope="class")
def port(var_dir):
    """Where a demo is open on the folder."""
    with demo(var_dir) as (_child, port):
        yield port


class TestAnOpenDemo:
    """The second start on the folder, looked at from all sides."""

    def test_keeps_its_data_and_loads_nothing_twice(self, var_dir, port):
        assert query(var_dir, "SELECT answer FROM kept") == [(42,)]
        assert query(var_dir, "SELECT count(*) FROM csam_person WHERE last_name = 'Lambert'") == [(1,)]

    @pytest.mark.parametrize(
        "words", [("gunicorn",), ("celery", "worker"), ("celery", "--schedule"), ("postgres", "-D")]
    )
    def test_runs_each_part_in_a_session_of_its_own(self, var_dir, port, words):
        pid = the_one(var_dir, *words)

        assert os.getsid(pid) == pid

    def test_has_a_beat_that_ticks_and_a_worker_that_hears_it(self, var_dir, port):
        queue = var_dir / "broker" / "queue"

        tick = wait_until(lambda: next(queue.glob("*.ticks.msg"), None), "beat sends a tick")
        wait_until(lambda: not tick.exists(), "the worker takes the tick")

    def test_serves_this_machine_only(self, port):
        sockets = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        listening = {
            line.split()[1].split(":")[0] for line in sockets.splitlines() if f":{port:04X} 0" in line
        }

        assert listening == {"0100007F"}

    def test_keeps_its_port(self, tmp_path, port):
        assert str(port) in refused(tmp_path / "other", port=port)

    @pytest.mark.parametrize("options", [(), ("--reset",)])
    def test_keeps_its_folder(self, var_dir, port, options):
        assert "déjà" in refused(var_dir, *options)
        assert query(var_dir, "SELECT answer FROM kept") == [(42,)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stops_at_a_signal(var_dir, number):
    with demo(var_dir) as (child, _port):
        child.process.send_signal(number)
        assert child.process.wait(20) == 0
    assert processes_of(var_dir) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_leaves_nothing_when_it_is_killed(var_dir):
    with demo(var_dir) as (child, _port):
        child.process.kill()
        wait_until(lambda: not processes_of(var_dir), "all that it started is gone")


@pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / ".venv" / ".installed-demo").exists(),
    reason="needs make, and a .venv that make has made",
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stops_with_the_make_that_started_it(var_dir, number):
    command = ["make", "--silent", "--no-print-directory", "-C", str(ROOT), "demo"]
    with demo(var_dir, command=command) as (child, _port):
        child.process.send_signal(number)
        wait_until(lambda: not processes_of(var_dir), "all that it started is gone")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("serveur web", ("gunicorn",)),
        ("worker Celery", ("celery", "worker")),
        ("beat Celery", ("celery", "--schedule")),
        ("base de données", ("postgres", "-D")),
    ],
)
def test_says_which_part_ended_by_itself(var_dir, name, words):
    with demo(var_dir) as (child, _port):
        os.kill(the_one(var_dir, *words), signal.SIGKILL)
        assert child.process.wait(20) == 1
        assert name in child.log.read_text()
    assert processes_of(var_dir) == {}


def test_works_on_a_database_server_that_one_names(tmp_path):
    with EmbeddedPostgres(tmp_path / "server", durable=False) as server:
        server.ensure_database("portail")
        with demo(tmp_path / "var", database_url=server.url("portail")):
            with psycopg.connect(server.url("portail")) as connection:
                assert connection.execute("SELECT count(*) FROM core_world").fetchone() == (1,)
            assert not (tmp_path / "var" / "postgres").exists()


class TestRefusesInOneSentence:
    def test_to_empty_a_database_server_that_one_names(self, tmp_path):
        database_url = "postgres://nobody@127.0.0.1:9/portail"

        assert "DATABASE_URL" in refused(tmp_path / "var", "--reset", database_url=database_url)

    def test_a_port_that_is_none(self, tmp_path):
        assert "70000" in refused(tmp_path / "var", port=70000)

    def test_a_folder_that_cannot_be_written(self, tmp_path):
        (tmp_path / "var").write_text("a file in the way")

        assert str(tmp_path / "var") in refused(tmp_path / "var")

    def test_a_part_of_the_folder_that_cannot_be_written(self, tmp_path):
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "log").write_text("a file in the way")

        assert str(tmp_path / "var" / "log") in refused(tmp_path / "var")

    def test_a_database_of_a_newer_version(self, var_dir):
        server = EmbeddedPostgres(var_dir / "postgres")
        with server:
            query(
                var_dir,
                "INSERT INTO django_migrations (app, name, applied) VALUES ('bhod', '9999_moon_guards', now())",
            )
        try:
            assert "bhod.9999_moon_guards" in refused(var_dir)
            assert processes_of(var_dir) == {}
        finally:
            with server:
                query(var_dir, "DELETE FROM django_migrations WHERE name = '9999_moon_guards'")


class Broken(BaseHTTPRequestHandler):
    """What a web server says when its database is gone."""

    def do_GET(self):
        self.send_error(500)

    def log_message(self, *_args):
        pass


class TestWaitingForTheFirstPage:
    @pytest.fixture
    def waiting(self, tmp_path, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:9/portail")
        one = Demo(var_dir=tmp_path, port=free_port())
        with running("serveur web", ["sleep", "60"], folder=tmp_path) as child:
            one.children.append(child)
            yield one

    def test_ends_when_the_portal_answers_with_an_error(self, waiting):
        with HTTPServer(("127.0.0.1", waiting.port), Broken) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            with pytest.raises(DemoError, match="500"):
                waiting._wait_for_the_first_page()
            thread.join()

    def test_ends_when_nothing_answers(self, waiting, monkeypatch):
        monkeypatch.setattr("bhod_portal.local.demo.READY_WITHIN", 0.2)
        with pytest.raises(DemoError, match="ne répond pas"):
            waiting._wait_for_the_first_page()


def test_starts_afresh_when_asked(var_dir, tmp_path):
    copy = tmp_path / "var"
    shutil.copytree(var_dir, copy, ignore=shutil.ignore_patterns(".s.PGSQL*"))

    with demo(copy, reset=True):
        assert query(copy, "SELECT to_regclass('kept')") == [(None,)]
        assert query(copy, "SELECT count(*) FROM csam_person WHERE last_name = 'Lambert'") == [(1,)]
