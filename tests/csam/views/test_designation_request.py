"""The exceptional procedure as the public walks through it."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import Message
from bhod_portal.core.uploads import MAX_FILE_BYTES
from csam.enums import DocumentType
from csam.models import DesignationRequest, Enterprise
from tests.csam.factories import AT, EnterpriseFactory, LegalFunctionFactory, PersonFactory, WorldFactory
from tests.csam.files import JPEG, PDF, PNG, upload
from tests.csam.login import log_in
from tests.pages import errors

FORM = reverse("csam:designation_request")
DOCUMENTS = reverse("csam:designation_request_documents")
DONE = reverse("csam:designation_request_done")
FOLLOW_UP = reverse("csam:designation_follow_up")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def enterprise():
    return EnterpriseFactory(name="Maison médicale La Source ASBL")


def about_maria(enterprise):
    return {
        "enterprise_number": enterprise.bce_number,
        "applicant_first_name": "Maria",
        "applicant_last_name": "Rossi",
        "applicant_niss": "86.43.12-988.80",
        "applicant_country": "IT",
        "applicant_email": "maria@exemple.invalid",
        "applicant_phone": "+39 06 555 00 01",
        "gap": "self",
    }


def about_john(enterprise):
    return about_maria(enterprise) | {
        "gap": "other",
        "gap_first_name": "John",
        "gap_last_name": "Smith",
        "gap_country": "GB",
        "gap_email": "john@exemple.invalid",
        "gap_phone": "+44 7700 900 001",
    }


def files(**changes):
    return {
        "identity": upload("recto.pdf"),
        "mandate": upload("statuts.png", PNG),
        "gap": upload("passeport.jpg", JPEG),
    } | changes


@pytest.fixture
def at_documents(client, enterprise):
    """A browser in which everything but the documents has been filled in."""
    assertRedirects(client.post(FORM, about_john(enterprise)), DOCUMENTS)
    return client


def test_the_procedure_says_what_to_have_at_hand(client, enterprise):
    response = client.get(reverse("csam:exceptional_procedure"))

    assertContains(response, "N'envoyez pas vos documents par courrier")
    assertContains(response, "5 Mo")
    assertContains(response, f'href="{FORM}"')
    assertContains(response, f'href="{FOLLOW_UP}"')


class TestForm:
    def test_goes_on_to_the_documents(self, client, enterprise):
        response = client.post(FORM, about_john(enterprise), follow=True)

        assertContains(response, "Maison médicale La Source ASBL")
        assertContains(response, "86.43.12-988.80")
        assertContains(response, "John Smith")
        assert [field.name for field in response.context["form"]] == ["identity", "mandate", "gap"]

    def test_oneself_needs_no_third_document(self, client, enterprise):
        response = client.post(FORM, about_maria(enterprise), follow=True)

        assert [field.name for field in response.context["form"]] == ["identity", "mandate"]

    def test_going_back_loses_nothing(self, at_documents):
        response = at_documents.get(FORM)

        for typed in ("Maria", "86.43.12-988.80", "John", "+44 7700 900 001"):
            assertContains(response, f'value="{typed}"')

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({"enterprise_number": "12"}, {"enterprise_number": ["malformed"]}, id="number"),
            pytest.param({"enterprise_number": ""}, {"enterprise_number": ["required"]}, id="no number"),
            pytest.param({"applicant_niss": "86431298881"}, {"applicant_niss": ["check_digits"]}, id="niss"),
            pytest.param(
                {"applicant_country": "XX"}, {"applicant_country": ["invalid_choice"]}, id="country"
            ),
            pytest.param({"applicant_email": "maria"}, {"applicant_email": ["invalid"]}, id="e-mail"),
            pytest.param({"applicant_phone": "ici"}, {"applicant_phone": ["malformed"]}, id="phone"),
            pytest.param(
                {"applicant_first_name": "M" * 151}, {"applicant_first_name": ["max_length"]}, id="long"
            ),
            pytest.param({"gap": ""}, {"gap": ["required"]}, id="no choice"),
            pytest.param({"gap_first_name": ""}, {"gap_first_name": ["required"]}, id="no name of the other"),
            pytest.param({"gap_email": "x"}, {"gap_email": ["invalid"]}, id="e-mail of the other"),
            pytest.param(
                {"gap_last_name": "voir http://ailleurs.invalid"},
                {"gap_last_name": ["malformed"]},
                id="address",
            ),
            pytest.param(
                {"gap_last_name": "Smith\u202enhoJ"}, {"gap_last_name": ["malformed"]}, id="turned around"
            ),
        ],
    )
    def test_refuses_and_keeps_what_was_typed(self, client, enterprise, changes, expected):
        response = client.post(FORM, about_john(enterprise) | changes)

        assert errors(response) == expected
        assertContains(response, 'value="Rossi"')

    def test_minds_nothing_about_the_other_when_it_is_oneself(self, client, enterprise):
        typed = about_maria(enterprise) | {"gap_email": "x", "gap_niss": "12"}

        assertRedirects(client.post(FORM, typed), DOCUMENTS)

    def test_a_name_is_one_line(self, client, enterprise):
        typed = about_maria(enterprise) | {"applicant_first_name": "  Anna\u00a0 Maria\u2003"}

        assertContains(client.post(FORM, typed, follow=True), "Anna Maria Rossi")

    @pytest.mark.parametrize(
        ("other", "code"),
        [({"world__code": "ailleurs"}, "unknown_to_bce"), ({"stopped": True}, "enterprise_stopped")],
    )
    def test_knows_the_enterprises_of_this_world(self, client, enterprise, other, code):
        response = client.post(FORM, about_john(EnterpriseFactory(**other)))

        assert errors(response) == {"enterprise_number": [code]}

    def test_says_the_same_of_those_whom_the_bce_knows_and_of_others(self, client, enterprise):
        stranger = client.post(FORM, about_maria(enterprise))
        LegalFunctionFactory(enterprise=enterprise, person__niss="86431298880")

        known = Client().post(FORM, about_maria(enterprise))

        assert (stranger.status_code, stranger["Location"]) == (known.status_code, known["Location"])


class TestDocuments:
    def test_sends_the_request(self, at_documents):
        assertRedirects(at_documents.post(DOCUMENTS, files()), DONE)

        request = DesignationRequest.objects.get()
        assert request.submitted_at == AT
        kept = [
            (each.name, each.content_type, bytes(each.content)) for each in request.documents.order_by("kind")
        ]
        assert kept == [
            ("passeport.jpg", DocumentType.JPEG, JPEG),
            ("recto.pdf", DocumentType.PDF, PDF),
            ("statuts.png", DocumentType.PNG, PNG),
        ]
        page = at_documents.get(DONE)
        assertContains(page, request.reference)
        assertContains(at_documents.get(FOLLOW_UP), "introduite")

    def test_asks_for_all_of_them(self, at_documents):
        response = at_documents.post(DOCUMENTS, {})

        assert errors(response) == {kind: ["required"] for kind in files()}
        assert not DesignationRequest.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            pytest.param(upload("carte.pdf", b"MZ" + b"\x00" * 300), "wrong_type", id="a program named .pdf"),
            pytest.param(
                upload("carte.png", b"<html><script>a()</script>", "image/png"), "wrong_type", id="a page"
            ),
            pytest.param(upload("carte.svg", b"<svg/>", "image/svg+xml"), "wrong_type", id="svg"),
            pytest.param(upload("carte.pdf", b"GIF89a" + PDF), "wrong_type", id="polyglot"),
            pytest.param(upload("carte.pdf", b""), "empty", id="nothing in it"),
            pytest.param(upload("carte.pdf", b"%PDF-1.4\n"), "truncated", id="cut off"),
            pytest.param(upload("carte.pdf", PDF + b"\n" * MAX_FILE_BYTES), "too_big", id="too big"),
        ],
    )
    def test_refuses_a_wrong_file_and_keeps_what_was_typed(self, at_documents, sent, code):
        sent.seek(0)

        response = at_documents.post(DOCUMENTS, files(identity=sent))

        assert errors(response) == {"identity": [code]}
        assertContains(response, "choisissez-les tous à nouveau")
        assertContains(response, "Maria Rossi")
        assert not DesignationRequest.objects.exists()

    def test_takes_three_files_of_five_megabytes(self, at_documents):
        most = PDF[:9] + b" " * (MAX_FILE_BYTES - len(PDF)) + PDF[9:]

        response = at_documents.post(DOCUMENTS, {kind: upload(content=most) for kind in files()})

        assertRedirects(response, DONE)
        assert {len(each.content) for each in DesignationRequest.objects.get().documents.all()} == {
            MAX_FILE_BYTES
        }

    def test_a_second_click_sends_nothing_more(self, at_documents):
        kept = dict(at_documents.session.items())

        at_documents.post(DOCUMENTS, files())
        # As when both clicks were under way at once: the second one still knows the draft.
        session = at_documents.session
        session.update(kept)
        session.save()

        assertRedirects(at_documents.post(DOCUMENTS, files()), DONE)
        assert (DesignationRequest.objects.count(), Message.objects.count()) == (1, 1)

    def test_leads_to_the_end_once_it_is_sent(self, at_documents):
        at_documents.post(DOCUMENTS, files())

        assertRedirects(at_documents.get(DOCUMENTS), DONE)
        assertNotContains(at_documents.get(FORM), "Rossi")

    def test_leads_to_the_start_without_answers(self, client, enterprise):
        for page in (DOCUMENTS, DONE):
            assertRedirects(client.get(page), FORM)

    def test_says_so_when_the_enterprise_has_stopped_meanwhile(self, at_documents, enterprise):
        Enterprise.objects.update(stopped_on="2026-03-09")

        assert errors(at_documents.post(DOCUMENTS, files())) == {"__all__": ["enterprise_stopped"]}

    def test_is_sent_in_ones_own_world(self, client):
        there = EnterpriseFactory(world=WorldFactory(code="ailleurs"))
        log_in(client, PersonFactory(world=there.world))

        client.post(FORM, about_john(there))
        client.post(DOCUMENTS, files())

        assert DesignationRequest.objects.get().world == there.world

    def test_who_sends_too_much_waits(self, at_documents, settings):
        settings.ACCOUNT_RATE_LIMITS = {"designation_request": "1/10m/ip"}
        before = dict(at_documents.session.items())
        at_documents.post(DOCUMENTS, files())
        session = at_documents.session
        session.update(before)
        session.save()

        response = at_documents.post(DOCUMENTS, files())

        assert response.status_code == 429
        assert errors(response) == {"__all__": ["too_many"]}
        assertContains(response, "dix minutes", status_code=429)
        assert DesignationRequest.objects.count() == 1

    def test_thirty_trainees_behind_one_address_send_theirs(self, settings):
        limit = settings.ACCOUNT_RATE_LIMITS["designation_request"]

        assert int(limit.split("/")[0]) >= 30 * 4


@pytest.mark.parametrize("page", [FORM, DOCUMENTS, DONE, FOLLOW_UP])
def test_no_browser_keeps_the_pages(client, at_documents, page):
    assert "no-store" in client.get(page)["Cache-Control"]
