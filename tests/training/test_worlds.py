from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction

from access_mgmt.models import EffectiveRole, RoleChange
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World
from csam.models import EidCard, Person
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.factories import AT, EidCardFactory, PersonFactory, WorldFactory
from training.enums import ClockStep
from training.services import worlds


def advance(
    world: World, step: ClockStep = ClockStep.TWENTY_MINUTES, *, at: datetime = AT, seen=None
) -> datetime:
    offset = world.clock_offset if seen is None else seen
    return worlds.advance_clock(world=world, step=step, seen_offset=offset, at=at)


class TestAdvanceClock:
    @pytest.mark.parametrize(
        ("step", "at", "then"),
        [
            (ClockStep.FIVE_MINUTES, AT, datetime(2026, 3, 10, 9, 5, tzinfo=UTC)),
            (ClockStep.TWENTY_MINUTES, AT, datetime(2026, 3, 10, 9, 20, tzinfo=UTC)),
            (ClockStep.DAY, AT, datetime(2026, 3, 11, 9, 0, tzinfo=UTC)),
            (ClockStep.MONTH, AT, datetime(2026, 4, 10, 8, 0, tzinfo=UTC)),
            pytest.param(
                ClockStep.DAY,
                datetime(2026, 3, 28, 11, 0, tzinfo=UTC),
                datetime(2026, 3, 29, 10, 0, tzinfo=UTC),
                id="a day of 23 hours",
            ),
            pytest.param(
                ClockStep.MONTH,
                datetime(2026, 1, 31, 9, 0, tzinfo=UTC),
                datetime(2026, 2, 28, 9, 0, tzinfo=UTC),
                id="a month that has no such day",
            ),
            pytest.param(
                ClockStep.MONTH,
                datetime(2026, 12, 15, 9, 0, tzinfo=UTC),
                datetime(2027, 1, 15, 9, 0, tzinfo=UTC),
                id="over the new year",
            ),
        ],
    )
    def test_a_day_and_a_month_are_those_of_the_calendar_in_brussels(self, step, at, then):
        world = WorldFactory(frozen_at=at)

        assert advance(world, step, at=at) == then
        world.refresh_from_db()
        assert clock.now(world) == then

    def test_a_second_click_on_the_same_page_moves_nothing(self):
        world = WorldFactory(frozen_at=AT)
        advance(world, seen=timedelta(0))

        with pytest.raises(ValidationError) as refusal:
            advance(world, seen=timedelta(0))

        assert refusal.value.code == "clock_moved"
        world.refresh_from_db()
        assert world.clock_offset == timedelta(minutes=20)

    def test_ends_with_the_calendar(self):
        late = datetime(2199, 12, 30, 22, 59, tzinfo=UTC)
        world = WorldFactory(frozen_at=late)

        assert advance(world, ClockStep.DAY, at=late) == late + timedelta(days=1)
        with pytest.raises(ValidationError) as refusal:
            advance(world, ClockStep.FIVE_MINUTES, at=late + timedelta(days=1))

        assert refusal.value.code == "end_of_time"
        world.refresh_from_db()
        assert world.clock_offset == timedelta(days=1)

    def test_leaves_the_world_of_a_trainer_alone(self):
        world = WorldFactory(code="classe", frozen_at=AT)

        with pytest.raises(PermissionDenied):
            advance(world)

        world.refresh_from_db()
        assert world.clock_offset == timedelta(0)


class TestResetWorld:
    @pytest.fixture
    def world(self):
        RoleAssignmentFactory(pending=True, effective=True)
        return WorldFactory()

    def test_deletes_what_belongs_to_the_world(self, world):
        person = Person.objects.first()

        worlds.reset_world(world=world, real_now=AT)

        assert not Person.objects.filter(pk=person.pk).exists()
        assert not RoleChange.objects.filter(requested_by=person).exists()

    def test_loads_the_demo_world_again(self, world):
        worlds.reset_world(world=world, real_now=AT)

        first = {model: model._base_manager.count() for model in apps.get_models()}
        worlds.reset_world(world=world, real_now=AT)
        assert {model: model._base_manager.count() for model in apps.get_models()} == first
        assert Person.objects.filter(world=world, niss="71031499696").exists()

    def test_ends_in_time_where_the_server_believes_its_tables_empty(self, world):
        """It counts them when it likes: soon after a world was deleted, it plans for next to no rows in the new one."""
        with transaction.atomic():
            worlds.reset_world(world=world, real_now=AT)
            transaction.set_rollback(True)

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            # As in production.
            cursor.execute("SET LOCAL statement_timeout = 15000")
        worlds.reset_world(world=world, real_now=AT)

        assert Person.objects.filter(world=world, niss="71031499696").exists()

    def test_brings_the_clock_back_and_the_mode_to_normal(self, world):
        World.objects.update(clock_offset=timedelta(days=40), mode=PropagationMode.STUCK)

        worlds.reset_world(world=world, real_now=AT)

        world.refresh_from_db()
        assert (world.clock_offset, world.frozen_at, world.mode) == (
            timedelta(0),
            None,
            PropagationMode.NORMAL,
        )

    def test_leaves_other_worlds_as_they_are(self, world):
        elsewhere = PersonFactory(stranger=True)
        RoleAssignmentFactory(
            member__quality__enterprise__world=elsewhere.world, pending=True, effective=True
        )
        effective = EffectiveRole.objects.filter(person__world=elsewhere.world)
        assert effective.count() == 1

        worlds.reset_world(world=world, real_now=AT)

        assert Person.objects.filter(pk=elsewhere.pk).exists()
        assert effective.count() == 1

    def test_leaves_the_world_of_a_trainer_alone(self):
        person = PersonFactory(stranger=True)

        with pytest.raises(PermissionDenied):
            worlds.reset_world(world=person.world, real_now=AT)

        assert Person.objects.filter(pk=person.pk).exists()


@pytest.mark.django_db(transaction=True)
class TestResetWhileOthersWrite:
    """Both end well, whoever comes first to what the other one needs: nobody meets a database error."""

    ACTS = {
        "card": lambda person: EidCard.objects.filter(person=person).update(wrong_pins=1),
        "person": lambda person: Person.objects.filter(pk=person.pk).update(last_login=AT),
    }

    @pytest.mark.parametrize("order", [("card", "person"), ("person", "card")])
    def test_lets_a_writer_end_first(self, order):
        person = EidCardFactory().person
        world, failures = person.world, []

        def reset():
            try:
                worlds.reset_world(world=world, real_now=AT)
            except DatabaseError as error:
                failures.append(error)
            finally:
                connection.close()

        thread = Thread(target=reset)
        with transaction.atomic():
            self.ACTS[order[0]](person)
            thread.start()
            while not self.someone_waits():
                assert thread.is_alive()
            assert self.ACTS[order[1]](person) == 1
        thread.join(timeout=30)

        assert failures == []
        assert not Person.objects.filter(pk=person.pk).exists()
        assert Person.objects.filter(world=world).exists()

    def test_gives_up_when_a_writer_never_ends(self, monkeypatch):
        monkeypatch.setattr(worlds, "PATIENCE", timedelta(milliseconds=10))
        person = PersonFactory()
        asked, done = Event(), Event()

        def hold():
            with transaction.atomic():
                self.ACTS["person"](person)
                asked.set()
                done.wait(timeout=30)
            connection.close()

        thread = Thread(target=hold)
        thread.start()
        asked.wait(timeout=30)
        with pytest.raises(OperationalError):
            worlds.reset_world(world=person.world, real_now=AT)
        done.set()
        thread.join(timeout=30)

        assert Person.objects.filter(pk=person.pk).exists()

    @staticmethod
    def someone_waits():
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            return cursor.fetchone()[0]
