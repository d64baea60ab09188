"""`make demo`: the whole portal on one machine, each part a real process, from one command.

Everything lives under `.var/` (or VAR_DIR): the database, the broker's queue, logs. DATABASE_URL and REDIS_URL, when
set, replace the embedded database and the broker of files.
"""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bhod_portal.local import schema
from bhod_portal.local.postgres import EmbeddedPostgres, LocalServerError
from bhod_portal.local.preparation import NewerDatabaseError, prepare
from bhod_portal.local.processes import (
    Child,
    beat_command,
    die_with_parent,
    make_broker_folders,
    stop_all,
    worker_command,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATABASE = "bhod_portal"
READY_WITHIN = 60.0
LOOK_EVERY = 0.2


class DemoError(Exception):
    """The demo cannot run, or can no longer; the text is one French sentence for whoever typed the command."""


class Demo:
    """The processes of one demo, from its start to its end."""

    def __init__(self, *, var_dir: Path, port: int) -> None:
        self.var_dir = var_dir.absolute()
        self.port = port
        self.database = (
            None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(self.var_dir / "postgres")
        )
        self.children: list[Child] = []

    def run(self, *, reset: bool) -> NoReturn:
        """Serve until a signal comes. Raises DemoError or LocalServerError."""
        with ExitStack() as cleanup:
            cleanup.enter_context(self._lock())
            listener = cleanup.enter_context(self._listener())
            if reset:
                self._reset()
            self._make_folders()
            if self.database is not None:
                cleanup.callback(self.database.stop)
                self.database.start()
                if self.database.ensure_database(DATABASE):
                    schema.load(self.database.url(DATABASE))
                os.environ["DATABASE_URL"] = self.database.url(DATABASE)
            os.environ["DJANGO_SETTINGS_MODULE"] = "bhod_portal.settings.dev"
            os.environ["VAR_DIR"] = str(self.var_dir)
            os.environ.setdefault("PORTAL_URL", f"http://localhost:{self.port}")
            try:
                personas = prepare()
            except NewerDatabaseError as error:
                raise DemoError(str(error)) from error
            cleanup.callback(stop_all, self.children)
            # The second signal of an impatient hand must not cut the clean-up short.
            cleanup.callback(_set_handlers, signal.SIG_IGN)
            self._start_web(listener, os.environ)
            # From here on the port belongs to the web server.
            listener.close()
            self._wait_for_the_first_page()
            # On two cores they would keep the first page waiting; until they are there, what is asked of them waits.
            self._start_celery(os.environ)
            self._welcome(personas)
            self._watch()

    # Before anything runs

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            self.var_dir.mkdir(parents=True, exist_ok=True)
            lock = (self.var_dir / "demo.lock").open("w")
        except OSError as error:
            raise DemoError(
                f"Le dossier « {self.var_dir} » n'est pas accessible en écriture : {error.strerror}."
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DemoError(
                    f"Une démonstration tourne déjà sur « {self.var_dir} » : arrêtez-la d'abord (Ctrl-C)."
                ) from error
            yield

    def _listener(self) -> socket.socket:
        """The web server's socket: taken before anything starts, and nobody can take it meanwhile."""
        listener = socket.socket()
        # As the web server would: a port whose last connections are still closing is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            raise DemoError(
                f"Le port {self.port} n'est pas libre : choisissez-en un autre, par exemple « make demo PORT=8100 »."
            ) from error
        return listener

    def _reset(self) -> None:
        if self.database is None:
            raise DemoError("La base vient de DATABASE_URL : videz-la vous-même, puis lancez « make demo ».")
        self.database.destroy()
        for name in ("broker", "beat"):
            shutil.rmtree(self.var_dir / name, ignore_errors=True)

    def _make_folders(self) -> None:
        try:
            for name in ("beat", "log"):
                (self.var_dir / name).mkdir(exist_ok=True)
            make_broker_folders(self.var_dir)
        except OSError as error:
            raise DemoError(
                f"« {error.filename} » n'est pas accessible en écriture : {error.strerror}."
            ) from error

    # The servers

    def _start_web(self, listener: socket.socket, env: Mapping[str, str]) -> None:
        log = self.var_dir / "log"
        web = [
            sys.executable, "-m", "gunicorn", "bhod_portal.wsgi", "--bind", f"fd://{listener.fileno()}", "--preload",
            "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket",
        ]  # fmt: skip
        fds = [listener.fileno()]
        self.children.append(Child.start("serveur web", web, log=log / "web.log", env=env, pass_fds=fds))

    def _start_celery(self, env: Mapping[str, str]) -> None:
        log = self.var_dir / "log"
        self.children.append(Child.start("worker Celery", worker_command(), log=log / "worker.log", env=env))
        self.children.append(
            Child.start("beat Celery", beat_command(self.var_dir / "beat"), log=log / "beat.log", env=env)
        )

    def _wait_for_the_first_page(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            self._refuse_the_dead()
            try:
                # The host is ours and the scheme is in the text.
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except urllib.error.HTTPError as error:
                raise DemoError(
                    f"Le portail répond {error.code} ; voyez « {self.children[0].log} »."
                ) from error
            except OSError:
                time.sleep(0.05)
        raise DemoError(f"Le portail ne répond pas ; voyez « {self.children[0].log} ».")

    def _refuse_the_dead(self) -> None:
        for child in self.children:
            if not child.is_running():
                raise DemoError(
                    f"Le processus « {child.name} » s'est arrêté de lui-même (code {child.process.returncode}) ; "
                    f"voyez « {child.log} »."
                )
        if self.database is not None and not self.database.is_running():
            raise DemoError(f"La base de données s'est arrêtée d'elle-même ; voyez « {self.database.log} ».")

    def _welcome(self, personas: str) -> None:
        print(personas.rstrip())
        print(f"\nLe portail est ouvert : http://localhost:{self.port}")
        print("Ctrl-C arrête tout ; les données restent (« make demo-reset » repart de zéro).", flush=True)

    def _watch(self) -> NoReturn:
        while True:
            self._refuse_the_dead()
            time.sleep(LOOK_EVERY)


def _set_handlers(handler: Callable[[int, FrameType | None], NoReturn] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    _set_handlers(signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    """Run the demo; the exit code is 0 after Ctrl-C or SIGTERM, 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bhod_portal.local.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="efface d'abord les données de la démonstration")
    parser.add_argument(
        "--with-parent", action="store_true", help="s'arrête aussi quand le processus père meurt"
    )
    options = parser.parse_args()
    if options.with_parent and (follow_the_parent := die_with_parent(signal.SIGTERM)):
        follow_the_parent()
    _set_handlers(_interrupt)
    var_dir = Path(os.environ.get("VAR_DIR") or BASE_DIR / ".var")
    try:
        Demo(var_dir=var_dir, port=options.port).run(reset=options.reset)
    except KeyboardInterrupt:
        print("\nTout est arrêté.")
        return 0
    except (DemoError, LocalServerError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
