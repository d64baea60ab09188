from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from bhod_portal.core.refusals import refusal_codes
from csam.enums import AccessDomain, ManagerKind
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    DesignationDocumentFactory,
    DesignationRequestFactory,
    EidCardFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=constraint)


class TestPerson:
    def test_a_user_name_is_unique_in_its_world_whatever_its_case(self):
        PersonFactory(username="sofiejanssens")

        with refused_by("person_username_unique_in_world"):
            PersonFactory(username="SofieJanssens")

    def test_a_niss_is_unique_in_its_world(self):
        niss = PersonFactory().niss

        with refused_by("person_niss_unique_in_world"):
            PersonFactory(niss=niss)

    def test_another_world_may_have_the_same(self):
        person = PersonFactory(username="sofiejanssens")

        PersonFactory(username="sofiejanssens", niss=person.niss, stranger=True)

    def test_many_may_have_neither(self):
        PersonFactory.create_batch(2, username="", niss="")

    def test_is_called_by_his_name_or_user_name(self):
        assert str(PersonFactory(first_name="Ada", last_name="Rossi")) == "Ada Rossi"
        assert str(PersonFactory(first_name="", last_name="", username="helpdesk")) == "helpdesk"


class TestEidCard:
    def test_counts_three_wrong_pins_at_most(self):
        with refused_by("eid_card_three_pins_at_most"):
            EidCardFactory(wrong_pins=4)

    def test_shows_no_name(self):
        card = EidCardFactory()

        assert str(card) == f"eID {card.person_id}"


class TestEnterprise:
    def test_a_number_is_unique_in_its_world(self):
        enterprise = EnterpriseFactory()
        EnterpriseFactory(bce_number=enterprise.bce_number, world=WorldFactory(code="ailleurs"))

        with refused_by("enterprise_unique_in_world"):
            EnterpriseFactory(bce_number=enterprise.bce_number)

    def test_does_not_stop_before_it_starts(self):
        with refused_by("enterprise_period_in_order"):
            EnterpriseFactory(stopped_on=date(2004, 12, 31))

    @pytest.mark.parametrize("missing", ["registered_at", "registered_by"])
    def test_is_registered_by_someone_at_some_time(self, missing):
        registration = {"registered_at": AT, "registered_by": PersonFactory()} | {missing: None}

        with refused_by("enterprise_registered_by_someone"):
            EnterpriseFactory(**registration)

    def test_is_active_until_its_last_day(self):
        enterprise = EnterpriseFactory(stopped=True)

        assert enterprise.is_active(date(2024, 6, 30))
        assert not enterprise.is_active(date(2024, 7, 1))
        assert str(enterprise) == enterprise.name


@pytest.mark.parametrize(
    ("factory", "constraint"),
    [
        (LegalFunctionFactory, "legal_function_period_in_order"),
        (EmploymentFactory, "employment_period_in_order"),
    ],
)
def test_a_tie_does_not_end_before_it_starts(factory, constraint):
    with refused_by(constraint):
        factory(valid_until=date(2019, 12, 31))


def test_ties_have_names_for_logs():
    assert str(LegalFunctionFactory()) == "Administrateur"
    employment = EmploymentFactory()
    assert str(employment) == f"{employment.person_id} @ {employment.enterprise_id}"


class TestAccessManager:
    def test_an_enterprise_has_one_gap(self):
        gap = AccessManagerFactory()

        with refused_by("access_manager_one_gap"):
            AccessManagerFactory(enterprise=gap.enterprise)

    def test_a_gap_who_has_ended_leaves_the_place(self):
        gap = AccessManagerFactory(ended=True)

        AccessManagerFactory(enterprise=gap.enterprise)

    def test_a_second_gap_is_refused_with_a_code(self):
        gap = AccessManagerFactory()
        second = AccessManagerFactory.build(
            enterprise=gap.enterprise, person=PersonFactory(), designated_by=gap.person
        )

        with pytest.raises(ValidationError) as refusal:
            second.full_clean()
        assert refusal_codes(refusal.value) == {"already_registered"}

    def test_is_named_once_for_each_kind_and_domain(self):
        ga = AccessManagerFactory(of_domain=True)
        AccessManagerFactory(of_finance=True, enterprise=ga.enterprise, person=ga.person)

        with refused_by("access_manager_named_once"):
            AccessManagerFactory(of_domain=True, enterprise=ga.enterprise, person=ga.person)

    def test_a_second_naming_is_refused_with_a_code(self):
        co_gap = AccessManagerFactory(co_main=True)
        second = AccessManagerFactory.build(
            enterprise=co_gap.enterprise, person=co_gap.person, co_main=True, designated_by=co_gap.person
        )

        with pytest.raises(ValidationError) as refusal:
            second.full_clean()
        assert refusal_codes(refusal.value) == {"already_named"}

    @pytest.mark.parametrize(
        ("kind", "domain"), [(ManagerKind.DOMAIN, ""), (ManagerKind.DPO, AccessDomain.FINANCE)]
    )
    def test_a_ga_and_nobody_else_has_a_domain(self, kind, domain):
        with refused_by("access_manager_domain_of_ga_only"):
            AccessManagerFactory(kind=kind, domain=domain)

    def test_does_not_end_before_it_starts(self):
        with refused_by("access_manager_ends_after_start"):
            AccessManagerFactory(ended=True, ended_at=datetime(2026, 3, 10, 8, 59, tzinfo=UTC))

    @pytest.mark.parametrize("missing", ["ended_at", "ended_by"])
    def test_is_ended_by_someone_at_some_time(self, missing):
        ending = {"ended_at": AT, "ended_by": PersonFactory()} | {missing: None}

        with refused_by("access_manager_ended_by_someone"):
            AccessManagerFactory(**ending)

    def test_has_a_name_for_logs(self):
        gap = AccessManagerFactory()

        assert str(gap) == f"GAP {gap.enterprise_id}"


class TestDesignationRequest:
    def test_a_reference_is_unique_in_its_world(self):
        request = DesignationRequestFactory()
        DesignationRequestFactory(reference=request.reference, world=WorldFactory(code="ailleurs"))

        with refused_by("designation_request_reference_unique_in_world"):
            DesignationRequestFactory(reference=request.reference)

    @pytest.mark.parametrize("missing", ["decided_at", "decided_by"])
    def test_is_decided_by_someone_at_some_time(self, missing):
        with refused_by("designation_request_(decided_by_someone|state_says_what)"):
            DesignationRequestFactory(refused=True, **{missing: None})

    @pytest.mark.parametrize(
        ("trait", "changes"),
        [
            ("submitted", {"reason": "Illisible."}),
            ("submitted", {"decided_at": AT, "decided": True}),
            ("accepted", {"gap": None}),
            ("accepted", {"reason": "Illisible."}),
            ("refused", {"reason": ""}),
            ("refused", {"named": True}),
        ],
    )
    def test_its_state_says_what_is_known(self, trait, changes):
        traits = {} if trait == "submitted" else {trait: True}
        if changes.pop("decided", False):
            changes["decided_by"] = PersonFactory()
        if changes.pop("named", False):
            changes["gap"] = PersonFactory()

        with refused_by("designation_request_state_says_what"):
            DesignationRequestFactory(**traits, **changes)

    def test_has_one_document_of_each_kind(self):
        document = DesignationDocumentFactory()

        with refused_by("designation_document_one_per_kind"):
            DesignationDocumentFactory(request=document.request)

    def test_has_names_for_logs(self):
        document = DesignationDocumentFactory()

        assert (str(document), str(document.request)) == ("carte.pdf", document.request.reference)
