"""What an agent's decision does, and what it leaves alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import AuditEntry, Message
from csam import selectors
from csam.enums import DocumentKind, ManagerKind, RequestState, StaffRole
from csam.models import AccessManager, DesignationRequest, Person
from csam.services import decisions
from csam.services.decisions import accept_request, refuse_request
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    DesignationDocumentFactory,
    DesignationRequestFactory,
    PersonFactory,
)
from tests.csam.test_designations import refusal_of
from tests.threads import at_once


@pytest.fixture
def agent():
    return PersonFactory(niss="", username="agent-csam", staff_role=StaffRole.CSAM)


class TestAccept:
    def test_makes_a_new_person_gap_of_an_enterprise_that_is_registered_by_it(self, agent):
        request = DesignationRequestFactory()

        manager = accept_request(request=request, gap=None, by=agent, at=AT)

        request.refresh_from_db()
        enterprise, john = request.enterprise, request.gap
        assert (request.state, request.decided_by, request.decided_at) == (RequestState.ACCEPTED, agent, AT)
        assert (manager.kind, manager.person, manager.designated_by) == (ManagerKind.MAIN, john, agent)
        assert (manager.email, manager.phone) == (request.gap_email, request.gap_phone)
        assert (enterprise.registered_at, enterprise.registered_by) == (AT, agent)
        assert (john.username, john.niss, john.get_full_name()) == ("johnsmith", "", "John Smith")
        assert john.sort_name == "smith john"
        assert john.temporary_password_until == AT + timedelta(days=30)

    def test_gives_the_user_name_by_mail_and_the_password_by_sms(self, agent):
        request = DesignationRequestFactory()
        DesignationDocumentFactory(request=request, kind=DocumentKind.GAP)

        john = accept_request(request=request, gap=None, by=agent, at=AT).person

        [sms] = Message.objects.filter(channel=Channel.SMS)
        [password] = [word for word in sms.body.split() if john.check_password(word)]
        assert (sms.recipient, sms.person) == (request.gap_phone, john)
        assert "09/04/2026" in sms.body
        applicant, gap = Message.objects.filter(channel=Channel.EMAIL).order_by("pk")
        assert applicant.recipient == request.applicant_email
        assert (gap.recipient, gap.person) == (request.gap_email, john)
        assert "johnsmith" in gap.body
        assert "02 511 51 51" in gap.body
        assert "johnsmith" not in applicant.body
        assert password not in applicant.body + gap.body

    def test_writes_once_to_who_named_himself(self, agent):
        accept_request(request=DesignationRequestFactory(), gap=None, by=agent, at=AT)

        assert Message.objects.filter(channel=Channel.EMAIL).count() == 1

    def test_leaves_a_trail_with_the_agent_and_no_secret(self, agent):
        request = DesignationRequestFactory(gap_niss="86431298880")

        manager = accept_request(request=request, gap=None, by=agent, at=AT)

        acts = {entry.act: entry for entry in AuditEntry.objects.all()}
        assert acts.keys() >= {"csam.designation_request.accepted", "csam.gap.designated"}
        designated = acts["csam.gap.designated"]
        assert (designated.done_by, designated.done_at) == (agent, AT)
        assert designated.details["manager"] == manager.pk
        everything = str([entry.details for entry in acts.values()])
        assert "86431298880" not in everything

    def test_replaces_the_gap_and_tells_him(self, agent):
        before = AccessManagerFactory(email="avant@exemple.invalid")
        request = DesignationRequestFactory(enterprise=before.enterprise)

        manager = accept_request(request=request, gap=None, by=agent, at=AT + timedelta(days=1))

        before.refresh_from_db()
        assert (before.ended_by, selectors.gap_of(request.enterprise)) == (agent, manager)
        assert request.enterprise.registered_at == AT
        told = Message.objects.get(recipient="avant@exemple.invalid")
        assert "John Smith" in told.body
        assert AuditEntry.objects.get(act="csam.gap.replaced").details["replaces"] == before.pk

    def test_a_co_gap_who_becomes_gap_is_his_own_back_up_no_longer(self, agent):
        john = PersonFactory(first_name="John", last_name="Smith", niss="")
        gap = AccessManagerFactory()
        AccessManagerFactory(co_main=True, enterprise=gap.enterprise, person=john)
        request = DesignationRequestFactory(enterprise=gap.enterprise)

        accept_request(request=request, gap=john, by=agent, at=AT)

        kinds = AccessManager.objects.active().filter(person=john).values_list("kind", flat=True)
        assert list(kinds) == [ManagerKind.MAIN]

    def test_takes_a_known_person_and_sends_codes_to_the_phone_he_has(self, agent):
        john = PersonFactory(
            first_name="John", last_name="Smith", niss="", phone="+44 1", email="j@exemple.invalid"
        )

        accept_request(request=DesignationRequestFactory(), gap=john, by=agent, at=AT)

        john.refresh_from_db()
        assert (john.username, john.phone, john.email) == ("johnsmith", "+44 1", "j@exemple.invalid")
        assert Message.objects.get(channel=Channel.SMS).recipient == "+44 1"

    def test_leaves_the_password_that_somebody_has(self, agent):
        known = PersonFactory(niss="86431298880", with_codes=True)
        password = known.password

        accept_request(request=DesignationRequestFactory(gap_niss=known.niss), gap=known, by=agent, at=AT)

        known.refresh_from_db()
        assert (known.password, known.temporary_password_until) == (password, None)
        assert not Message.objects.filter(channel=Channel.SMS).exists()
        assert "n'ont pas changé" in Message.objects.get(person=known).body

    @pytest.mark.parametrize(
        ("taken", "expected"),
        [
            (["JohnSmith"], "johnsmith2"),
            (["johnsmith", "johnsmith2"], "johnsmith3"),
            ([], "johnsmith"),
        ],
    )
    def test_the_user_name_is_free_in_its_world(self, agent, taken, expected):
        PersonFactory(username="johnsmith", stranger=True)
        for name in taken:
            PersonFactory(username=name)

        assert accept_request(
            request=DesignationRequestFactory(), gap=None, by=agent, at=AT
        ).person.username == (expected)

    def test_a_name_in_other_letters_gets_a_user_name_too(self, agent):
        request = DesignationRequestFactory(
            gap_first_name="\u039d\u03af\u03ba\u03bf\u03c2", gap_last_name="\u0391"
        )

        assert accept_request(request=request, gap=None, by=agent, at=AT).person.username == "gap"

    def test_refuses_who_is_not_the_one_of_the_request(self, agent):
        request = DesignationRequestFactory()
        other = PersonFactory()

        assert refusal_of(accept_request, request=request, gap=other, by=agent, at=AT) == {"not_a_candidate"}

    def test_refuses_the_gap_himself(self, agent):
        john = PersonFactory(first_name="John", last_name="Smith", niss="")
        gap = AccessManagerFactory(person=john)
        request = DesignationRequestFactory(enterprise=gap.enterprise)

        assert refusal_of(accept_request, request=request, gap=john, by=agent, at=AT) == {"already_gap"}

    def test_refuses_a_new_person_with_a_known_niss_and_writes_nothing(self, agent):
        known = PersonFactory()
        request = DesignationRequestFactory(gap_niss=known.niss)

        with pytest.raises(ValidationError):
            accept_request(request=request, gap=None, by=agent, at=AT)
        assert not AccessManager.objects.exists()

    def test_refuses_an_enterprise_stopped_meanwhile(self, agent):
        request = DesignationRequestFactory(enterprise__stopped=True)

        assert refusal_of(accept_request, request=request, gap=None, by=agent, at=AT) == {
            "enterprise_stopped"
        }

    def test_leaves_nothing_half_done(self, agent, monkeypatch):
        def fail(**_):
            raise IntegrityError

        monkeypatch.setattr(decisions, "send_email", fail)
        request = DesignationRequestFactory()
        people = Person.objects.count()

        with pytest.raises(IntegrityError):
            accept_request(request=request, gap=None, by=agent, at=AT)
        request.refresh_from_db()
        assert request.state == RequestState.SUBMITTED
        assert Person.objects.count() == people
        assert not Message.objects.exists()


class TestRefuse:
    def test_keeps_the_reason_and_tells_the_applicant(self, agent):
        request = DesignationRequestFactory()

        refuse_request(request=request, reason="Le statut manque.", by=agent, at=AT)

        request.refresh_from_db()
        assert (request.state, request.reason, request.decided_by) == (
            RequestState.REFUSED,
            "Le statut manque.",
            agent,
        )
        [message] = Message.objects.all()
        assert message.recipient == request.applicant_email
        assert "Le statut manque." in message.body
        assert AuditEntry.objects.get().act == "csam.designation_request.refused"
        assert not AccessManager.objects.exists()


@pytest.mark.parametrize("decided", ["accepted", "refused"])
def test_what_is_decided_stays_so(agent, decided):
    request = DesignationRequestFactory(**{decided: True})

    assert refusal_of(accept_request, request=request, gap=None, by=agent, at=AT) == {"already_decided"}
    assert refusal_of(refuse_request, request=request, reason="x", by=agent, at=AT) == {"already_decided"}


@pytest.mark.parametrize(
    "stranger",
    [{"staff_role": StaffRole.INAMI}, {}, {"stranger": True, "staff_role": StaffRole.CSAM}],
    ids=["other staff", "a citizen", "an agent of another world"],
)
def test_only_an_agent_of_the_world_decides(stranger):
    request, by = DesignationRequestFactory(), PersonFactory(**stranger)

    with pytest.raises(PermissionDenied):
        accept_request(request=request, gap=None, by=by, at=AT)
    with pytest.raises(PermissionDenied):
        refuse_request(request=request, reason="x", by=by, at=AT)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_decisions_at_once_are_one(self):
        agents = [PersonFactory(staff_role=StaffRole.CSAM) for _ in range(4)]
        request = DesignationRequestFactory()

        def decide(number):
            fresh = DesignationRequest.objects.get(pk=request.pk)
            if number % 2:
                accept_request(request=fresh, gap=None, by=agents[number], at=AT)
            else:
                refuse_request(request=fresh, reason="x", by=agents[number], at=AT)

        assert sorted(at_once(decide)) == ["already_decided"] * 3 + ["done"]
        request.refresh_from_db()
        assert AccessManager.objects.count() == (request.state == RequestState.ACCEPTED)

    def test_two_johns_accepted_at_once_get_two_user_names(self):
        agent = PersonFactory(staff_role=StaffRole.CSAM)
        requests = [DesignationRequestFactory() for _ in range(4)]

        assert (
            at_once(lambda number: accept_request(request=requests[number], gap=None, by=agent, at=AT))
            == ["done"] * 4
        )
        assert {each.username for each in Person.objects.filter(username__startswith="john")} == {
            "johnsmith",
            "johnsmith2",
            "johnsmith3",
            "johnsmith4",
        }
