from datetime import date

import pytest
from django.core.exceptions import ValidationError
from stdnum.be import bis

from bhod_portal.core.identifiers import read_niss
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam import selectors
from csam.enums import Country, Title
from csam.models import EidasIdentity, Person
from csam.services import eidas
from tests.csam.factories import AT, EidasIdentityFactory, WorldFactory
from tests.threads import at_once

BORN = date(1984, 5, 15)


def identify(identity):
    return eidas.identify(identity=EidasIdentity.objects.get(pk=identity.pk), at=AT)


def unknown(title="", born_on=BORN, **person):
    return EidasIdentityFactory(born_on=born_on, person__title=title, **person)


class TestIdentify:
    def test_knows_who_has_a_number(self):
        identity = EidasIdentityFactory(person__niss="86431298880")

        assert identify(identity).niss == "86431298880"
        assert not AuditEntry.objects.exists()
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("title", "born_on", "birth_and_order"),
        [
            pytest.param(Title.MR, BORN, "844515001", id="a man"),
            pytest.param(Title.MRS, BORN, "844515002", id="a woman"),
            pytest.param("", BORN, "842515001", id="of unknown sex"),
            pytest.param(Title.MRS, date(2001, 12, 31), "015231002", id="born from 2000 on"),
        ],
    )
    def test_gives_a_bis_number(self, title, born_on, birth_and_order):
        person = identify(unknown(title, born_on))

        assert person.niss[:9] == birth_and_order
        assert bis.validate(person.niss) == read_niss(person.niss) == person.niss
        assert bis.get_birth_date(person.niss) == born_on
        assert Person.objects.get(pk=person.pk).niss == person.niss

    @pytest.mark.parametrize(("title", "orders"), [(Title.MRS, ["002", "004"]), ("", ["001", "002"])])
    def test_gives_each_the_next_free_one(self, title, orders):
        persons = [identify(unknown(title)) for _ in orders]

        assert [person.niss[6:9] for person in persons] == orders

    def test_numbers_of_another_world_are_free_here(self):
        identify(unknown(Title.MR, person__stranger=True))

        assert identify(unknown(Title.MR)).niss[6:9] == "001"

    def test_gives_it_once(self):
        identity = unknown()

        assert identify(identity).niss == identify(identity).niss
        assert AuditEntry.objects.count() == Message.objects.count() == 1

    def test_tells_the_person(self):
        person = identify(unknown(Title.MR))

        message = Message.objects.get()
        assert (message.person, message.recipient) == (person, person.email)
        assert f"84.45.15-001.{person.niss[9:]}" in message.body

    def test_tells_nobody_without_an_address(self):
        identify(unknown(person__email=""))

        assert not Message.objects.exists()

    def test_keeps_a_trail_without_the_number(self):
        person = identify(unknown())

        entry = AuditEntry.objects.get()
        assert (entry.act, entry.done_by, entry.details) == ("csam.bis_number.assigned", person, {})

    def test_refuses_when_a_birthday_has_none_left(self):
        world = WorldFactory()
        Person.objects.bulk_create(
            Person(world=world, niss=f"844515{order:03}00", last_name="Plein", password="!")
            for order in range(2, 999, 2)
        )

        with pytest.raises(ValidationError) as refusal:
            identify(unknown(Title.MRS))

        assert refusal_codes(refusal.value) == {"no_bis_number"}


@pytest.mark.django_db(transaction=True)
def test_two_born_on_one_day_never_get_the_same_number():
    identities = [unknown(Title.MR) for _ in range(4)]

    assert at_once(lambda number: identify(identities[number])) == ["done"] * 4
    assert set(Person.objects.values_list("niss", flat=True)) == {
        "84451500176",
        "84451500374",
        "84451500572",
        "84451500770",
    }


@pytest.mark.django_db(transaction=True)
def test_one_person_at_four_browsers_gets_one_number():
    identity = unknown(Title.MR)

    assert at_once(lambda number: identify(identity)) == ["done"] * 4
    assert Person.objects.get().niss[6:9] == "001"
    assert Message.objects.count() == 1


def test_selectors_know_the_identities_of_the_world():
    here, elsewhere = (
        EidasIdentityFactory(),
        EidasIdentityFactory(person__stranger=True, country=Country.FRANCE),
    )
    EidasIdentityFactory(country=Country.POLAND)

    world = here.person.world
    assert selectors.eidas_countries(world) == {Country.ITALY, Country.POLAND}
    assert list(selectors.eidas_holders(world, Country.ITALY)) == [here.person]
    assert list(selectors.eidas_holders(elsewhere.person.world, Country.ITALY)) == []
