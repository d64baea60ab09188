"""The register of labels is held to the two documents: nothing invented, nothing left out, nothing twice."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.urls import addresses
from tests.fidelity.registry import ISSUES, KINDS, document, fold, labels, register, spans

SEEDS = ("000", "003")
REPORT = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"
# What stands on a screenshot in place of data: masked names and numbers, dates, arrows, markers of a list.
PLACEHOLDER = re.compile(r"\b(?:X+|BCE|CMG|ASBL)\b|\d[\d./ -]*|[█▾▲➔_]+")
WORD = re.compile(r"[^\W\d_]{2,}")


def test_every_entry_is_complete():
    faults = []
    for label in labels():
        if not label.text.strip() or label.kind not in KINDS or label.issue not in ISSUES:
            faults.append(f"{label}: text, kind or issue")
        if not label.page and not label.target:
            faults.append(f"{label}: neither a page nor a target")
        if label.ours and not label.deviation:
            faults.append(f"{label}: other words without a reason")
        if label.ours and fold(label.ours) == fold(label.text):
            faults.append(f"{label}: a deviation that is none")
        if label.state and not label.state.isidentifier():
            faults.append(f"{label}: a state that names no function")
    assert faults == []


def test_every_label_stands_on_its_lines():
    wrong = [
        f"{label}: not on line {number}: {document(label.seed)[number - 1]!r}"
        for label in labels()
        for number in (label.line, *label.also)
        if fold(label.text) not in document(label.seed)[number - 1]
    ]
    assert wrong == []


def test_no_label_is_entered_twice():
    keys = Counter((label.seed, label.line, label.text, label.kind, label.page) for label in labels())
    assert [key for key, count in keys.items() if count > 1] == []


def test_a_line_is_named_once_by_a_label():
    for label in labels():
        assert len({label.line, *label.also}) == 1 + len(label.also), label


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_the_document_is_left_out(seed):
    """Each word of each line belongs to a label, or its line is marked as prose for the reader."""
    prose = set(spans(register()["prose"][seed]))
    left = []
    for number, line in enumerate(document(seed), start=1):
        if number in prose:
            continue
        rest = line
        here = (label for label in labels() if label.seed == seed and number in (label.line, *label.also))
        # The longest first: « Nom » is part of « Nom d'utilisateur ».
        for label in sorted(here, key=lambda each: -len(each.text)):
            rest = rest.replace(fold(label.text), " ")
        if WORD.search(PLACEHOLDER.sub(" ", rest)):
            left.append(f"{seed}:{number}: {rest.strip()!r}")
    assert left == []


@pytest.mark.parametrize("seed", SEEDS)
def test_prose_names_lines_that_exist(seed):
    lines = document(seed)
    assert all(1 <= number <= len(lines) for number in spans(register()["prose"][seed]))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_address_is_a_link_of_ours(seed):
    """No dead link: what the document links to, a page of ours stands in for."""
    addresses = {
        address.rstrip(".)") for line in document(seed) for address in re.findall(r"https?://[^\s)]+", line)
    }
    entered = {
        label.text for label in labels() if label.kind == "link" and label.seed == seed and label.target
    }
    assert addresses <= entered


def test_the_report_tells_every_deviation():
    report = REPORT.read_text(encoding="utf-8")
    rows = [row for row in report.partition("## Deviations")[2].splitlines() if row.startswith("|")]
    untold = [
        str(label)
        for label in labels()
        if label.deviation and not any(re.search(rf"\b{label.line}\b", row) for row in rows)
    ]
    assert untold == []


def test_the_report_names_every_page():
    report = REPORT.read_text(encoding="utf-8")
    assert [name for name in addresses() if f"`{name}`" not in report] == []
