"""The import contracts of pyproject.toml hold, and each of them catches what it is meant to catch."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bhod_portal", "csam", "access_mgmt", "prosante_login", "bhod", "training")
LINTER = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command; lint_imports_command()",
    "--no-cache",
]

# A line, the module that it is planted in, and the contract that must break.
PLANTS = [
    ("import access_mgmt.models", "csam/selectors.py", "Apps depend one way only"),
    ("import access_mgmt.views", "access_mgmt/models.py", "Inside an app: interface, then rules, then data"),
    ("import csam.views", "access_mgmt/http_of_others.py", "The interface of csam is its own business"),
    ("import access_mgmt.tasks", "bhod/models.py", "The interface of access_mgmt is its own business"),
    ("import prosante_login.views", "bhod/models.py", "The interface of prosante_login is its own business"),
    ("import bhod.views", "training/apps.py", "The interface of bhod is its own business"),
]


def lint(folder):
    """What the linter of imports says about the packages in a folder, and whether it is content."""
    environment = os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        LINTER, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The packages alone, to plant mistakes in."""
    folder = tmp_path_factory.mktemp("imports")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=lambda _, names: [n for n in names if n == "__pycache__"]
        )
    return folder


def test_the_contracts_hold():
    code, said = lint(ROOT)
    assert code == 0, said


def test_each_contract_catches_what_it_is_for(copy):
    for line, module, _ in PLANTS:
        path = copy / module
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{text}\n{line}\n", encoding="utf-8")

    code, said = lint(copy)

    assert code != 0
    assert [contract for _, _, contract in PLANTS if f"{contract} BROKEN" not in said] == []
    # The contracts are exhaustive: a module in no layer fails too.
    assert "http_of_others" in said
