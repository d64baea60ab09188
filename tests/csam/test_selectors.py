from datetime import date

import pytest

from csam import selectors
from csam.enums import ManagerKind
from tests.csam.factories import (
    AccessManagerFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)

TODAY = date(2026, 3, 10)


class TestWorlds:
    def test_a_person_is_in_his_own_world(self):
        person = PersonFactory(stranger=True)

        assert selectors.world_of(person) == person.world

    def test_a_niss_is_looked_up_in_its_world_only(self):
        person = PersonFactory()

        assert selectors.person_with_niss(person.world, person.niss) == person
        assert selectors.person_with_niss(WorldFactory(code="ailleurs"), person.niss) is None

    def test_no_niss_is_nobody(self):
        person = PersonFactory(niss="")

        assert selectors.person_with_niss(person.world, "") is None

    def test_an_enterprise_is_looked_up_in_its_world_only(self):
        enterprise = EnterpriseFactory()

        assert selectors.enterprise_with_number(enterprise.world, enterprise.bce_number) == enterprise
        assert selectors.enterprise_with_number(WorldFactory(code="ailleurs"), enterprise.bce_number) is None

    def test_cards_are_listed_by_name_without_accents(self):
        for first_name, last_name in (("Zoé", "Étienne"), ("Aïcha", "Etienne"), ("Bart", "Adam")):
            PersonFactory(first_name=first_name, last_name=last_name, with_card=True)
        PersonFactory(last_name="Sanscarte")
        PersonFactory(with_card=True, stranger=True)

        names = [str(person) for person in selectors.card_holders(WorldFactory())]

        assert names == ["Bart Adam", "Aïcha Etienne", "Zoé Étienne"]


class TestLegalFunctions:
    @pytest.mark.parametrize(
        ("valid_from", "valid_until", "current"),
        [
            pytest.param(date(2020, 1, 1), None, True, id="open"),
            pytest.param(TODAY, TODAY, True, id="both ends included"),
            pytest.param(date(2020, 1, 1), date(2026, 3, 9), False, id="over"),
            pytest.param(date(2026, 3, 11), None, False, id="to come"),
        ],
    )
    def test_holds_over_its_period(self, valid_from, valid_until, current):
        function = LegalFunctionFactory(valid_from=valid_from, valid_until=valid_until)

        assert selectors.is_legal_representative(function.person, function.enterprise, TODAY) is current
        assert selectors.is_linked(function.person, function.enterprise, TODAY) is current
        assert list(selectors.current_legal_functions(function.person, TODAY)) == [function] * current

    def test_of_one_enterprise_does_not_count_for_another(self):
        function = LegalFunctionFactory()

        assert not selectors.is_linked(function.person, EnterpriseFactory(), TODAY)


class TestIsLinked:
    def test_a_worker_is(self):
        employment = EmploymentFactory()

        assert selectors.is_linked(employment.person, employment.enterprise, TODAY)
        assert not selectors.is_legal_representative(employment.person, employment.enterprise, TODAY)

    def test_a_former_worker_is_not(self):
        employment = EmploymentFactory(over=True)

        assert not selectors.is_linked(employment.person, employment.enterprise, TODAY)

    def test_nobody_of_another_world_is(self):
        employment = EmploymentFactory(person=PersonFactory(stranger=True), enterprise=EnterpriseFactory())

        assert not selectors.is_linked(employment.person, employment.enterprise, TODAY)


class TestManagers:
    def test_a_gap_is_the_one_of_his_enterprise(self):
        gap = AccessManagerFactory()

        assert selectors.manager_kinds(gap.person, gap.enterprise) == {ManagerKind.MAIN}
        assert selectors.gap_of(gap.enterprise) == gap

    def test_a_ga_of_several_domains_counts_once(self):
        ga = AccessManagerFactory(of_domain=True)
        AccessManagerFactory(of_finance=True, person=ga.person, enterprise=ga.enterprise)

        assert selectors.manager_kinds(ga.person, ga.enterprise) == {ManagerKind.DOMAIN}

    def test_what_has_ended_no_longer_counts(self):
        gap = AccessManagerFactory(ended=True)

        assert selectors.manager_kinds(gap.person, gap.enterprise) == frozenset()
        assert selectors.gap_of(gap.enterprise) is None

    def test_of_one_enterprise_does_not_count_for_another(self):
        gap = AccessManagerFactory()

        assert selectors.manager_kinds(gap.person, EnterpriseFactory()) == frozenset()
