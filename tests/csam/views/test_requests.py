"""What the agents of CSAM see of the requests of the exceptional procedure, and what others don't."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.enums import DigitalKey, DocumentKind, DocumentType, RequestState, StaffRole
from csam.models import DesignationRequest
from csam.services.decisions import refuse_request
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    DesignationDocumentFactory,
    DesignationRequestFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.login import log_in
from tests.pages import errors, text_of

QUEUE = reverse("csam:request_queue")
NAMES = ("request_queue", "request_detail", "request_decide", "request_document")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def agent(client):
    agent = PersonFactory(niss="", with_codes=True, staff_role=StaffRole.CSAM)
    log_in(client, agent, DigitalKey.PASSWORD)
    return agent


@pytest.fixture
def asked():
    """Maria's request for John, with one document."""
    return DesignationDocumentFactory().request


def address(name, request):
    document = request.documents.get().public_id
    arguments = {"request_queue": [], "request_document": [request.pk, document]}
    return reverse(f"csam:{name}", args=arguments.get(name, [request.pk]))


@pytest.mark.parametrize("page", [QUEUE, reverse("csam:whoami")])
def test_an_agent_is_not_led_to_keys_that_he_cannot_manage(client, agent, page):
    assertNotContains(client.get(page), reverse("csam:key_list"))


class TestWhoMaySee:
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("role", [StaffRole.INAMI, StaffRole.HELPDESK, StaffRole.TRAINER])
    def test_other_staff_is_told_why_not(self, client, asked, name, role):
        log_in(client, PersonFactory(staff_role=role, with_codes=True), DigitalKey.PASSWORD)

        assertContains(client.get(address(name, asked)), "agents CSAM", status_code=403)

    @pytest.mark.parametrize("name", NAMES)
    def test_a_citizen_may_not_know(self, client, asked, name):
        log_in(client, AccessManagerFactory().person)

        assert client.get(address(name, asked)).status_code == 404

    @pytest.mark.parametrize("name", NAMES)
    def test_whoever_is_not_logged_in_identifies_himself(self, client, asked, name):
        assert client.get(address(name, asked))["Location"].startswith(reverse("csam:identification"))

    @pytest.mark.parametrize("name", NAMES[1:])
    def test_an_agent_of_another_world_finds_nothing(self, client, asked, name):
        there = PersonFactory(stranger=True, staff_role=StaffRole.CSAM, with_codes=True)
        log_in(client, there, DigitalKey.PASSWORD)

        assert client.get(address(name, asked)).status_code == 404
        assertNotContains(client.get(QUEUE), asked.reference)

    def test_a_refused_decision_writes_nothing(self, client, asked):
        log_in(client, PersonFactory(staff_role=StaffRole.INAMI, with_codes=True), DigitalKey.PASSWORD)

        answer = client.post(
            address("request_decide", asked), {"decision": "refuse", "reason": "x", "confirmed": "on"}
        )

        assert answer.status_code == 403
        assert DesignationRequest.objects.get().state == RequestState.SUBMITTED


class TestQueue:
    def test_has_the_oldest_request_first(self, client, agent):
        young = DesignationRequestFactory()
        old = DesignationRequestFactory(submitted_at=AT - timedelta(days=3))

        listed = client.get(QUEUE).context["page_obj"].object_list

        assert list(listed) == [old, young]

    @pytest.mark.parametrize(
        ("query", "states"),
        [
            ("", {"SUBMITTED"}),
            ("?state=SUBMITTED", {"SUBMITTED"}),
            ("?state=ACCEPTED", {"ACCEPTED"}),
            ("?state=REFUSED", {"REFUSED"}),
            ("?state=", {"SUBMITTED", "ACCEPTED", "REFUSED"}),
            ("?state=x", {"SUBMITTED", "ACCEPTED", "REFUSED"}),
        ],
    )
    def test_is_filtered_by_state(self, client, agent, query, states):
        DesignationRequestFactory()
        DesignationRequestFactory(accepted=True)
        DesignationRequestFactory(refused=True)

        assert {each.state for each in client.get(QUEUE + query).context["page_obj"]} == states

    def test_says_that_nothing_waits(self, client, agent):
        assertContains(client.get(QUEUE), "Aucune demande n'attend de décision.")
        assertContains(client.get(QUEUE, {"state": "REFUSED"}), "Aucune demande n'est dans cet état.")

    def test_has_pages_of_25_in_few_queries(self, client, agent, max_reads):
        DesignationRequestFactory.create_batch(26)

        with max_reads(8):
            page = client.get(QUEUE)
        assert len(page.context["page_obj"]) == 25
        assertContains(page, "state=SUBMITTED&amp;page=2")
        assert len(client.get(QUEUE, {"page": 2}).context["page_obj"]) == 1


class TestDetail:
    def test_shows_everything(self, client, agent, asked):
        AccessManagerFactory(enterprise=asked.enterprise, person__last_name="Ancien")

        text = text_of(client.get(address("request_detail", asked)))

        for shown in (asked.reference, "Maria Rossi", "John Smith", "Italie", "Royaume-Uni", "10/03/2026 10:00",
                      asked.applicant_email, asked.gap_phone, "carte.pdf", "Ancien", "aucune fonction légale"):  # fmt: skip
            assert shown in text

    def test_says_what_the_bce_knows_of_the_applicant(self, client, agent):
        function = LegalFunctionFactory(person__first_name="Maria", person__last_name="Rossi")
        request = DesignationRequestFactory(
            enterprise=function.enterprise, applicant_niss=function.person.niss
        )
        page = reverse("csam:request_detail", args=[request.pk])
        assert "Oui, par son NISS (Administrateur depuis le 01/01/2020)" in text_of(client.get(page))

        DesignationRequest.objects.update(applicant_niss="")
        assert "Oui, par son nom seulement" in text_of(client.get(page))

    @pytest.mark.parametrize(
        ("state", "shown"), [({"refused": True}, "illisible"), ({"accepted": True}, "Devenu GAP")]
    )
    def test_shows_how_it_was_decided_and_no_button(self, client, agent, state, shown):
        request = DesignationRequestFactory(**state)

        page = client.get(reverse("csam:request_detail", args=[request.pk]))

        assertContains(page, shown)
        assertContains(page, str(request.decided_by))
        assertNotContains(page, reverse("csam:request_decide", args=[request.pk]))

    def test_reads_no_document(self, client, agent, asked, django_assert_max_num_queries):
        with django_assert_max_num_queries(20) as captured:
            client.get(address("request_detail", asked))
        assert not any('."content",' in each["sql"] for each in captured.captured_queries)


class TestDocument:
    def test_is_saved_and_never_shown(self, client, agent):
        document = DesignationDocumentFactory(
            name="carte d'identité.png", content_type=DocumentType.PNG, content=b"x"
        )

        answer = client.get(address("request_document", document.request))

        assert (answer.content, answer["Content-Type"]) == (b"x", "image/png")
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in answer["Cache-Control"]

    def test_of_another_request_is_not_found(self, client, agent, asked):
        other = DesignationDocumentFactory()

        for document in (other.public_id, uuid.UUID(int=1)):
            answer = client.get(reverse("csam:request_document", args=[asked.pk, document]))
            assert answer.status_code == 404


class TestDecide:
    def test_offers_who_it_may_be(self, client, agent, asked):
        john = PersonFactory(first_name="John", last_name="Smith", niss="")

        page = client.get(address("request_decide", asked))

        values = [value for value, _label in page.context["form"].fields["person"].choices]
        assert values == [str(john.public_id), "new"]

    def test_offers_nobody_new_under_a_known_niss(self, client, agent):
        known = PersonFactory()
        asked = DesignationDocumentFactory(request__gap_niss=known.niss).request

        page = client.get(address("request_decide", asked))

        values = [value for value, _label in page.context["form"].fields["person"].choices]
        assert values == [str(known.public_id)]
        assertNotContains(page, known.niss)

    @pytest.mark.parametrize("new", [True, False])
    def test_accepts(self, client, agent, asked, new):
        john = PersonFactory(first_name="John", last_name="Smith", niss="")
        typed = {"decision": "accept", "person": "new" if new else str(john.public_id), "confirmed": "on"}

        answer = client.post(address("request_decide", asked), typed)

        assertRedirects(answer, address("request_detail", asked))
        asked.refresh_from_db()
        assert (asked.state, asked.decided_by) == (RequestState.ACCEPTED, agent)
        assert (asked.gap == john) is not new

    def test_refuses(self, client, agent, asked):
        typed = {"decision": "refuse", "reason": "Illisible.", "confirmed": "on"}

        answer = client.post(address("request_decide", asked), typed, follow=True)

        assertContains(answer, "La demande est refusée.")
        asked.refresh_from_db()
        assert (asked.state, asked.reason) == (RequestState.REFUSED, "Illisible.")

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ({}, {"decision": ["required"], "confirmed": ["required"]}),
            ({"decision": "accept", "person": "new"}, {"confirmed": ["required"]}),
            ({"decision": "accept", "confirmed": "on"}, {"person": ["required"]}),
            ({"decision": "accept", "person": "x", "confirmed": "on"}, {"person": ["invalid_choice"]}),
            ({"decision": "refuse", "confirmed": "on", "reason": " "}, {"reason": ["required"]}),
            ({"decision": "refuse", "confirmed": "on", "reason": "x" * 2001}, {"reason": ["max_length"]}),
        ],
    )
    def test_asks_for_what_is_missing(self, client, agent, asked, typed, expected):
        assert errors(client.post(address("request_decide", asked), typed)) == expected

    def test_minds_no_person_when_refusing(self, client, agent, asked):
        typed = {"decision": "refuse", "person": "x", "reason": "Non.", "confirmed": "on"}

        assertRedirects(
            client.post(address("request_decide", asked), typed), address("request_detail", asked)
        )

    def test_shows_a_refusal_of_the_rules(self, client, agent):
        asked = DesignationDocumentFactory(request__enterprise=EnterpriseFactory(stopped=True)).request
        typed = {"decision": "accept", "person": "new", "confirmed": "on"}

        assert errors(client.post(address("request_decide", asked), typed)) == {
            "__all__": ["enterprise_stopped"]
        }

    def test_leads_back_when_it_is_decided_already(self, client, agent):
        asked = DesignationDocumentFactory(request=DesignationRequestFactory(refused=True)).request

        for answer in (
            client.get(address("request_decide", asked), follow=True),
            client.post(address("request_decide", asked), {}, follow=True),
        ):
            assertContains(answer, "déjà décidée")

    def test_says_so_when_another_agent_was_faster(self, client, agent, asked, monkeypatch):
        def faster(*, request, by, at, **_):
            refuse_request(request=request, reason="Trop tard.", by=by, at=at)
            refuse_request(request=request, reason="Encore.", by=by, at=at)

        monkeypatch.setattr("csam.views.agent.decisions.accept_request", faster)
        typed = {"decision": "accept", "person": "new", "confirmed": "on"}

        assertContains(client.post(address("request_decide", asked), typed, follow=True), "déjà décidée")


def test_the_agent_of_another_world_has_his_own_requests(client):
    world = WorldFactory(code="ailleurs")
    log_in(
        client, PersonFactory(world=world, staff_role=StaffRole.CSAM, with_codes=True), DigitalKey.PASSWORD
    )
    there = DesignationDocumentFactory(request__world=world, kind=DocumentKind.MANDATE).request

    assertContains(client.get(QUEUE), there.reference)
    assertContains(client.get(address("request_detail", there)), "Maria Rossi")
