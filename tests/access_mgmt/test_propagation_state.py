"""How late propagation is, for machines and for pages."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as RedisConnectionError

from access_mgmt import tasks
from access_mgmt.selectors import propagation
from access_mgmt.selectors.propagation import Notice, Queue, Sweep, Trouble
from access_mgmt.services import propagation_state
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from tests.access_mgmt.factories import AT, PropagationDayFactory, RoleChangeFactory
from tests.csam.factories import WorldFactory

MINUTE = timedelta(minutes=1)
# The change of the factory is due then.
DUE = AT + 12 * MINUTE


def note_sweep(began_at):
    cache.set(propagation.SWEEP_KEY, (began_at, 0.25, 7), timeout=None)
    return Sweep(began_at, 0.25, 7)


@pytest.fixture
def change():
    return RoleChangeFactory()


@pytest.fixture
def world(change):
    return change.requested_by.world


def set_world(world, **values):
    for name, value in values.items():
        setattr(world, name, value)
    world.save()


def overdue(at, sweep=None):
    return propagation.queues(real_now=at, sweep=sweep)


class TestSweep:
    def test_nobody_knows_before_the_first_one(self):
        assert propagation.last_sweep() is None

    def test_the_task_notes_when_it_began_how_long_it_took_and_what_it_applied(self):
        RoleChangeFactory()
        before = clock.real_now()

        tasks.propagate_role_changes()

        last = propagation.last_sweep()
        assert before <= last.began_at <= clock.real_now()
        assert last.applied == 1
        assert 0 < last.seconds < 10

    def test_one_that_fails_leaves_no_note(self, monkeypatch):
        def fail(**_kwargs):
            raise RuntimeError

        monkeypatch.setattr(propagation_state, "apply_due_changes", fail)

        with pytest.raises(RuntimeError):
            propagation_state.sweep(real_now=AT)
        assert propagation.last_sweep() is None

    def test_a_cache_that_is_away_loses_the_note_only(self, monkeypatch, change, caplog):
        def away(*_args, **_kwargs):
            raise RedisConnectionError

        monkeypatch.setattr(cache, "set", away)
        monkeypatch.setattr(cache, "get", away)

        assert propagation_state.sweep(real_now=DUE) == 1
        assert propagation.last_sweep() is None


class TestQueues:
    def test_what_is_not_due_waits_as_it_should(self, world):
        assert overdue(DUE - MINUTE) == {world.pk: Queue(pending=1)}

    def test_the_oldest_due_change_says_how_late_it_is(self, world):
        assert overdue(DUE + 5 * MINUTE) == {world.pk: Queue(pending=1, overdue=5 * MINUTE)}

    def test_what_was_applied_does_not_wait(self):
        RoleChangeFactory(applied=True)

        assert overdue(DUE + MINUTE) == {}

    def test_a_clock_put_forward_makes_nothing_late(self, world):
        set_world(world, clock_offset=timedelta(days=2))
        sweep = Sweep(AT, 0.1, 0)

        assert overdue(AT + timedelta(seconds=2), sweep)[world.pk].overdue == timedelta(seconds=2)

    def test_a_clock_of_the_host_set_back_makes_nothing_late(self, world):
        set_world(world, clock_offset=timedelta(days=2))

        assert overdue(AT, Sweep(AT + MINUTE, 0.1, 0))[world.pk].overdue == timedelta(0)

    def test_a_stopped_clock_counts(self, world):
        set_world(world, frozen_at=DUE + MINUTE)

        assert overdue(AT)[world.pk].overdue == MINUTE

    def test_what_is_set_aside_is_counted_apart(self, change, world):
        change.held_until = DUE + timedelta(hours=1)
        change.save()

        assert overdue(DUE + 5 * MINUTE) == {world.pk: Queue(pending=1, held=1)}

    def test_nothing_is_late_in_a_world_that_is_stuck(self, world):
        set_world(world, mode=PropagationMode.STUCK)

        assert overdue(DUE + 5 * MINUTE) == {world.pk: Queue(pending=1)}


@pytest.fixture
def noticing(settings):
    settings.PROPAGATION_NOTICE = True
    propagation.forget_look()
    yield
    propagation.forget_look()


@pytest.mark.usefixtures("noticing")
class TestNotice:
    def test_nothing_is_said_while_the_promise_is_kept(self, world):
        note_sweep(DUE - 2 * MINUTE)

        assert propagation.notice_for(world, real_now=DUE - 2 * MINUTE) is None

    def test_a_late_change_is_told(self, world):
        assert propagation.notice_for(world, real_now=DUE + 3.5 * MINUTE) == Notice(Trouble.OVERDUE, 3, 1)

    def test_a_worker_that_went_away_is_told(self, world):
        note_sweep(DUE - 3 * MINUTE)

        assert propagation.notice_for(world, real_now=DUE - MINUTE) == Notice(Trouble.STOPPED, 2, 1)

    def test_a_cache_that_was_emptied_says_nothing(self, world):
        assert propagation.notice_for(world, real_now=DUE) is None

    @pytest.mark.parametrize(
        ("mode", "trouble"), [(PropagationMode.SLOW, Trouble.SLOW), (PropagationMode.STUCK, Trouble.STUCK)]
    )
    def test_a_world_that_is_slow_or_stuck_is_told_while_something_waits(self, world, mode, trouble):
        set_world(world, mode=mode)

        assert propagation.notice_for(world, real_now=AT).trouble == trouble
        assert propagation.notice_for(WorldFactory(code="vide", mode=mode), real_now=AT) is None

    def test_pages_look_once_in_a_few_seconds(self, world, django_assert_num_queries):
        propagation.notice_for(world, real_now=AT)

        with django_assert_num_queries(0):
            propagation.notice_for(world, real_now=AT)


def states(client):
    response = client.get("/healthz")
    checks = response.json()["checks"]
    assert response.status_code == 200
    return response.json()["status"], checks["last_sweep"], checks["oldest_pending"]


@pytest.mark.usefixtures("stopped_clock")
class TestHealth:
    def test_is_ok_while_sweeps_come(self, client):
        note_sweep(AT - timedelta(seconds=2))

        assert states(client) == (
            "ok",
            {"status": "ok", "seconds_ago": 2.0, "took_seconds": 0.25, "applied": 7},
            {"status": "ok", "pending": 0, "held": 0, "overdue_seconds": 0.0},
        )

    def test_is_degraded_when_nobody_knows_of_a_sweep(self, client):
        assert states(client)[:2] == ("degraded", {"status": "unknown"})

    def test_is_degraded_when_the_worker_is_away(self, client):
        note_sweep(AT - MINUTE)

        assert states(client)[0] == "degraded"
        assert states(client)[1]["status"] == "degraded"

    def test_is_degraded_past_twenty_minutes(self, client):
        RoleChangeFactory(requested_at=AT - 21 * MINUTE, due_at=AT - 2 * MINUTE)

        assert states(client)[2] == {"status": "degraded", "pending": 1, "held": 0, "overdue_seconds": 120.0}

    def test_is_degraded_while_a_change_is_set_aside(self, client):
        note_sweep(AT)
        RoleChangeFactory(held_until=AT + MINUTE)

        assert states(client)[0] == "degraded"


def scrape(client):
    text = client.get("/metrics").content.decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


class TestMetrics:
    def test_a_portal_that_has_done_nothing_yet(self, client):
        families = scrape(client)

        assert families["role_changes_pending"].samples[0].value == 0
        assert {sample.value for sample in families["role_change_lag_seconds"].samples} == {0}
        assert "role_sweep_seconds" not in families

    def test_numbers_of_all_worlds(self, client, stopped_clock):
        RoleChangeFactory(held_until=AT + MINUTE)
        PropagationDayFactory()
        PropagationDayFactory(world=WorldFactory(code="autre"))
        note_sweep(AT)

        families = scrape(client)

        lags = families["role_change_lag_seconds"]
        by_bound = {each.labels["le"]: each.value for each in lags.samples if each.name.endswith("_bucket")}
        rest = {each.name: each.value for each in lags.samples if not each.labels}
        assert lags.type == "histogram"
        assert (by_bound["10.0"], by_bound["30.0"], by_bound["1200.0"], by_bound["+Inf"]) == (0, 2, 6, 6)
        assert rest == {"role_change_lag_seconds_sum": 2920, "role_change_lag_seconds_count": 6}
        assert families["role_changes_pending"].samples[0].value == 1
        assert families["role_changes_held"].samples[0].value == 1
        assert families["role_sweep_seconds"].samples[0].value == 0.25
        assert families["role_sweep_last_timestamp_seconds"].samples[0].value == AT.timestamp()

    def test_two_scrapes_say_the_same_until_something_changes(self, client, stopped_clock):
        change = RoleChangeFactory(requested_at=AT - timedelta(days=1))
        assert scrape(client) == scrape(client)

        tasks.propagate_role_changes()

        assert scrape(client)["role_changes_pending"].samples[0].value == 0
        assert scrape(client)["role_change_lag_seconds"].samples[-1].value == 86_400
        change.refresh_from_db()
        assert change.applied_at == AT
