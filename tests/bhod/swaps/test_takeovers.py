"""A colleague takes a guard over, and the circle decides where it wants to."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from access_mgmt.enums import Function
from bhod.enums import GuardAct, GuardState, SwapState
from bhod.models import Guard, GuardChange, SwapOffer
from bhod.selectors import swaps as selectors
from bhod.services.guards import cancel_guard, change_guard
from bhod.services.planning import PlanRefusedError
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from prosante_login.enums import MandateKind
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import (
    AT,
    GuardFactory,
    GuardUnitFactory,
    manager_of,
)
from tests.bhod.swaps.acts import END, HOUR, START, accept, decide, mails, refuse, refused, stands, withdraw
from tests.csam.factories import PersonFactory
from tests.prosante_login.factories import MandateFactory
from tests.threads import at_once


class TestAcceptOffer:
    def test_gives_the_guard_to_the_colleague(self, offer, guard, giver, taker):
        accepted = accept(offer(), taker)

        guard.refresh_from_db()
        assert (guard.provider, guard.state, guard.version) == (taker, GuardState.REGISTERED, 2)
        assert (accepted.state, accepted.taker, accepted.closed_by) == (SwapState.DONE, taker, taker.person)
        change = GuardChange.objects.get(guard=guard)
        assert (change.act, change.before_provider, change.number) == (GuardAct.SWAPPED, giver, 2)
        assert str(taker) in change.reason

    def test_mails_who_offered_it_and_traces_who_took_it(self, offer, giver, taker):
        accept(offer(), taker)

        assert list(mails()) == ["donneur@example.be"]
        assert AuditEntry.objects.filter(act="bhod.guard.swapped").count() == 1
        assert AuditEntry.objects.get(act="prosante.guard.taken").subject.endswith(f":{taker.pk}")

    def test_a_second_click_takes_nothing_twice(self, offer, guard, taker):
        made = offer()
        accept(made, taker)
        assert accept(made, taker).state == SwapState.DONE
        assert GuardChange.objects.filter(guard=guard).count() == 1

    def test_tells_the_second_that_the_first_was_faster(self, offer, taker, enrolled):
        made = offer()
        accept(made, taker)
        assert refused(accept, made, enrolled("Second")) == {"offer_taken"}

    def test_explains_which_rule_refuses_and_leaves_the_offer_open(self, offer, unit, taker, enrolled):
        GuardFactory(unit=unit, provider=taker, starts_at=START - HOUR, ends_at=START + HOUR)
        made = offer()

        with pytest.raises(PlanRefusedError) as refusal:
            accept(made, taker)

        assert refusal_codes(refusal.value) == {"guard_overlap"}
        assert (stands(made), made.taker) == (SwapState.OPEN, None)
        accept(made, enrolled("Autre"))

    def test_refuses_who_is_no_longer_enrolled(self, offer, taker):
        made = offer(taker)
        taker.enrolments.update(valid_until=date(2026, 3, 11))
        assert refused(accept, made, taker) == {"not_enrolled"}

    def test_refuses_an_offer_to_another(self, offer, taker, enrolled):
        assert refused(accept, offer(taker), enrolled("Curieux")) == {"offered_to_another"}

    def test_refuses_his_own(self, offer, giver):
        assert refused(accept, offer(), giver) == {"own_guard"}

    def test_refuses_hours_that_he_has_not_seen(self, offer, taker):
        assert refused(accept, offer(), taker, seen_version=7) == {"changed_meanwhile"}

    def test_refuses_one_that_was_withdrawn(self, offer, giver, taker):
        assert refused(accept, withdraw(offer(), giver), taker) == {"offer_closed"}

    def test_a_mandatary_takes_it_over_for_his_grantor(self, offer, guard, taker):
        mandate = MandateFactory(
            provider=taker, kind=MandateKind.ADMINISTRATIVE_FILE, holder_person__world=taker.person.world
        )

        accept(offer(), taker, by=mandate.holder_person, mandate=mandate)

        guard.refresh_from_db()
        assert guard.provider == taker
        assert set(mails()) == {"donneur@example.be", "preneur@example.be"}

    def test_a_stranger_does_not(self, offer, guard, taker, giver):
        made = offer()
        with pytest.raises(PermissionDenied):
            accept(made, taker, by=giver.person)
        assert stands(made) == SwapState.OPEN


class TestLapse:
    """An offer that holds no longer is refused by whatever act, and closed by it."""

    def change(self, guard, manager):
        change_guard(
            guard=guard,
            unit=guard.unit,
            provider=guard.provider,
            starts_at=START,
            ends_at=END - HOUR,
            by=manager,
            at=AT,
        )

    def test_when_the_circle_changed_the_guard(self, offer, guard, taker, manager):
        made = offer()
        self.change(guard, manager)

        assert refused(accept, made, taker) == {"offer_lapsed"}
        assert (stands(made), made.close_reason) == (SwapState.WITHDRAWN, "la garde a été modifiée")

    def test_when_it_was_cancelled(self, offer, guard, giver, manager):
        made = offer()
        cancel_guard(guard=guard, reason="fermé", by=manager, at=AT)

        assert refused(withdraw, made, giver) == {"offer_lapsed"}
        assert (stands(made), made.close_reason) == (SwapState.WITHDRAWN, "la garde a été annulée")

    def test_when_it_was_confirmed(self, offer, guard, taker, manager):
        made = offer(taker)
        Guard.objects.filter(pk=guard.pk).update(
            state=GuardState.CONFIRMED, confirmed_at=END, confirmed_by=manager, version=2
        )

        assert refused(refuse, made, taker, at=END) == {"offer_lapsed"}
        assert (stands(made), made.close_reason) == (SwapState.WITHDRAWN, "la garde a été confirmée")

    def test_when_it_began(self, offer, taker, manager, deciding):
        made = accept(offer(), taker)

        assert refused(decide, made, manager, at=START) == {"offer_lapsed"}
        assert (stands(made), made.close_reason) == (SwapState.WITHDRAWN, "la garde a commencé")

    def test_is_told_before_any_act_closes_it(self, offer, guard, giver, manager):
        made = offer()
        self.change(guard, manager)

        [line] = selectors.own_offers(giver, at=AT, since=AT)
        assert line.state == "caduque : la garde a été modifiée"
        assert not line.stands
        assert stands(made) == SwapState.OPEN


@pytest.mark.usefixtures("deciding")
class TestDecideSwap:
    @pytest.fixture
    def accepted(self, offer, taker, manager):
        type(manager).objects.filter(pk=manager.pk).update(email="manager@example.be")
        return accept(offer(), taker)

    def test_until_then_the_guard_stays_and_the_manager_gets_a_mail(self, accepted, guard, giver, taker):
        guard.refresh_from_db()
        assert (accepted.state, accepted.taker, guard.provider) == (SwapState.ACCEPTED, taker, giver)
        told = mails()
        assert set(told) == {"donneur@example.be", "manager@example.be"}
        assert f"/bhod/gardes/echanges/{accepted.pk}/" in told["manager@example.be"].body
        assert selectors.waiting_swaps(guard.unit.enterprise_id, at=AT) == 1

    def test_what_the_rules_refuse_does_not_wait(self, offer, unit, taker):
        GuardFactory(unit=unit, provider=taker, starts_at=START, ends_at=END)
        made = offer()
        assert refused(accept, made, taker) == {"guard_overlap"}
        assert stands(made) == SwapState.OPEN

    @pytest.mark.parametrize("function", [Function.FILEMANAGER_CIRCLE, Function.GUARDPOST_CIRCLE])
    def test_approved_it_is_done_and_both_are_told(self, accepted, circle, guard, manager, taker, function):
        Message.objects.all().delete()
        quality = manager.memberships.get().quality
        by = RoleAssignmentFactory(member__quality=quality, function=function, effective=True).member.person

        done = decide(accepted, by)

        guard.refresh_from_db()
        assert (done.state, done.closed_by, guard.provider) == (SwapState.DONE, by, taker)
        assert set(mails()) == {"donneur@example.be", "preneur@example.be"}
        assert AuditEntry.objects.get(act="bhod.swap.approved").done_by == by
        assert selectors.waiting_swaps(circle.pk, at=AT) == 0

    def test_refused_both_are_told_why(self, accepted, guard, giver, manager):
        Message.objects.all().delete()

        done = decide(accepted, manager, approve=False, reason="trop de nuits")

        guard.refresh_from_db()
        assert (done.state, guard.provider) == (SwapState.REFUSED, giver)
        assert {"trop de nuits" in mail.body for mail in mails().values()} == {True}
        assert set(mails()) == {"donneur@example.be", "preneur@example.be"}

    def test_a_refusal_says_why(self, accepted, manager):
        assert refused(decide, accepted, manager, approve=False, reason=" ") == {"reason_required"}
        assert stands(accepted) == SwapState.ACCEPTED

    def test_the_rules_are_asked_again(self, accepted, unit, taker, manager):
        GuardFactory(unit=unit, provider=taker, starts_at=START, ends_at=END)
        assert refused(decide, accepted, manager) == {"guard_overlap"}
        assert stands(accepted) == SwapState.ACCEPTED

    @pytest.mark.parametrize("approve", [True, False])
    def test_the_same_decision_twice_is_one(self, accepted, manager, approve):
        decide(accepted, manager, approve=approve, reason="non")
        decide(accepted, manager, approve=approve, reason="non")
        assert AuditEntry.objects.filter(act__startswith="bhod.swap.").count() == 1

    def test_another_decision_comes_too_late(self, accepted, manager):
        decide(accepted, manager)
        assert refused(decide, accepted, manager, approve=False, reason="non") == {"already_decided"}

    def test_there_is_nothing_to_decide_before_somebody_accepts(self, offer, manager):
        assert refused(decide, offer(), manager) == {"not_accepted"}

    def test_is_not_for_who_has_no_function(self, accepted, circle):
        for stranger in (PersonFactory(world=circle.world), manager_of(GuardUnitFactory().enterprise)):
            with pytest.raises(PermissionDenied):
                decide(accepted, stranger)

    def test_where_there_is_no_manager_the_administrative_user_is_told(self, offer, circle, taker):
        user = manager_of(circle, function=Function.GUARDPOST_CIRCLE)
        assert selectors.deciders_of(circle.pk, on=date(2026, 3, 10)) == [user]
        assert selectors.deciders_of(GuardUnitFactory().enterprise_id, on=date(2026, 3, 10)) == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_of_two_colleagues_gets_it_and_the_other_is_told(self, offer, guard, taker, enrolled):
        made = offer()
        colleagues = [taker, enrolled("Second")]

        found = at_once(lambda number: accept(made, colleagues[number]), times=2)

        assert sorted(found) == ["done", "offer_taken"]
        guard.refresh_from_db()
        assert guard.provider in colleagues
        assert GuardChange.objects.filter(guard=guard).count() == 1

    def test_two_clicks_offer_once(self, offer):
        assert at_once(lambda _number: offer(), times=3) == ["done"] * 3
        assert SwapOffer.objects.count() == 1

    def test_one_of_acceptance_and_change_by_the_circle_comes_first(self, offer, guard, taker, manager):
        made = offer()

        def act(number):
            if number:
                accept(made, taker)
            else:
                change_guard(
                    guard=guard,
                    unit=guard.unit,
                    provider=guard.provider,
                    starts_at=START,
                    ends_at=END - HOUR,
                    by=manager,
                    at=AT,
                    seen_version=1,
                )

        found = at_once(act, times=2)
        assert sorted(found) in (["done", "offer_lapsed"], ["changed_meanwhile", "done"])
