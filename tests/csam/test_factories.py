from bhod_portal.core.identifiers import read_bce, read_niss
from csam.models import sort_name
from tests.csam.factories import (
    AccessManagerFactory,
    EidCardFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    bce_number,
    niss,
)


def test_numbers_are_valid_and_differ():
    for n in (0, 1, 997, 998, 40_000):
        assert read_niss(niss(n)) == niss(n)
        assert read_bce(bce_number(n)) == bce_number(n)
    assert len({niss(n) for n in range(5000)}) == 5000


def test_what_belongs_together_lives_in_one_world():
    for made in (
        LegalFunctionFactory(person__stranger=True),
        EmploymentFactory(person__stranger=True),
        AccessManagerFactory(person__stranger=True),
    ):
        assert made.person.world == made.enterprise.world
        assert made.person.world.code == "ailleurs"


def test_a_card_goes_with_its_person():
    card = EidCardFactory(person__world__code="demo")

    assert card.person.eid_card == card


def test_sort_names_have_no_accents():
    assert sort_name("Hélène", "Lefèvre") == "lefevre helene"
    assert sort_name("", "Noël") == "noel"
