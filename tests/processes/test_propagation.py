"""Propagation by real worker processes over the filesystem broker."""

import re

import pytest

from access_mgmt.models import EffectiveRole, RoleChange
from tests.processes.asking import ask, make_manager
from tests.processes.running import running_beat, running_worker, url_of_test_database, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def nothing_waits():
    return not RoleChange.objects.pending().exists()


def applied_by(worker):
    return sum(int(count) for count in re.findall(r"role changes applied: (\d+)", worker.log.read_text()))


def test_a_worker_that_stops_for_a_while_loses_nothing(tmp_path):
    manager = make_manager()
    queue = tmp_path / "broker" / "queue"
    with (
        running_worker(url_of_test_database(), beat=False, folder=tmp_path) as _,
        running_beat(url_of_test_database(), folder=tmp_path),
    ):
        ask(manager, year=2026)
        wait_until(nothing_waits, "the worker applies a change")

    with running_beat(url_of_test_database(), folder=tmp_path):
        asked = [ask(manager, year=year) for year in range(2027, 2032)]
        wait_until(lambda: len(list(queue.glob("*.ticks.msg"))) > 1, "ticks wait for a worker")
        assert RoleChange.objects.pending().count() == len(asked)

        with running_worker(url_of_test_database(), beat=False, folder=tmp_path):
            wait_until(nothing_waits, "the worker that came back applies what waited")

    assert EffectiveRole.objects.known().filter(assignment__in=asked).count() == len(asked)


def test_two_workers_apply_each_change_once(tmp_path):
    manager = make_manager()
    url = url_of_test_database()
    years = range(2026, 2056)
    with (
        running_worker(url, beat=False, folder=tmp_path, name="first") as first,
        running_worker(url, beat=True, folder=tmp_path, name="second") as second,
    ):
        for year in years:
            ask(manager, year=year)
        wait_until(nothing_waits, "the workers apply every change")

    assert applied_by(first) + applied_by(second) == len(years)
    assert EffectiveRole.objects.count() == len(years)
