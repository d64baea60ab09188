"""What is put back is what was loaded, to the last row; later rows get keys of their own."""

import pytest
from django.db import connection, transaction

from bhod_portal.core.models import World
from csam.models import Person
from tests.csam.factories import PersonFactory
from tests.kept_rows import KeptRows
from tests.personas import make_demo, put_back_demo
from tests.training.test_demo import everything


@pytest.fixture
def loaded():
    """Every row that loading the demo world makes, in words and as it is kept; the tables are empty again."""
    with transaction.atomic():
        make_demo()
        found = everything(), KeptRows.take()
        transaction.set_rollback(True)
    assert not World.objects.exists()
    return found


def test_what_is_put_back_is_what_was_loaded(loaded):
    rows, kept = loaded

    kept.put_back()

    assert everything() == rows


def test_later_rows_have_other_keys(demo):
    before = set(Person.objects.values_list("pk", flat=True))

    assert PersonFactory().pk not in before


def test_a_world_that_is_there_is_filled(kept_demo):
    world = World.objects.create(code="demo", name="D")

    assert put_back_demo(kept_demo).sofie_janssens.world == world


def test_a_sequence_that_lies_behind_is_moved_on(loaded):
    _rows, kept = loaded
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('csam_person', 'id'), 1)")

    kept.put_back()

    assert PersonFactory(world=World.objects.get()).pk > Person.objects.order_by("-pk")[1].pk
