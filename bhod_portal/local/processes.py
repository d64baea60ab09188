"""Processes that the demo and the tests start, each in a session of its own, and how they end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STOPPED_WITHIN = 8.0
PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> Callable[[], object] | None:
    """What a child does before its program starts, so that it gets the signal when its parent dies, even killed.

    Linux only. « Parent » is the thread that starts the child: start children from the main thread.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, number)


def worker_command(*, name: str = "portail") -> list[str]:
    """A Celery worker of all our queues, light enough for a small machine: threads, and no chatter among workers."""
    return [
        sys.executable, "-m", "celery", "--app", "bhod_portal", "worker", "--hostname", f"{name}@%h",
        "--pool", "threads", "--concurrency", "2", "--queues", "portal,ticks", "--loglevel", "INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def beat_command(folder: Path) -> list[str]:
    """The beat that sends ticks; it remembers in the folder when it sent which."""
    return [
        sys.executable, "-m", "celery", "--app", "bhod_portal", "beat",
        "--schedule", str(folder / "schedule"), "--pidfile", "", "--loglevel", "INFO",
    ]  # fmt: skip


def make_broker_folders(var_dir: Path) -> None:
    """Make the folders of the filesystem broker, and take out of the queue what says nothing any more.

    That is the ticks of a former run, thousands of which would hold up the first new one, and what processes that
    were killed left half-written or half-read.
    """
    for name in ("queue", "control"):
        (var_dir / "broker" / name).mkdir(parents=True, exist_ok=True)
    for pattern in ("*.ticks.msg", "*.part", "*.taken"):
        for message in (var_dir / "broker" / "queue").glob(pattern):
            message.unlink(missing_ok=True)


@dataclass
class Child:
    """A process of ours, the leader of its own session."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> "Child":
        """Start the command; what it prints goes to the log, which starts anew."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                pass_fds=pass_fds,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  (no thread of ours runs beside it)
            )
        return cls(name, log, process)

    def is_running(self) -> bool:
        return self.process.poll() is None


def stop_all(children: Iterable[Child], *, within: float = STOPPED_WITHIN) -> None:
    """Ask each to end (TERM), give them `within` seconds together, then kill what is left of their groups."""
    children = list(children)
    for child in children:
        if child.is_running():
            child.process.terminate()
    deadline = time.monotonic() + within
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        # The group outlives its leader when a grandchild does.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
