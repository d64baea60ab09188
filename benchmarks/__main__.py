"""`python -m benchmarks`: every benchmark, one after the other; writes RESULTS.md. With a name: that one only, printed."""

import sys

from benchmarks import identification, member_import, member_list
from benchmarks.serving import HERE

BENCHMARKS = {
    "identification": identification.run,
    "member_list": member_list.run,
    "member_import": member_import.run,
}


def main(names: list[str]) -> None:
    reports = [BENCHMARKS[name]() for name in names or BENCHMARKS]
    text = "\n".join(reports)
    if not names:
        (HERE / "RESULTS.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
