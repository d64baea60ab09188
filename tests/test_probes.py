"""The measure of coverage by probes says what the tracer of coverage.py says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CALLS = """
from sample import code

code.Thing(3).method([1, 2])
for argument in {arguments}:
    for function in code.FUNCTIONS:
        try:
            function(argument)
        except RuntimeError:
            pass
"""
# Most of what the suite measures runs in processes that it starts.
PARENT = """
import subprocess, sys

subprocess.run([sys.executable, "calls.py"], check=True)
"""
SAMPLE = '''"""Of all that stands in our sources, one."""

from __future__ import annotations

import contextlib
import enum
import functools

if len(__name__) > 1000:
    UNREACHED = 1
else:
    REACHED = 1

try:
    import no_such_module
except ImportError:
    no_such_module = None


class Kind(enum.StrEnum):
    """A kind."""

    ONE = "one"
    TWO = "two"

    @property
    def number(self) -> int:
        return 1 if self is Kind.ONE else 2


class Thing:
    size: int
    if REACHED:
        wide = True

    def __init__(self, size: int) -> None:
        self.size = size

    @functools.cache
    def method(
        self,
        values=(),
    ):
        """Says something."""
        return [
            value
            for value in values
            if value
        ]


Thing.method = functools.wraps(Thing.method)(lambda self, values: sum(value for value in values))


def branches(number):
    if number == 1:
        found = "one"
    elif (
        number > 2
        and number < 9
    ):
        found = "more"
    else:
        found = "other"
    if number > 3:
        found += "!"
    return found


def early(number):
    if number > 3:
        return None
    if number == 2:
        raise RuntimeError
    if number:
        number += 1


def loops(number):
    total = 0
    for each in range(number):
        if each == 1:
            continue
        if each == 5:
            break
        total += each
    else:
        total = -1
    while number > 0:
        number -= 1
        if number == 3:
            continue
        if number == 4:
            break
    for each in range(number):
        with contextlib.suppress(KeyError):
            {}[each]
    while True:
        total += 1
        if total > number:
            break
    return total


def tries(number):
    try:
        if number == 1:
            raise KeyError
        if number == 2:
            raise ValueError
        if number == 3:
            raise RuntimeError
    except KeyError:
        number += 1
    except (
        TypeError,
        ValueError,
    ) as error:
        number = error
    else:
        number = 0
    finally:
        done = number
    return done


def closes(number):
    try:
        return number / (number - 1)
    except ZeroDivisionError:
        return 0
    finally:
        number = None


def matches(number):
    match number:
        case 1:
            found = "one"
        case 2 | 3:
            return "few"
        case int() if number > 4:
            found = "many"
    match number:
        case 1:
            found = "one"
        case _:
            found = "any"
    return found if number else None


def holds(number):
    with contextlib.nullcontext(number) as held, contextlib.nullcontext():
        if held > 2:
            return held
        number += 1
    return number


def within(number):
    def inner(more):
        nonlocal number
        number += more
        if more > 3:
            return number

    @contextlib.contextmanager
    def manager():
        yield number

    with manager() as held:
        inner(held)
    total = (lambda value: value + 1)(number)
    return [each for each in range(total) if each % 2]


def texts(number):
    assert number, (
        "nothing"
    )
    value: int
    value = number
    del number
    yield value
    if value > 3:
        yield from range(value)


def walk_texts(number):
    for _each in texts(number):
        pass


FUNCTIONS = [
    branches, early, loops, tries, closes, holds, within, walk_texts,
    lambda number: Kind.ONE.number,
    lambda number: matches(number) if number != 4 else None,
]
'''
REPORT = """
import json, sys, coverage

measured = coverage.Coverage(data_file=sys.argv[1], config_file=sys.argv[2])
measured.load()
found = measured._analyze(sys.argv[3])
arcs = sorted((start, end) for start, ends in found.missing_branch_arcs().items() for end in ends)
print(json.dumps({"lines": sorted(found.missing), "arcs": arcs, "branches": found.numbers.n_branches}))
"""


def measured(folder, *, arguments, plugins):
    folder.mkdir()
    settings = folder / "coverage.ini"
    settings.write_text(f"[run]\nbranch = true\nsource = sample\nplugins = {plugins}\npatch = subprocess\n")
    code = folder / "sample" / "code.py"
    code.parent.mkdir()
    (code.parent / "__init__.py").touch()
    code.write_text(SAMPLE)
    (folder / "calls.py").write_text(CALLS.format(arguments=arguments))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    data = folder / "data"

    def python(*words):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder, env=inherited | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    (folder / "parent.py").write_text(PARENT)
    python("-m", "coverage", "run", f"--rcfile={settings}", f"--data-file={data}", "parent.py")
    python("-m", "coverage", "combine", f"--rcfile={settings}", f"--data-file={data}")
    return json.loads(python("-c", REPORT, str(data), str(settings), str(code)))


@pytest.mark.parametrize("arguments", [[1], [3, 6], [1, 2, 3, 4, 6, 9]], ids=str)
def test_what_was_not_reached_is_what_a_tracer_says(tmp_path, arguments):
    by_tracer = measured(tmp_path / "tracer", arguments=arguments, plugins="")
    by_probes = measured(tmp_path / "probes", arguments=arguments, plugins="tests.probes")

    assert by_probes == by_tracer
    assert by_tracer["branches"] > 30
