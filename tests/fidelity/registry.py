"""The register of the documents' labels: labels.toml, read and compared with the documents it was taken from."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

KINDS = {
    "heading",
    "sentence",
    "label",
    "option",
    "value",
    "column",
    "filter",
    "button",
    "link",
    "menu",
    "tab",
}
ISSUES = range(2, 10)


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a document, and where we show it."""

    text: str
    kind: str
    seed: str
    line: int
    issue: int
    page: str
    also: tuple[int, ...] = ()
    state: str = ""
    target: str = ""
    deviation: str = ""
    ours: str = ""

    @property
    def shown(self) -> str:
        """What our page shows: the document's words, or ours where a deviation is recorded."""
        return self.ours or self.text

    def __str__(self) -> str:
        return f"{self.seed}:{self.line} {self.kind} « {self.shown} »"


@cache
def register() -> dict:
    return tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))


@cache
def labels() -> tuple[Label, ...]:
    """Every label; what a screen gives is taken over by its labels that give nothing themselves."""
    found = []
    for screen in register()["screen"]:
        shared = {key: screen[key] for key in ("seed", "page", "state") if key in screen}
        rows = (shared | row for row in screen["labels"])
        found.extend(Label(**(row | {"also": tuple(row.get("also", ()))})) for row in rows)
    return tuple(found)


@cache
def document(seed: str) -> tuple[str, ...]:
    """The lines of a document, as its reader sees them: no markdown, no tags, white space folded."""
    text = (HERE / "seeds" / f"{seed}.md").read_text(encoding="utf-8")
    return tuple(plain(line) for line in text.split("\n"))


def plain(line: str) -> str:
    """One line of markdown as its reader sees it; a link with an address counts as that address."""
    line = re.sub(r"<(https?://[^>]*)>", r"\1", line)
    line = re.sub(r'<input type="button" value="([^"]*)"/>', r"\1", line)
    line = re.sub(r"<(?:input|/?sup)\b[^>]*>", " ", line)
    line = re.sub(r"\[([^\]]*?)\]\(#\)", r"\1", line)
    line = re.sub(r"\[[^\]]*\]\((https?://[^)]*)\)", r"\1", line)
    line = line.replace("**", "")
    line = re.sub(r"\\+(?=[_*()])", "", line)
    # Italics only around a whole line: elsewhere a star marks a mandatory field.
    line = re.sub(r"^\*(?=\w)(.*)\*$", r"\1", line.strip())
    return fold(line)


def fold(text: str) -> str:
    """Typographic differences that are decided not to count (head of labels.toml)."""
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" (?=[:;?!](?:\s|$|[\"»)]))", "", text)


def spans(ranges: list[str]) -> Iterator[int]:
    for each in ranges:
        first, _, last = each.partition("-")
        yield from range(int(first), int(last or first) + 1)
