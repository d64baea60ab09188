"""The launcher of the embedded server, with real servers."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from bhod_portal.local import postgres
from bhod_portal.local.postgres import EmbeddedPostgres, LocalServerError
from tests.processes.running import is_alive, wait_until


@pytest.fixture
def home(tmp_path):
    """A folder short enough for a socket, wherever pytest keeps its own."""
    return tmp_path / "pg"


def query(server, sql):
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        answer = connection.execute(sql)
        return answer.fetchone()[0] if answer.description else None


def pid_of(server):
    return int((server.data / "postmaster.pid").read_text().split()[0])


def start_elsewhere(home):
    """Start the server in another process and have that one killed at once, its parent-death signal taken off."""
    program = """
        import os, signal, sys
        from pathlib import Path
        from bhod_portal.local import postgres
        postgres.die_with_parent = lambda number: None
        postgres.EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(home)], check=False)
    assert killed.returncode == -signal.SIGKILL


def test_keeps_what_was_written_over_a_restart(home):
    with EmbeddedPostgres(home) as server:
        query(server, "CREATE TABLE kept AS SELECT 42 AS answer")

    with EmbeddedPostgres(home) as server:
        assert query(server, "SELECT answer FROM kept") == 42


def test_makes_a_database_once(home):
    with EmbeddedPostgres(home, durable=False) as server:
        server.ensure_database("Garde d'été")
        server.ensure_database("Garde d'été")

        with psycopg.connect(server.url("Garde d'été")) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("Garde d'été",)


def test_sorts_and_folds_unicode_alike_on_every_machine(home):
    with EmbeddedPostgres(home, durable=False) as server:
        assert (
            query(server, "SELECT lower('HÉLÈNE') || datlocprovider::text FROM pg_database LIMIT 1")
            == "hélèneb"
        )


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_gives_up_durability_only_when_asked(home, durable, fsync):
    with EmbeddedPostgres(home, durable=durable) as server:
        assert query(server, "SHOW fsync") == fsync


def test_listens_on_no_network(home):
    with EmbeddedPostgres(home, durable=False) as server:
        assert query(server, "SHOW listen_addresses") == ""
        assert (home / "socket").stat().st_mode & 0o777 == 0o700


def test_leaves_no_process(home):
    with EmbeddedPostgres(home, durable=False) as server:
        pid = pid_of(server)
        assert server.is_running()

    assert not is_alive(pid)
    assert not server.is_running()


def test_stops_when_what_holds_it_is_killed(home):
    program = """
        import os, signal, sys
        from pathlib import Path
        from bhod_portal.local.postgres import EmbeddedPostgres
        server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
        server.start()
        print((server.data / "postmaster.pid").read_text().split()[0], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(home)],
        capture_output=True,
        text=True,
        check=False,
    )

    wait_until(lambda: not is_alive(int(killed.stdout)), "the server goes down")


def test_takes_over_a_server_that_was_left_behind(home):
    start_elsewhere(home)
    with EmbeddedPostgres(home) as server:
        left_behind = pid_of(server)
        assert server.is_running()
        assert query(server, "SELECT 1") == 1

    assert not is_alive(left_behind)


def test_starts_over_the_pid_file_of_a_stranger(home):
    with EmbeddedPostgres(home, durable=False):
        pass
    # This very process stands for whoever got the number after a crash.
    (home / "data" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{home / 'data'}\n1\n5432\n{home}\n\n1 1\nready\n"
    )

    with EmbeddedPostgres(home, durable=False) as server:
        assert query(server, "SELECT 1") == 1


def test_restarts_after_the_server_was_killed(home):
    server = EmbeddedPostgres(home)
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(pid_of(server), signal.SIGKILL)
    wait_until(lambda: not server.is_running(), "the server is gone")
    server.stop()

    with EmbeddedPostgres(home, durable=False) as server:
        assert query(server, "SELECT answer FROM kept") == 42


def test_starts_afresh_after_an_interrupted_first_start(home):
    (home / "data.new" / "base").mkdir(parents=True)

    with EmbeddedPostgres(home, durable=False) as server:
        assert query(server, "SELECT 1") == 1


def test_reaches_a_socket_when_the_path_is_too_long_for_one(tmp_path, monkeypatch):
    long_folder = tmp_path / ("p" * 100)
    long_folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long_folder))

    with EmbeddedPostgres(long_folder / "pg", durable=False) as server:
        assert query(server, "SELECT 1") == 1
        folder = Path(query(server, "SHOW unix_socket_directories"))
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_bears_a_path_with_anything_in_it(tmp_path):
    with EmbeddedPostgres(tmp_path / "L'été, %41", durable=False) as server:
        assert query(server, "SELECT 1") == 1


def test_says_where_the_server_will_be(home):
    assert EmbeddedPostgres(home).url("portail").endswith("%2Fpg%2Fsocket/portail")


class TestRefusesInOneSentence:
    def refusal(self, server):
        with pytest.raises(LocalServerError) as refusal:
            server.start()
        sentence = str(refusal.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    def test_a_database_of_another_version(self, home):
        with EmbeddedPostgres(home, durable=False):
            pass
        (home / "data" / "PG_VERSION").write_text("16\n")

        assert "PostgreSQL 16" in self.refusal(EmbeddedPostgres(home))

    def test_a_folder_that_is_no_database(self, home):
        (home / "data").mkdir(parents=True)
        (home / "data" / "letter.txt").write_text("precious")

        assert str(home / "data") in self.refusal(EmbeddedPostgres(home))
        assert (home / "data" / "letter.txt").exists()

    def test_a_folder_that_cannot_be_written(self, home):
        home.write_text("a file in the way")

        assert str(home) in self.refusal(EmbeddedPostgres(home))

    def test_a_log_that_cannot_be_written(self, home):
        (home / "server.log").mkdir(parents=True)

        assert str(home) in self.refusal(EmbeddedPostgres(home))

    def test_a_folder_in_use(self, home):
        with EmbeddedPostgres(home, durable=False) as server:
            assert "déjà utilisé" in self.refusal(EmbeddedPostgres(home))
            assert query(server, "SELECT 1") == 1

    def test_a_damaged_database(self, home):
        with EmbeddedPostgres(home, durable=False):
            pass
        (home / "data" / "global" / "pg_control").unlink()

        assert "server.log" in self.refusal(EmbeddedPostgres(home))

    def test_a_server_left_behind_that_never_gets_ready(self, home, monkeypatch):
        start_elsewhere(home)
        pid_file = home / "data" / "postmaster.pid"
        said = pid_file.read_text()
        pid_file.write_text(said.replace("ready", "stopping"))
        monkeypatch.setattr(postgres, "STOPPED_WITHIN", 0.1)
        try:
            assert said.split()[0] in self.refusal(EmbeddedPostgres(home))
        finally:
            pid_file.write_text(said)
            EmbeddedPostgres(home).destroy()

    def test_a_server_that_does_not_answer(self, home, monkeypatch):
        monkeypatch.setattr(postgres, "READY_WITHIN", -1)

        assert "ne répond pas" in self.refusal(EmbeddedPostgres(home, durable=False))
        assert not (home / "data" / "postmaster.pid").exists()

    def test_a_cluster_that_cannot_be_made(self, home, monkeypatch):
        monkeypatch.setattr(postgres, "SUPERUSER", "pg_reserved")

        assert "pg_reserved" in self.refusal(EmbeddedPostgres(home))
        assert not (home / "data").exists()

    def test_a_missing_wheel(self, home, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

        assert "DATABASE_URL" in self.refusal(EmbeddedPostgres(home))

    @pytest.mark.parametrize("unshare", [("false",), ("no-such-command",)])
    def test_root_on_a_system_without_user_namespaces(self, home, monkeypatch, unshare):
        monkeypatch.setattr("os.geteuid", lambda: 0)
        monkeypatch.setattr(postgres, "AS_ORDINARY_USER", unshare)

        assert "root" in self.refusal(EmbeddedPostgres(home))


class TestDestroy:
    def test_removes_the_data(self, home):
        with EmbeddedPostgres(home, durable=False):
            pass

        EmbeddedPostgres(home).destroy()

        assert not home.exists()

    def test_does_nothing_where_nothing_is(self, home):
        EmbeddedPostgres(home).destroy()

    def test_stops_a_server_that_was_left_behind(self, home):
        start_elsewhere(home)
        pid = pid_of(EmbeddedPostgres(home))

        EmbeddedPostgres(home).destroy()

        assert not is_alive(pid)
        assert not home.exists()

    def test_refuses_while_the_server_is_in_use(self, home):
        with EmbeddedPostgres(home, durable=False) as server:
            with pytest.raises(LocalServerError):
                EmbeddedPostgres(home).destroy()
            assert query(server, "SELECT 1") == 1


def test_stops_a_server_that_ignores_the_polite_signal(home, monkeypatch):
    monkeypatch.setattr(postgres, "STOPPED_WITHIN", 0.1)
    with EmbeddedPostgres(home, durable=False) as server:
        pid = pid_of(server)
        os.kill(pid, signal.SIGSTOP)

    assert not is_alive(pid)


def test_reads_what_a_process_was_started_with(monkeypatch):
    assert postgres._command_line(2**22 + 1) == ()
    monkeypatch.setattr("sys.platform", "darwin")
    assert "python" in postgres._command_line(os.getpid())[0]
