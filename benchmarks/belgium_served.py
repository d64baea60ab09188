"""All of Belgium behind a server of ours, for benchmarks of its pages."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.databases import environment, load_average, run_module, settle
from benchmarks.login import IDENTIFICATION
from benchmarks.serving import BASE_DIR, free_port, serve, wait_for
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, stop_all

_Made = TypeVar("_Made")
_Measured = TypeVar("_Measured")


def over_belgium(
    name: str, make: Callable[[str], _Made], measure: Callable[[int, _Made], _Measured]
) -> tuple[_Made, _Measured, float]:
    """Load the country into a server of its own, serve it under settings where one logs in without a code, and measure.

    `make` is given the database's address before it is served, `measure` the port and what was made. Gives both
    results, and the load of the machine before.
    """
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as place:
        folder = Path(place)
        with EmbeddedPostgres(folder / "postgres") as server:
            server.ensure_database("belgium")
            run_module(server, "belgium", folder, "benchmarks.belgium")
            url = server.url("belgium")
            made = make(url)
            settle(url)
            env = environment(server, "belgium", folder)
            env |= {"DJANGO_SETTINGS_MODULE": "benchmarks.login_settings", "SECURE_SSL_REDIRECT": "false"}
            before = load_average()
            children: list[Child] = []
            collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
            subprocess.run(collect, cwd=BASE_DIR, env=env, check=True)
            try:
                port, log, python = free_port(), folder / "server.log", Path(sys.executable)
                children.append(
                    serve(name, python, "bhod_portal.wsgi", port=port, folder=BASE_DIR, log=log, env=env)
                )
                wait_for(port, IDENTIFICATION)
                return made, measure(port, made), before
            finally:
                stop_all(children)
