"""What beat sends, a worker knows, and it does not pile up while the workers are away."""

import pytest
from django.conf import settings

from bhod_portal.celery import app

SCHEDULE = settings.CELERY_BEAT_SCHEDULE


@pytest.fixture(scope="module")
def known():
    app.loader.import_default_modules()
    return set(app.tasks)


def unknown(schedule, tasks):
    return [name for name, entry in schedule.items() if entry["task"] not in tasks]


def piling_up(schedule):
    return [name for name, entry in schedule.items() if not entry.get("options", {}).get("expires")]


def test_every_entry_names_a_task(known):
    assert unknown(SCHEDULE, known) == []


def test_every_entry_expires():
    assert piling_up(SCHEDULE) == []


def test_planted_mistakes_are_caught(known):
    planted = {"planted": {"task": "access_mgmt.tasks.no_such_task", "schedule": 1.0}}
    assert unknown(planted, known) == ["planted"]
    assert piling_up(planted) == ["planted"]


def test_every_task_of_ours_stays_below_the_rules(known):
    """Tasks carry ids and read the clock themselves; a result that nobody reads is not kept."""
    ours = [
        app.tasks[name] for name in known if name.split(".")[0] in {"access_mgmt", "csam", "bhod", "training"}
    ]
    assert ours
    assert [
        task.name for task in ours if not (task.ignore_result or settings.CELERY_TASK_IGNORE_RESULT)
    ] == []
