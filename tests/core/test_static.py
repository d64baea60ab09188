"""What is vendored is what it says it is, and our pages fetch nothing from outside."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = sorted(STATIC.rglob("*.css"))
ROW = re.compile(r"^\| `(?P<path>[^`]+)` \|.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


def vendored() -> dict[str, str]:
    readme = (STATIC / "vendor" / "README.md").read_text()
    return {row["path"]: row["sha256"] for row in ROW.finditer(readme)}


def test_vendored_files_are_those_recorded():
    assert {
        path: hashlib.sha256((STATIC / "vendor" / path).read_bytes()).hexdigest() for path in vendored()
    } == vendored()


def test_every_vendored_file_is_recorded():
    there = {
        str(path.relative_to(STATIC / "vendor"))
        for path in (STATIC / "vendor").rglob("*.*")
        if path.is_file()
    }

    assert there - {"README.md"} == set(vendored())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_fetch_nothing_from_outside(sheet):
    sources = re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""", sheet.read_text())

    assert [source for source in sources if re.match(r"//|(?!data:)[a-z]+:", source)] == []


def test_no_sheet_names_a_map():
    assert [path.name for path in SHEETS if "sourceMappingURL" in path.read_text()] == []


def test_every_file_has_a_hashed_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": manifest}

    call_command("collectstatic", interactive=False, verbosity=0)

    [portal] = (tmp_path / "css").glob("portal.*.css")
    assert "bootstrap" in portal.read_text()
