"""Databases for benchmarks, under the settings of servers: filled by a process of its own, copied, put to rest."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.serving import BASE_DIR, HOST
from bhod_portal.local.postgres import EmbeddedPostgres


def environment(server: EmbeddedPostgres, database: str, folder: Path) -> dict[str, str]:
    """What a process of ours needs to work on a database."""
    return {
        **os.environ,
        "DATABASE_URL": server.url(database),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "REDIS_URL": "redis://localhost",
        "ALLOWED_HOSTS": HOST,
        "PORTAL_URL": f"http://{HOST}",
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }


def start_module(
    server: EmbeddedPostgres, database: str, folder: Path, module: str, *arguments: str
) -> subprocess.Popen[str]:
    """Start `python -m module` on a database; its progress goes to our terminal, its answer to its stdout."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=BASE_DIR,
        env=environment(server, database, folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer_of(process: subprocess.Popen[str]) -> Any:
    """What a started module prints last, as JSON. Raises CalledProcessError when it fails."""
    printed, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, printed)
    return json.loads(printed.splitlines()[-1])


def run_module(server: EmbeddedPostgres, database: str, folder: Path, module: str, *arguments: str) -> Any:
    return answer_of(start_module(server, database, folder, module, *arguments))


def copy_database(server: EmbeddedPostgres, source: str, name: str) -> None:
    """A database with the very pages of another, in place of the one of that name if there is any."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)")
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(drop.format(sql.Identifier(name)))
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))
        connection.execute("CHECKPOINT")


def settle(url: str) -> None:
    """Leave a database as the server does by itself a moment later, nothing written to be flushed afterwards."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def backend_seconds(pid: int) -> float:
    """Processor time that a server process of this machine has worked so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load_average() -> float:
    return os.getloadavg()[0]


def wait_for_lines(processes: list[subprocess.Popen[str]], *, within: float) -> None:
    """Return once each has printed a line. Raises TimeoutError."""
    deadline = time.monotonic() + within
    for process in processes:
        if process.stdout is None or not process.stdout.readline() or time.monotonic() > deadline:
            raise TimeoutError(f"{process.args} did not get ready")
