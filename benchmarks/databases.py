"""Databases for benchmarks, under the settings of servers: filled by a process of its own, copied, put to rest."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
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


def run_module(
    server: EmbeddedPostgres,
    database: str,
    folder: Path,
    module: str,
    *arguments: str,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """Run `python -m module` on a database; its progress goes to our terminal. Returns what it prints last, as JSON.

    `settings` go before those of every benchmark. Raises CalledProcessError when it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=BASE_DIR,
        env={**environment(server, database, folder), **settings},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


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
