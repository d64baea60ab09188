"""Every form of ProSanté and of the applications behind it says under which profile it was shown (design.md 4, ProSanté 6)."""

import re

import pytest

from tests.architecture import templates

FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']post[\"'].*?</form>", re.DOTALL | re.IGNORECASE)
STAMP = "{% profile_stamp %}"
FOLDERS = ("prosante_login", "bhod")
# Where the profile itself is chosen, and where the stamp of another tab's form is carried on.
WITHOUT = {"prosante_login/profile_choose.html", "prosante_login/profile_changed.html"}
ALL = [path for folder in FOLDERS for path in sorted((templates.TEMPLATES / folder).rglob("*.html"))]


def unstamped(source: str) -> list[str]:
    return [form for form in FORM.findall(source) if form.count(STAMP) != 1]


@pytest.mark.parametrize("path", [pytest.param(path, id=templates.name_of(path)) for path in ALL])
def test_each_form_that_is_sent_bears_the_stamp(path):
    found = unstamped(path.read_text(encoding="utf-8"))

    assert bool(found) == (templates.name_of(path) in WITHOUT)


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        (f'<form method="post">{STAMP}</form>', 0),
        ('<form method="get"></form>', 0),
        ('<form method="post">{% csrf_token %}</form>', 1),
        ("<form class='a' method='POST'\n novalidate>\n</form>", 1),
        (f'<form method="post">{STAMP}</form><form method="post"></form>', 1),
    ],
)
def test_the_guard(source, faults):
    assert len(unstamped(source)) == faults
