import logging

import pytest
from django.db import IntegrityError, OperationalError

from bhod_portal.core.ticks import tried_again


@pytest.fixture
def database():
    """What a task of a test meets: None, or an error."""
    return {"error": None}


@pytest.fixture
def task(database):
    @tried_again
    def ask_the_database():
        if database["error"]:
            raise database["error"]

    return ask_the_database


def test_the_log_says_less_and_less_of_a_database_that_is_gone(task, database, caplog):
    with caplog.at_level(logging.INFO, logger="bhod_portal.core.ticks"):
        database["error"] = OperationalError("server closed the connection\nDETAIL: of a row")
        for _ in range(1800):
            task()
        database["error"] = None
        task()
        task()

    assert len(caplog.messages) == 12
    assert caplog.messages[0].endswith("after 1 failures in a row: server closed the connection")
    assert caplog.messages[-1] == "ask_the_database works again, after 1800 failures"
    assert "DETAIL" not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_fault_of_ours_is_heard(task, database):
    database["error"] = IntegrityError()

    with pytest.raises(IntegrityError):
        task()
