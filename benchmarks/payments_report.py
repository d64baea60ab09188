"""What the benchmark of payments found, as tables."""

from datetime import UTC, datetime
from statistics import median
from typing import Any

from benchmarks.serving import machine, versions

BUDGET = 3
NAMES = {
    "lines": "lines calculated",
    "check": "checked by the agent",
    "close": "closed: a settlement for each doctor",
}

Turns = dict[str, list[dict[str, Any]]]


def ratio(turns: Turns) -> float:
    """How many times as long ours took, by the medians."""
    ours, bare = (median(each["seconds"] for each in turns[turn]) for turn in ("ours", "bare"))
    return ours / bare


def table(turns: Turns) -> str:
    ours, bare = turns["ours"], turns["bare"]
    lines = ["| | median | least | most | compared |", "|---|---:|---:|---:|---:|"]
    for name, label in NAMES.items():
        lines.append(_row(label, [each["steps"][name] for each in ours]))
    lines.append(
        _row("**payment run, the three together**", [each["seconds"] for each in ours], ratio(turns))
    )
    lines.append(_row("bare SQL aggregate", [each["seconds"] for each in bare], 1))
    lines.append(_row("afterwards: mails to doctors without account", [each["mails"] for each in ours]))
    return "\n".join(lines)


def _row(label: str, seconds: list[float], compared: float | None = None) -> str:
    times = " | ".join(f"{1000 * each:.0f} ms" for each in (median(seconds), min(seconds), max(seconds)))
    return f"| {label} | {times} | {f'{compared:.2f} ×' if compared else ''} |"


def report(turns: Turns, loaded: dict[str, Any], *, load: str) -> str:
    run, large, validation = turns["ours"][0], loaded["large"], loaded["validation"]
    steps = large["steps"]
    return f"""# Payment run

Two months of all of Belgium: {run["rows"]:,} guards, {run["settlements"]:,} doctors, {run["total"]} €; and one SQL statement that comes to the
same amount for each doctor (`benchmarks/payment_bare.sql`).

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| load | on average {load} |
| rounds | {len(turns["ours"])}, in alternation, each on a fresh copy of one database, in a process of its own |
| command | `python -m benchmarks payments` |

{table(turns)}

- The bare statement counts the eligible minutes of each guard and writes nothing; it may use every processor. The run takes the
  minutes that validation has counted, and writes a line for each guard and a settlement for each doctor, with his account,
  his fiscal beneficiary and what was owed before. Both come to the same amounts, which each round checks. Budget: {BUDGET} times.
- Validation, the nights before, judges each guard by all rules and counts its minutes: {validation["checks"]:,} guards in {validation["seconds"]:.1f} s
  ({validation["checks"] / validation["seconds"]:,.0f} a second), in a transaction for each circle.
- A large run: all {large["rows"]:,} guards of the year at once in {large["seconds"]:.1f} s ({steps["lines"]:.1f} s lines, {steps["close"]:.1f} s settlements); peak of the
  process {large["peak"]:.0f} MB, where that of two months had {run["peak"]:.0f} MB.
"""
