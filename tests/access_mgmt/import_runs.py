"""A file of users tried and done, and what the dry run said of it."""

from access_mgmt.services import member_imports
from tests.access_mgmt.factories import AT
from tests.access_mgmt.import_files import csv_file


def dry_run(manager, *lines, content=None, **changes):
    content = content or csv_file(*lines)
    data = {"quality": manager.quality, "size": len(content), "by": manager.person, "at": AT}
    return member_imports.try_file(content=content, **(data | changes))


def do(manager, run, **changes):
    data = {"quality": manager.quality, "by": manager.person, "at": AT, "shown": run.plan.fingerprint}
    return member_imports.import_members(lines=run.lines, **(data | changes))


def outcomes(run):
    return [result.outcome.value for result in run.plan.results]


def codes(run):
    return [[problem.code for problem in result.problems] for result in run.plan.results]


def changes(result):
    return [(change.label, change.old, change.new) for change in result.changes]
