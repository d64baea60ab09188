"""A prepared query gives what its queryset gives, and takes its values as they are."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Exists, OuterRef

from bhod_portal.core.prepared import Prepared
from csam.models import Employment, Enterprise, Person
from tests.csam.factories import EmploymentFactory, PersonFactory

DAY = date(2026, 3, 10)


@Prepared
def workers(*, world: int, on: date):
    """Persons of a world, and whether they work somewhere on that day."""
    works = Employment.objects.covering(on).filter(person=OuterRef("pk"))
    return Person.objects.filter(world=world).annotate(works=Exists(works)).order_by("pk")


def test_gives_what_the_queryset_gives(django_assert_num_queries):
    worker = EmploymentFactory(valid_from=DAY, valid_until=DAY).person
    other = PersonFactory()
    PersonFactory(stranger=True)

    for day, works in ((DAY, True), (DAY + timedelta(days=1), False), (DAY - timedelta(days=1), False)):
        with django_assert_num_queries(1):
            found = workers.rows(world=worker.world_id, on=day)
        assert [(person.pk, person.works) for person in found] == [(worker.pk, works), (other.pk, False)]
    assert workers.rows(world=0, on=DAY) == []
    assert workers.__doc__


def test_reads_along_what_the_queryset_selects(django_assert_num_queries):
    @Prepared
    def persons(*, name: str, joined: datetime):
        return Person.objects.select_related("world").filter(first_name=name, date_joined__lte=joined)

    person = PersonFactory(first_name="Zoé")
    with django_assert_num_queries(1):
        [found] = persons.rows(name="Zoé", joined=person.date_joined)
        assert (found, found.world.clock_offset) == (person, person.world.clock_offset)
    assert persons.rows(name="Zoé", joined=person.date_joined - timedelta(days=1)) == []
    assert persons.rows(name="zoé'", joined=person.date_joined) == []


def test_refuses_a_value_that_it_would_forget():
    @Prepared
    def since(*, on: date):
        return Enterprise.objects.filter(started_on__gte=on - timedelta(days=30))

    with pytest.raises(ValueError, match="on as given"):
        since.rows(on=DAY)


def test_asks_for_every_value():
    with pytest.raises(KeyError, match="on"):
        workers.rows(world=1)


def test_refuses_a_value_that_it_would_freeze():
    """The day itself is taken as given; the one thirty days before would stay that of the first use."""

    @Prepared
    def lately(*, on: date):
        return Enterprise.objects.filter(started_on__lte=on, started_on__gte=on - timedelta(days=30))

    with pytest.raises(ValueError, match="derives"):
        lately.rows(on=date(2026, 3, 10))
