"""Every cell of the table of design.md 4, « ProSanté » 2, and every row of domain.md 4.1."""

from datetime import date

import pytest

from access_mgmt.enums import Function
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.profiles import ProfileChoice
from prosante_login.selectors.landings import (
    Place,
    Refusal,
    Standing,
    capacities,
    landing,
    landing_of,
    standing,
)
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.prosante_login.factories import (
    AdministrativeContactFactory,
    MandateDelegateFactory,
    MandateFactory,
)

TODAY = date(2026, 3, 10)
CIRCLE = Standing(frozenset({Function.GUARDPOST_CIRCLE}))
HOLDER = Standing(holds_mandates=True)
BOTH = Standing(frozenset({Function.FILEMANAGER_CIRCLE}), holds_mandates=True)
OTHER = Standing(frozenset({Function.FILEMANAGER_BCE}))
OTHER_AND_HOLDER = Standing(frozenset({Function.FILEMANAGER_BCE}), holds_mandates=True)
NOTHING = Standing()
KNOWN = Standing(is_known=True)
MANDATARY_AND_KNOWN = Standing(holds_mandates=True, is_known=True)

ALONE, ORGANISATION = None, 7


def citizen(enterprise_id, capacity=None, mandate_id=None):
    return ProfileChoice(ProfileKind.CITIZEN, enterprise_id, capacity=capacity, mandate_id=mandate_id)


def nurse(enterprise_id):
    return ProfileChoice(ProfileKind.PROVIDER, enterprise_id, profession=Profession.NURSE)


class TestCitizen:
    @pytest.mark.parametrize(
        ("has", "place"),
        [
            (MANDATARY_AND_KNOWN, Place.SELECTION),
            (HOLDER, Place.GRANTOR_SEARCH),
            (KNOWN, Place.NON_PROVIDER_FILE),
            (NOTHING, Place.CITIZEN_HOME),
        ],
    )
    def test_without_organisation(self, has, place):
        assert landing_of(citizen(ALONE), has).place == place

    @pytest.mark.parametrize(
        ("has", "place", "url_name"),
        [
            (CIRCLE, Place.APPLICATION, "bhod:home"),
            (HOLDER, Place.GRANTOR_SEARCH, "prosante_login:grantor_search"),
            (OTHER_AND_HOLDER, Place.GRANTOR_SEARCH, "prosante_login:grantor_search"),
            (BOTH, Place.SELECTION, "prosante_login:profile_select"),
            (OTHER, Place.ORGANISATION_CLOSED, "prosante_login:organisation_closed"),
            (NOTHING, Place.ORGANISATION_CLOSED, "prosante_login:organisation_closed"),
        ],
    )
    def test_with_an_organisation(self, has, place, url_name):
        led = landing_of(citizen(ORGANISATION), has)

        assert (led.place, led.url_name) == (place, url_name)

    @pytest.mark.parametrize(
        ("organisation", "has", "capacity", "place"),
        [
            (ALONE, MANDATARY_AND_KNOWN, Capacity.MANDATARY, Place.GRANTOR_SEARCH),
            (ALONE, MANDATARY_AND_KNOWN, Capacity.CITIZEN, Place.NON_PROVIDER_FILE),
            (ALONE, MANDATARY_AND_KNOWN, Capacity.APPLICATION, Place.SELECTION),
            (ORGANISATION, BOTH, Capacity.MANDATARY, Place.GRANTOR_SEARCH),
            (ORGANISATION, BOTH, Capacity.APPLICATION, Place.APPLICATION),
            (ORGANISATION, BOTH, Capacity.CITIZEN, Place.SELECTION),
        ],
    )
    def test_who_can_be_several_things_is_what_he_said(self, organisation, has, capacity, place):
        assert landing_of(citizen(organisation, capacity), has).place == place

    @pytest.mark.parametrize(
        ("organisation", "has", "capacity", "place"),
        [
            (ALONE, KNOWN, Capacity.MANDATARY, Place.NON_PROVIDER_FILE),
            (ALONE, HOLDER, Capacity.CITIZEN, Place.GRANTOR_SEARCH),
            (ORGANISATION, CIRCLE, Capacity.MANDATARY, Place.APPLICATION),
            (ORGANISATION, HOLDER, Capacity.APPLICATION, Place.GRANTOR_SEARCH),
        ],
    )
    def test_what_he_said_is_nothing_once_he_is_that_no_more(self, organisation, has, capacity, place):
        assert landing_of(citizen(organisation, capacity), has).place == place

    def test_in_the_file_of_a_grantor_he_stays_there(self):
        assert landing_of(citizen(ALONE, Capacity.MANDATARY, mandate_id=3), HOLDER).place == Place.FILE


class TestProvider:
    @pytest.mark.parametrize("has", [NOTHING, KNOWN, HOLDER])
    def test_alone_opens_his_own_file(self, has):
        assert landing_of(nurse(ALONE), has).place == Place.FILE

    @pytest.mark.parametrize(
        ("has", "refusal"),
        [
            (CIRCLE, Refusal.PROVIDER_FOR_CIRCLE),
            (BOTH, Refusal.PROVIDER_FOR_CIRCLE),
            (HOLDER, Refusal.PROVIDER_FOR_MANDATE),
            (OTHER, Refusal.PROVIDER_FOR_ORGANISATION),
        ],
    )
    def test_with_an_organisation_is_told_to_choose_citizen(self, has, refusal):
        led = landing_of(nurse(ORGANISATION), has)

        assert (led.place, led.refusal, led.leads_on) == (Place.REFUSED, refusal, False)
        assert capacities(nurse(ORGANISATION), has) == ()


class TestStanding:
    """What the database says of a person, for a choice."""

    def test_of_his_own(self):
        mandate = MandateFactory()
        contact = AdministrativeContactFactory(person=mandate.holder_person)

        assert standing(person=contact.person, choice=citizen(ALONE), on=TODAY) == MANDATARY_AND_KNOWN

    @pytest.mark.parametrize(
        "traits", [{"to_accept": True}, {"stopped": True}, {"valid_until": date(2026, 3, 9)}]
    )
    def test_a_mandate_that_is_not_valid_counts_for_nothing(self, traits):
        mandate = MandateFactory(**traits)

        assert standing(person=mandate.holder_person, choice=citizen(ALONE), on=TODAY) == NOTHING

    def test_who_is_known_no_more_is_unknown(self):
        contact = AdministrativeContactFactory(valid_until=date(2026, 3, 9))

        assert landing(person=contact.person, choice=citizen(ALONE), on=TODAY).place == Place.CITIZEN_HOME

    def test_at_an_organisation(self):
        role = RoleAssignmentFactory(effective=True)
        enterprise = role.member.quality.enterprise
        choice = citizen(enterprise.pk)
        # The circle holds a mandate, but he may not use it.
        MandateFactory(for_enterprise=True, holder_enterprise=enterprise)
        assert standing(person=role.member.person, choice=choice, on=TODAY) == Standing(
            frozenset({Function.FILEMANAGER_CIRCLE})
        )

        MandateDelegateFactory(enterprise=enterprise, person=role.member.person)

        assert standing(person=role.member.person, choice=choice, on=TODAY) == BOTH
