import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message
from bhod_portal.core.refusals import refusal_codes
from csam import selectors
from csam.enums import Country, DocumentKind, DocumentType, Language, RequestState, StaffRole
from csam.models import DesignationRequest
from csam.services import exceptional
from csam.services.documents import NewDocument
from csam.services.exceptional import new_reference, read_reference, submit_request
from tests.csam.factories import (
    AT,
    DesignationRequestFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.files import PDF
from tests.csam.test_designations import refusal_of
from tests.threads import at_once

TODAY = date(2026, 3, 10)
MARIA = {
    "first_name": "Maria",
    "last_name": "Rossi",
    "niss": "86431298880",
    "country": Country.ITALY,
    "email": "maria@exemple.invalid",
    "phone": "+39 06 555 00 01",
}
JOHN = {
    "first_name": "John",
    "last_name": "Smith",
    "niss": "",
    "country": Country.UNITED_KINGDOM,
    "email": "john@exemple.invalid",
    "phone": "+44 7700 900 001",
}


def document(kind):
    return NewDocument(kind, f"{kind.lower()}.pdf", DocumentType.PDF, PDF)


ALL_DOCUMENTS = [document(kind) for kind in DocumentKind]


def submit(enterprise, *, reference="PE-AAAABBBB22", gap=JOHN, documents=None, at=AT):
    if documents is None:
        documents = ALL_DOCUMENTS if gap else ALL_DOCUMENTS[:2]
    return submit_request(
        world=enterprise.world,
        reference=reference,
        bce_number=enterprise.bce_number,
        applicant=MARIA,
        gap=gap,
        documents=documents,
        at=at,
    )


class TestReference:
    def test_has_ten_signs_that_nobody_confuses(self):
        references = {new_reference() for _ in range(200)}

        assert len(references) == 200
        assert all(re.fullmatch(r"PE-[A-HJ-NP-Z2-9]{10}", reference) for reference in references)

    @pytest.mark.parametrize(
        "typed", ["PE-AAAABBBB22", " pe-aaaabbbb22 ", "PE–AAAA BBBB 22", "AAAABBBB22", "PEAAAABBBB22"]
    )
    def test_is_read_as_people_type_it(self, typed):
        assert read_reference(typed) == "PE-AAAABBBB22"


class TestSubmit:
    def test_keeps_the_request_with_its_documents(self):
        enterprise = EnterpriseFactory()

        request = submit(enterprise)

        request.refresh_from_db()
        assert (request.state, request.submitted_at) == (RequestState.SUBMITTED, AT)
        assert (request.applicant_last_name, request.gap_last_name) == ("Rossi", "Smith")
        kept = {each.kind: bytes(each.content) for each in request.documents.all()}
        assert kept == dict.fromkeys(DocumentKind.values, PDF)

    def test_names_the_applicant_himself(self):
        request = submit(EnterpriseFactory(), gap=None)

        assert (request.gap_last_name, request.gap_email) == ("Rossi", "maria@exemple.invalid")
        assert not exceptional.names_another(request)

    def test_tells_the_applicant_the_reference_and_where_to_follow_it(self, settings):
        settings.PORTAL_URL = "https://portail.invalid"

        request = submit(EnterpriseFactory())

        [message] = Message.objects.all()
        assert (message.recipient, message.channel) == ("maria@exemple.invalid", Channel.EMAIL)
        assert request.reference in message.subject
        assert (
            "https://portail.invalid/csam/procedure-exceptionnelle/suivi/?reference=PE-AAAABBBB22"
            in message.body
        )
        assert "maria%40" not in message.body
        assert MARIA["niss"] not in message.body

    @pytest.mark.parametrize("spoken", Language.values)
    def test_keeps_the_language_in_which_it_was_asked(self, spoken):
        with override(spoken):
            request = submit(EnterpriseFactory())

        request.refresh_from_db()
        assert request.language == Message.objects.get().language == spoken

    @pytest.mark.parametrize(
        ("person", "found"),
        [
            ({"niss": MARIA["niss"]}, True),
            ({"niss": "", "email": "MARIA@exemple.invalid"}, False),
            ({"stranger": True, "niss": MARIA["niss"]}, False),
        ],
        ids=["the NISS", "another's address", "another world"],
    )
    def test_lands_in_the_mailbox_of_whom_it_is_for(self, person, found):
        maria = PersonFactory(**person)

        submit(EnterpriseFactory())

        assert Message.objects.get().person == (maria if found else None)

    def test_a_second_click_sends_nothing_more(self):
        enterprise = EnterpriseFactory()

        assert submit(enterprise) == submit(enterprise)
        assert (DesignationRequest.objects.count(), Message.objects.count()) == (1, 1)

    @pytest.mark.parametrize("documents", [[], ALL_DOCUMENTS[:2], [ALL_DOCUMENTS[0]] * 3])
    def test_asks_for_each_document(self, documents):
        assert refusal_of(submit, EnterpriseFactory(), documents=documents) == {"documents_missing"}
        assert not DesignationRequest.objects.exists()

    def test_knows_no_enterprise_of_another_world(self):
        there = EnterpriseFactory(world=WorldFactory(code="ailleurs"))

        with pytest.raises(ValidationError) as refusal:
            exceptional.check_enterprise(world=WorldFactory(), bce_number=there.bce_number, at=AT)
        assert refusal_codes(refusal.value) == {"unknown_to_bce"}

    def test_refuses_a_stopped_enterprise(self):
        assert refusal_of(submit, EnterpriseFactory(stopped=True)) == {"enterprise_stopped"}


class TestPersonMeant:
    def test_is_the_only_one_with_an_address(self):
        john = PersonFactory(email="john@exemple.invalid")

        assert selectors.person_meant(john.world, niss="", email="John@exemple.invalid") == john
        PersonFactory(email="john@exemple.invalid")
        assert selectors.person_meant(john.world, niss="", email="john@exemple.invalid") is None


class TestApplicantAtTheBce:
    @pytest.mark.parametrize(
        ("niss", "asked_with", "found"),
        [
            ("86431298880", "86431298880", True),
            ("86431298880", "", True),
            ("", "86431298880", True),
            ("71031499696", "86431298880", False),
        ],
        ids=["same NISS", "name, none given", "name, none registered", "another person's name"],
    )
    def test_is_found_by_niss_else_by_name(self, niss, asked_with, found):
        function = LegalFunctionFactory(
            person__first_name="Maria", person__last_name="Rossi", person__niss=niss
        )
        request = DesignationRequestFactory(enterprise=function.enterprise, applicant_niss=asked_with)

        assert list(selectors.legal_functions_of_applicant(request, TODAY)) == ([function] if found else [])

    def test_is_not_found_when_the_function_is_over_or_elsewhere(self):
        over = LegalFunctionFactory(over=True, person__first_name="Maria", person__last_name="Rossi")
        LegalFunctionFactory(person=over.person)
        request = DesignationRequestFactory(enterprise=over.enterprise)

        assert not selectors.legal_functions_of_applicant(request, TODAY)


class TestCandidates:
    def test_are_those_of_the_name_without_a_niss(self):
        john = PersonFactory(first_name="JOHN", last_name="Smith", niss="")
        PersonFactory(first_name="John", last_name="Smith")
        PersonFactory(first_name="John", last_name="Smith", niss="", stranger=True)
        PersonFactory(first_name="John", last_name="Smith", niss="", staff_role=StaffRole.HELPDESK)
        PersonFactory(first_name="John", last_name="Smith", niss="", is_active=False)

        assert list(selectors.gap_candidates(DesignationRequestFactory())) == [john]

    def test_is_the_one_with_the_niss_and_nobody_else(self):
        known = PersonFactory(niss="86431298880", first_name="Giovanni")
        PersonFactory(first_name="John", last_name="Smith", niss="")

        assert list(selectors.gap_candidates(DesignationRequestFactory(gap_niss="86431298880"))) == [known]

    def test_are_namesakes_when_nobody_has_the_niss(self):
        john = PersonFactory(first_name="John", last_name="Smith", niss="")

        assert list(selectors.gap_candidates(DesignationRequestFactory(gap_niss="86431298880"))) == [john]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_requests_sent_at_once_are_one(self):
        enterprise = EnterpriseFactory()

        assert at_once(lambda number: submit(enterprise)) == ["done"] * 4
        assert (DesignationRequest.objects.count(), Message.objects.count()) == (1, 1)
