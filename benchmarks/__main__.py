"""`python -m benchmarks`: every short benchmark, one after the other, in two minutes; puts them into RESULTS.md.

With names: those only, printed; with `--record` they go into RESULTS.md too. `planning_import` takes a minute, `login`,
`belgium` and `circle` two, `lag`, `feeds` and `payments` three, `pages` four and `propagation` ten: they run by name only.
"""

import re
import sys
from collections.abc import Callable

from benchmarks import (
    belgium,
    circle,
    feeds,
    identification,
    lag,
    login,
    member_import,
    member_list,
    pages,
    payments,
    planning_import,
    propagation,
)
from benchmarks.serving import HERE

SHORT: dict[str, Callable[[], str]] = {
    "identification": identification.run,
    "member_list": member_list.run,
    "member_import": member_import.run,
}
BENCHMARKS = SHORT | {
    "belgium": belgium.run,
    "circle": circle.run,
    "feeds": feeds.run,
    "lag": lag.run,
    "login": login.run,
    "pages": pages.run,
    "payments": payments.run,
    "planning_import": planning_import.run,
    "propagation": propagation.run,
}


def recorded(results: str, report: str) -> str:
    """The results with a report in the place of the last one under the same title, or at the end."""
    parts = [part.strip() for part in re.split(r"^(?=# )", results, flags=re.MULTILINE) if part.strip()]
    titles = [part.partition("\n")[0] for part in parts]
    report = report.strip()
    if (title := report.partition("\n")[0]) in titles:
        parts[titles.index(title)] = report
    else:
        parts.append(report)
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> None:
    names = [name for name in arguments if name != "--record"]
    path = HERE / "RESULTS.md"
    for name in names or SHORT:
        report = BENCHMARKS[name]()
        print(report)
        if not names or "--record" in arguments:
            path.write_text(recorded(path.read_text(), report))


if __name__ == "__main__":
    main(sys.argv[1:])
