"""Results are kept by title: a benchmark that runs again takes its own place, and no other's."""

from benchmarks.__main__ import BENCHMARKS, SHORT, recorded

RESULTS = "# One\n\na\n\n# Two\n\nb\n\n## Part of two\n\nc\n"


def test_a_report_takes_the_place_of_the_last_one():
    assert recorded(RESULTS, "# One\n\nnew\n") == RESULTS.replace("a\n", "new\n", 1)
    assert recorded(RESULTS, "# Two\n\nnew\n") == "# One\n\na\n\n# Two\n\nnew\n"


def test_a_new_report_comes_last():
    assert recorded(RESULTS, "# Three\n\nd\n") == f"{RESULTS}\n# Three\n\nd\n"
    assert recorded("", "# Three\n") == "# Three\n"


def test_long_ones_run_by_name_only():
    assert set(BENCHMARKS) - set(SHORT) == {
        "belgium", "circle", "feeds", "lag", "login", "pages", "payments", "planning_import", "propagation",
    }  # fmt: skip
