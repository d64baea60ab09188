from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from csam import selectors
from csam.enums import ItsmeIcon, ItsmeState
from csam.models import ItsmeRequest
from csam.services import itsme
from tests.csam.factories import AT, ItsmeAccountFactory, ItsmeRequestFactory, PersonFactory, WorldFactory
from tests.threads import at_once

SOON = AT + timedelta(minutes=1)
LAST = AT + itsme.LAPSES_AFTER - timedelta(seconds=1)
LAPSED = AT + itsme.LAPSES_AFTER


def ask(phone, *, world=None, replaces=None):
    return itsme.request_login(world=world or WorldFactory(), phone=phone, at=AT, replaces=replaces)


def state_of(request):
    return ItsmeRequest.objects.get(pk=request.pk).state


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def refusal(act, **arguments):
    with pytest.raises(ValidationError) as refused:
        act(**arguments)
    [code] = refusal_codes(refused.value)
    return code


class TestRequestLogin:
    def test_reaches_the_phone_with_that_number(self):
        account = ItsmeAccountFactory()

        request = ask(account.phone)

        assert (request.person, request.state, request.requested_at) == (account.person, "PENDING", AT)
        assert list(selectors.itsme_requests_of(account.person, SOON)) == [request]

    @pytest.mark.parametrize(
        "account",
        [
            pytest.param({"switched_off": True}, id="switched off"),
            pytest.param({"blocked": True}, id="blocked"),
            pytest.param({"person__stranger": True}, id="of another world"),
            pytest.param({"phone": "32499111111"}, id="another number"),
        ],
    )
    def test_reaches_nobody_else_and_waits_all_the_same(self, account):
        ItsmeAccountFactory(**{"phone": "32499000000"} | account)

        request = ask("32499000000")

        assert (request.person, request.state) == (None, ItsmeState.PENDING)

    def test_costs_the_same_for_a_number_of_nobody(self, django_assert_num_queries):
        account, world = ItsmeAccountFactory(), WorldFactory()

        for phone in [account.phone, "32499999999"]:
            # The savepoint around, the account, the request.
            with django_assert_num_queries(4):
                ask(phone, world=world)

    def test_shows_every_icon_sometimes(self):
        world = WorldFactory()

        assert {ask("32499999999", world=world).icon for _ in range(150)} == set(ItsmeIcon.values)

    @pytest.mark.parametrize("state", ["approved", None])
    def test_voids_what_the_same_browser_asked_before(self, state):
        before = ItsmeRequestFactory(**{state: True} if state else {})

        ask("32499999999", replaces=before.token)

        assert state_of(before) == ItsmeState.REFUSED
        assert itsme.use(token=before.token, at=AT) is None

    def test_leaves_what_was_used_and_what_reached_nobody(self):
        used, lost = ItsmeRequestFactory(used=True), ask("32499999999")

        for before in [used, lost]:
            ask("32499999999", replaces=before.token)

        assert (state_of(used), state_of(lost)) == (ItsmeState.USED, ItsmeState.PENDING)


class TestAnswer:
    def test_accepts_by_the_right_icon(self):
        request = ItsmeRequestFactory()

        itsme.approve(request=request, icon=ItsmeIcon.BOAT, by=request.person, at=LAST)

        assert (request.state, request.answered_at) == (ItsmeState.APPROVED, LAST)
        assert acts() == ["csam.itsme.approved"]

    def test_refuses_for_good_by_a_wrong_icon(self):
        request = ItsmeRequestFactory()
        wrong = {"request": request, "icon": ItsmeIcon.STAR, "by": request.person, "at": SOON}

        assert refusal(itsme.approve, **wrong) == "wrong_icon"
        assert state_of(request) == ItsmeState.REFUSED
        assert refusal(itsme.approve, **wrong | {"icon": ItsmeIcon.BOAT}) == "answered"
        assert acts() == ["csam.itsme.wrong_icon"]

    def test_refuses_by_the_button(self):
        request = ItsmeRequestFactory()

        itsme.refuse(request=request, by=request.person, at=SOON)

        assert state_of(request) == ItsmeState.REFUSED
        assert acts() == ["csam.itsme.refused"]

    @pytest.mark.parametrize("act", [itsme.refuse, itsme.approve])
    def test_comes_too_late(self, act):
        request = ItsmeRequestFactory()
        icon = {"icon": ItsmeIcon.BOAT} if act is itsme.approve else {}

        assert refusal(act, request=request, by=request.person, at=LAPSED, **icon) == "lapsed"
        assert state_of(request) == ItsmeState.PENDING

    @pytest.mark.parametrize("state", ["approved", "refused", "used"])
    def test_counts_once(self, state):
        request = ItsmeRequestFactory(**{state: True})

        assert refusal(itsme.refuse, request=request, by=request.person, at=SOON) == "answered"
        assert state_of(request) == state.upper()

    @pytest.mark.parametrize("act", [itsme.refuse, itsme.approve])
    @pytest.mark.parametrize("trouble", ["switched_off", "blocked"])
    def test_comes_from_no_phone_that_was_put_out_of_order_meanwhile(self, act, trouble):
        request = ItsmeRequestFactory()
        ItsmeAccountFactory(person=request.person, **{trouble: True})
        icon = {"icon": ItsmeIcon.BOAT} if act is itsme.approve else {}

        assert refusal(act, request=request, by=request.person, at=SOON, **icon) == "phone_off"
        assert state_of(request) == ItsmeState.PENDING

    def test_comes_from_the_persons_phone_only(self):
        request, lost = ItsmeRequestFactory(), ask("32499999999")

        for other in [request, lost]:
            with pytest.raises(PermissionDenied):
                itsme.approve(request=other, icon=other.icon, by=PersonFactory(), at=SOON)
            with pytest.raises(PermissionDenied):
                itsme.refuse(request=other, by=PersonFactory(), at=SOON)

        assert (state_of(request), state_of(lost), acts()) == (ItsmeState.PENDING, ItsmeState.PENDING, [])


class TestUse:
    def test_identifies_once(self):
        request = ItsmeRequestFactory(approved=True)

        assert itsme.use(token=request.token, at=LAST) == request.person
        assert itsme.use(token=request.token, at=LAST) is None
        assert state_of(request) == ItsmeState.USED

    @pytest.mark.parametrize("state", [None, "refused"])
    def test_identifies_nobody_without_acceptance(self, state):
        request = ItsmeRequestFactory(**{state: True} if state else {})

        assert itsme.use(token=request.token, at=SOON) is None

    def test_an_acceptance_does_not_wait_for_ever(self):
        request = ItsmeRequestFactory(approved=True)

        assert itsme.use(token=request.token, at=LAPSED) is None
        assert itsme.use(token=uuid4(), at=SOON) is None


@pytest.mark.django_db(transaction=True)
def test_of_four_phones_at_once_one_answers():
    request = ItsmeRequestFactory()

    def answer(number):
        mine = ItsmeRequest.objects.select_related("world", "person").get(pk=request.pk)
        if number % 2:
            itsme.refuse(request=mine, by=mine.person, at=SOON)
        else:
            itsme.approve(request=mine, icon=mine.icon, by=mine.person, at=SOON)

    assert sorted(at_once(answer)) == ["answered"] * 3 + ["done"]
    assert acts() in (["csam.itsme.approved"], ["csam.itsme.refused"])


@pytest.mark.django_db(transaction=True)
def test_of_four_browsers_at_once_one_is_let_in():
    request, let_in = ItsmeRequestFactory(approved=True), []

    def go_on(number):
        let_in.append(itsme.use(token=request.token, at=SOON))

    assert at_once(go_on) == ["done"] * 4
    assert sorted(let_in, key=bool) == [None] * 3 + [request.person]


class TestSelectors:
    def test_lists_the_last_day_of_a_phone_the_newest_first(self):
        request = ItsmeRequestFactory()
        later = ItsmeRequestFactory(person=request.person, requested_at=SOON)
        ItsmeRequestFactory(person=request.person, requested_at=AT - timedelta(days=1))
        ItsmeRequestFactory()

        assert list(selectors.itsme_requests_of(request.person, AT)) == [later, request]

    @pytest.mark.parametrize(
        ("state", "lapsed"), [(None, True), ("approved", True), ("refused", False), ("used", False)]
    )
    def test_only_what_waits_lapses(self, state, lapsed):
        request = ItsmeRequestFactory(**{state: True} if state else {})

        assert not selectors.itsme_has_lapsed(request, LAST)
        assert selectors.itsme_has_lapsed(request, LAPSED) == lapsed

    def test_offers_the_same_three_icons_at_every_look(self):
        offers = [
            selectors.icons_offered(request)
            for request in ItsmeRequestFactory.build_batch(60, person=None, world=None)
        ]

        assert all(len(set(offer)) == 3 and ItsmeIcon.BOAT in offer for offer in offers)
        assert {icon for offer in offers for icon in offer} == set(ItsmeIcon)
        # Where the right one stands tells nothing.
        assert {offer.index(ItsmeIcon.BOAT) for offer in offers} == {0, 1}
