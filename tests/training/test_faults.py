from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from csam import selectors as csam
from csam.enums import ItsmePhoneState
from csam.services.eid import Outcome, read_card
from tests.csam.factories import (
    AT,
    PASSWORD,
    PIN,
    EidCardFactory,
    ItsmeAccountFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.training.factories import enrol_app, give_token
from training.enums import PersonaState
from training.services import faults

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


def put(person, state, **kwargs):
    faults.put(person=person, state=state, **({"by": None, "at": AT} | kwargs))
    person.refresh_from_db()


class TestCard:
    @pytest.mark.parametrize(
        ("state", "outcome"),
        [
            (PersonaState.CARD_READY, Outcome.OK),
            (PersonaState.CARD_BLOCKED, Outcome.BLOCKED),
            (PersonaState.CARD_EXPIRED, Outcome.EXPIRED),
        ],
    )
    @pytest.mark.parametrize(
        "before", [{}, {"blocked": True}, {"expired": True}, {"reader_connected": False}]
    )
    def test_the_reader_meets_it_as_it_was_put(self, before, state, outcome):
        card = EidCardFactory(**before)

        put(card.person, state)

        card.refresh_from_db()
        assert card.reader_connected
        assert read_card(card=card, pin=PIN, on=TODAY).outcome == outcome

    def test_the_reader_can_be_absent(self):
        card = EidCardFactory()

        put(card.person, PersonaState.READER_ABSENT)

        card.refresh_from_db()
        assert not card.reader_connected

    def test_in_order_again_its_count_begins_anew(self):
        card = EidCardFactory(wrong_pins=2)

        put(card.person, PersonaState.CARD_READY)

        card.refresh_from_db()
        assert card.wrong_pins == 0

    def test_a_date_that_does_is_left_as_it_is(self):
        card = EidCardFactory()
        before = card.expires_on

        put(card.person, PersonaState.CARD_BLOCKED)

        card.refresh_from_db()
        assert card.expires_on == before


@pytest.mark.parametrize(
    ("state", "phone"),
    [
        (PersonaState.ITSME_READY, ItsmePhoneState.READY),
        (PersonaState.ITSME_OFF, ItsmePhoneState.SWITCHED_OFF),
        (PersonaState.ITSME_BLOCKED, ItsmePhoneState.BLOCKED),
    ],
)
def test_itsme_can_be_off_or_blocked(state, phone):
    account = ItsmeAccountFactory()

    put(account.person, state)

    account.refresh_from_db()
    assert account.state == phone


def test_an_account_can_be_blocked_and_opened():
    person = PersonFactory()

    put(person, PersonaState.ACCOUNT_BLOCKED)
    assert not person.is_active

    put(person, PersonaState.ACCOUNT_ACTIVE)
    assert person.is_active


@pytest.mark.parametrize(
    ("state", "until"),
    [
        (PersonaState.PASSWORD_DEMO, None),
        (PersonaState.PASSWORD_TEMPORARY, AT + timedelta(days=30)),
        (PersonaState.PASSWORD_EXPIRED, AT - timedelta(days=1)),
    ],
)
def test_the_password_becomes_that_of_the_demo(state, until):
    person = PersonFactory(username="unautre", password="!", temporary_password_until=AT)

    put(person, state)

    assert person.check_password(PASSWORD)
    assert person.temporary_password_until == until


class TestFunction:
    def test_ended_yesterday_it_designates_nobody(self):
        function = LegalFunctionFactory()

        put(function.person, PersonaState.FUNCTION_ENDED, function=function)

        function.refresh_from_db()
        assert function.valid_until == YESTERDAY
        assert not csam.is_legal_representative(function.person, function.enterprise, TODAY)

    def test_given_back_it_does_again(self):
        function = LegalFunctionFactory(over=True)

        put(function.person, PersonaState.FUNCTION_RETURNED, function=function)

        assert csam.is_legal_representative(function.person, function.enterprise, TODAY)

    def test_one_that_has_not_begun_cannot_have_ended(self):
        function = LegalFunctionFactory(to_come=True)

        with pytest.raises(ValidationError) as refusal:
            put(function.person, PersonaState.FUNCTION_ENDED, function=function)

        assert refusal.value.code == "not_begun"

    def test_that_of_another_is_left_alone(self):
        function, other = LegalFunctionFactory(), PersonFactory()

        with pytest.raises(ValidationError) as refusal:
            put(other, PersonaState.FUNCTION_ENDED, function=function)

        assert refusal.value.code == "nothing_there"
        function.refresh_from_db()
        assert function.valid_until is None


class TestEnrolled:
    def test_the_application_goes_and_the_token_stays(self):
        person = PersonFactory(with_codes=True)
        enrol_app(person)
        give_token(person)

        put(person, PersonaState.APP_REMOVED)

        assert [each.type for each in Authenticator.objects.filter(user=person)] == ["recovery_codes"]

    def test_token_and_passkeys_go(self):
        person = PersonFactory(with_codes=True)
        give_token(person)
        Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})

        put(person, PersonaState.TOKEN_REMOVED)
        put(person, PersonaState.PASSKEYS_REMOVED)

        assert not Authenticator.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    "state", [each for each in PersonaState if each not in {PersonaState.ACCOUNT_ACTIVE, PersonaState.ACCOUNT_BLOCKED}]
)  # fmt: skip
def test_what_someone_has_not_cannot_be_put_in_a_state(state):
    with pytest.raises(ValidationError) as refusal:
        put(PersonFactory(), state)

    assert refusal.value.code == "nothing_there"


class TestTrail:
    def test_says_who_did_it_and_which_state(self):
        card, trainer = EidCardFactory(), PersonFactory()

        put(card.person, PersonaState.CARD_BLOCKED, by=trainer)

        entry = AuditEntry.objects.get()
        assert (entry.act, entry.done_by, entry.done_at) == ("training.persona.put", trainer, AT)
        assert entry.subject == f"csam.person:{card.person.pk}"
        assert entry.details == {"state": "carte-bloquee"}

    def test_says_which_function(self):
        function = LegalFunctionFactory()

        put(function.person, PersonaState.FUNCTION_ENDED, function=function, by=function.person)

        assert AuditEntry.objects.get().details["function"] == function.pk

    def test_has_nothing_of_a_visitor_without_name(self):
        put(EidCardFactory().person, PersonaState.CARD_BLOCKED)

        assert not AuditEntry.objects.exists()


def test_leaves_the_world_of_a_trainer_alone():
    card = EidCardFactory(person=PersonFactory(stranger=True))

    with pytest.raises(PermissionDenied):
        put(card.person, PersonaState.CARD_BLOCKED)

    card.refresh_from_db()
    assert card.wrong_pins == 0
