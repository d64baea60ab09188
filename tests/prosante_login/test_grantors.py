from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from bhod_portal.core.models import AuditEntry
from prosante_login import selectors
from prosante_login.enums import MandateKind
from prosante_login.selectors import GrantorCriteria
from prosante_login.services import grantors
from tests.csam.factories import AT, LegalFunctionFactory, PersonFactory
from tests.prosante_login.factories import CareProviderFactory, MandateFactory, inami_number

TODAY = date(2026, 3, 10)


@pytest.fixture
def mandate(db):
    """Of Éloïse Van Damme, for a person."""
    return MandateFactory(provider__person=PersonFactory(first_name="Éloïse", last_name="Van Damme"))


def found(mandate, *, person=None, enterprise_id=None, sort=selectors.BY_NAME, **criteria):
    return list(
        selectors.grantors(
            person=person or mandate.holder_person,
            enterprise_id=enterprise_id,
            criteria=GrantorCriteria(**criteria),
            sort=sort,
            on=TODAY,
        )
    )


@pytest.mark.parametrize(
    "criteria",
    [
        {"last_name": "van damme"},
        {"last_name": "DAMM"},
        {"first_name": "eloise"},
        {"first_name": "loï"},
        {"last_name": "Damme", "first_name": "Éloï"},
    ],
)
def test_finds_by_a_part_of_the_name_without_accents(mandate, criteria):
    assert found(mandate, **criteria) == [mandate]


@pytest.mark.parametrize(
    "criteria",
    [
        {"last_name": "eloise"},
        {"first_name": "damme"},
        {"last_name": "Damme", "first_name": "Jan"},
        {"inami_number": "99999999999"},
        {"niss": "99999999999"},
        {"last_name": "%"},
    ],
)
def test_all_criteria_must_answer(mandate, criteria):
    assert found(mandate, **criteria) == []


def test_finds_by_the_numbers(mandate):
    provider = mandate.provider

    assert found(mandate, inami_number=provider.inami_number) == [mandate]
    assert found(mandate, niss=provider.person.niss, inami_number=provider.inami_number) == [mandate]


@pytest.mark.parametrize(
    "trait",
    [{"to_accept": True}, {"stopped": True}, {"valid_until": date(2026, 3, 9)}, {"for_enterprise": True}],
)
def test_leaves_out_what_opens_nothing(db, trait):
    mandate = MandateFactory(**trait)
    person = mandate.holder_person or PersonFactory(world=mandate.provider.person.world)

    assert found(mandate, person=person) == []


def test_finds_nobody_elses(mandate):
    assert found(mandate, person=PersonFactory(world=mandate.provider.person.world)) == []


def test_for_an_enterprise_those_of_the_enterprise(db):
    mandate = MandateFactory(for_enterprise=True)
    representative = LegalFunctionFactory(enterprise=mandate.holder_enterprise).person
    own = MandateFactory(holder_person=representative)

    assert found(mandate, person=representative, enterprise_id=mandate.holder_enterprise_id) == [mandate]
    assert found(mandate, person=representative) == [own]


def test_one_row_per_mandate(mandate):
    other = MandateFactory(
        provider=mandate.provider, holder_person=mandate.holder_person, kind=MandateKind.SOCIAL_STATUS
    )

    assert found(mandate) == [mandate, other]


@pytest.mark.parametrize("sort", ["nom", "profession", "inami", "type", "du"])
def test_sorts_by_each_column_both_ways(mandate, sort):
    nurse = CareProviderFactory(
        person=PersonFactory(
            world=mandate.provider.person.world, first_name="Ada", last_name="Zola", sort_name="zola ada"
        ),
        nurse=True,
        inami_number=inami_number(990_001, "001"),
    )
    late = MandateFactory(
        provider=nurse,
        holder_person=mandate.holder_person,
        kind=MandateKind.SOCIAL_STATUS,
        valid_from=date(2026, 2, 1),
    )
    expected = [late, mandate] if sort == "profession" else [mandate, late]

    assert found(mandate, sort=sort) == expected
    assert found(mandate, sort=f"-{sort}") == expected[::-1]


def test_of_ones_own_knows_those_that_open_nothing(mandate):
    stopped = MandateFactory(holder_person=mandate.holder_person, stopped=True)
    MandateFactory(stopped=True)

    closed = selectors.closed_grantors(
        person=mandate.holder_person, enterprise_id=None, criteria=GrantorCriteria(), on=TODAY
    )

    assert list(closed) == [stopped]


def test_entering_and_leaving_leave_their_rows(mandate):
    grantors.enter_file(mandate=mandate, by=mandate.holder_person, at=AT)
    grantors.leave_file(mandate=mandate, by=mandate.holder_person, at=AT)

    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["prosante.file.entered", "prosante.file.left"]


@pytest.mark.parametrize("act", [grantors.enter_file, grantors.leave_file])
def test_nobody_else_enters_or_leaves(mandate, act):
    with pytest.raises(PermissionDenied):
        act(mandate=mandate, by=PersonFactory(world=mandate.provider.person.world), at=AT)
