"""What the benchmark of propagation found, as tables."""

from datetime import UTC, datetime
from statistics import median
from typing import Any

from benchmarks.serving import machine, versions

BUDGET = 1.7
NAMES = {"ours": "apply_due_changes", "bare": "bare SQL"}

Turns = dict[str, list[dict[str, Any]]]


def ratio(turns: Turns, key: str) -> float:
    """How many times as long ours took, by the medians."""
    ours, bare = (median(each[key] for each in turns[turn]) for turn in ("ours", "bare"))
    return ours / bare


def turns_table(turns: Turns) -> str:
    lines = [
        "| | changes | median | least | most | compared with bare SQL | processor, server | compared | processor, worker |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for turn, done in turns.items():
        times = [each["seconds"] for each in done]
        served, worked = (median(each[key] for each in done) for key in ("served", "worked"))
        alone = {turn: done, "bare": turns["bare"], "ours": done}
        lines.append(
            f"| {NAMES[turn]} | {done[0]['applied']:,} | {median(times):.2f} s | {min(times):.2f} s | {max(times):.2f} s | "
            f"{ratio(alone, 'seconds') if turn == 'ours' else 1:.2f} × | {served:.2f} s | "
            f"{ratio(alone, 'served') if turn == 'ours' else 1:.2f} × | {worked:.2f} s |"
        )
    return "\n".join(lines)


def memory_table(memory: list[dict[str, Any]]) -> str:
    lines = ["| due changes | time | changes/s | peak memory of the process |", "|---:|---:|---:|---:|"]
    lines += [
        f"| {each['applied']:,} | {each['seconds']:.2f} s | {each['applied'] / each['seconds']:,.0f} | {each['peak']:.1f} MB |"
        for each in sorted(memory, key=lambda each: each["applied"])
    ]
    return "\n".join(lines)


def report(
    turns: Turns,
    checks: dict[str, Any],
    memory: list[dict[str, Any]],
    *,
    due: int,
    load: str,
) -> str:
    return f"""# Propagation

{due:,} due changes applied by `apply_due_changes`, and by bare SQL that writes the same rows (`benchmarks/propagation_bare.sql`).

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| load | on average {load} |
| rounds | {len(turns["ours"])}, in alternation, each on a fresh copy of one database, in a process of its own |
| command | `python -m benchmarks propagation` |

{turns_table(turns)}

- Of a hundred changes 45 grant, 30 edit, 20 withdraw, and 5 edit what another of them grants. Both leave the same rows,
  which each turn checks. The bare statements know one world and no order, take no batch, count nothing and are lost
  whole when one row is refused; budget: {BUDGET} times their time.
- « processor, server » is the time that PostgreSQL's process for this connection worked: other work on the machine
  weighs on it far less than on the clock.

## Memory

{memory_table(memory)}

## Role check

`effective_functions` for random members and organisations, one after the other on one connection: **{checks["per_second"]:,.0f} checks/s**,
p50 {checks["p50"] * 1000:.2f} ms, p95 {checks["p95"] * 1000:.2f} ms, of which our process worked {checks["worked"] * 1000:.2f} ms. One query, from the index alone:

```
{checks["plan"]}
```
"""
