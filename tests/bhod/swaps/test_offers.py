"""A doctor offers his guard, takes the offer back, or hears a colleague's no."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from bhod.enums import GuardState, SwapState
from bhod.models import Guard, SwapOffer
from bhod.selectors import swaps as selectors
from bhod_portal.core.kept_texts import told
from bhod_portal.core.models import AuditEntry
from prosante_login.enums import MandateKind
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    GuardFactory,
)
from tests.bhod.swaps.acts import END, START, accept, mails, refuse, refused, stands, withdraw
from tests.prosante_login.factories import CareProviderFactory, MandateFactory


class TestOfferGuard:
    def test_asks_one_colleague_who_gets_a_mail_with_the_page_of_the_answer(self, offer, guard, giver, taker):
        made = offer(taker, message="  un baptême ")

        assert (made.guard, made.offered_to, made.message) == (guard, taker, "un baptême")
        assert (made.state, made.guard_version) == (SwapState.OPEN, guard.version)
        [mail] = mails().values()
        assert mail.recipient == "preneur@example.be"
        assert f"/bhod/mes-gardes/{guard.reference}/reprendre/" in mail.body
        assert "un baptême" in mail.body

    def test_to_all_of_the_circle_it_mails_nobody(self, offer):
        assert offer().offered_to is None
        assert not mails()

    def test_leaves_a_trace_in_the_file(self, offer, giver):
        offer()

        entry = AuditEntry.objects.get(act="prosante.guard.offered")
        assert entry.subject == f"prosante_login.careprovider:{giver.pk}"
        assert told(entry.details["about"]) == "12/03/2026 19:00, Ouest"

    def test_a_second_click_offers_nothing_twice(self, offer, taker):
        assert offer(taker) == offer(taker)
        assert SwapOffer.objects.count() == 1

    def test_refuses_another_offer_of_the_same_guard(self, offer, taker):
        offer()
        assert refused(offer, taker) == {"already_offered"}

    def test_one_that_was_withdrawn_can_be_offered_again(self, offer, giver, taker):
        withdraw(offer(), giver)
        assert offer(taker).state == SwapState.OPEN

    def test_puts_an_offer_that_holds_no_longer_aside(self, offer, guard):
        first = offer()
        Guard.objects.filter(pk=guard.pk).update(version=2)

        second = offer(seen_version=2)

        assert second != first
        assert (stands(first), first.close_reason) == (SwapState.WITHDRAWN, "la garde a été modifiée")

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"state": GuardState.DRAFT, "is_published": False}, "guard_draft"),
            ({"state": GuardState.CANCELLED, "cancelled_at": AT, "cancelled_by": 0}, "already_cancelled"),
            ({"starts_at": AT}, "guard_began"),
            ({"version": 2}, "changed_meanwhile"),
            ({"provider": 0}, "not_own_guard"),
        ],
    )
    def test_refuses_a_guard_that_is_not_his_to_offer(self, offer, guard, taker, changes, code):
        if "cancelled_by" in changes:
            changes |= {"cancelled_by": guard.registered_by}
        if "provider" in changes:
            changes = {"provider": taker}
        Guard.objects.filter(pk=guard.pk).update(**changes)

        assert refused(offer) == {code}

    @pytest.mark.parametrize("dates", [{"valid_until": date(2026, 3, 12)}, {"valid_from": date(2026, 3, 13)}])
    def test_refuses_a_colleague_who_is_not_enrolled_on_each_of_its_days(self, offer, enrolled, dates):
        assert refused(offer, enrolled("Parti", **dates)) == {"not_a_colleague"}

    def test_refuses_a_doctor_of_another_circle_and_oneself(self, offer, giver):
        assert refused(offer, CareProviderFactory()) == {"not_a_colleague"}
        assert refused(offer, giver) == {"not_a_colleague"}

    def test_a_mandatary_of_the_file_may(self, offer, giver):
        mandate = MandateFactory(
            provider=giver, kind=MandateKind.ADMINISTRATIVE_FILE, holder_person__world=giver.person.world
        )

        made = offer(by=mandate.holder_person, mandate=mandate)

        assert made.offered_by == mandate.holder_person
        assert AuditEntry.objects.get(act="prosante.guard.offered").details["mandate"] == mandate.pk

    def test_a_mandatary_of_the_social_status_may_not(self, offer, giver):
        mandate = MandateFactory(
            provider=giver, kind=MandateKind.SOCIAL_STATUS, holder_person__world=giver.person.world
        )
        with pytest.raises(PermissionDenied):
            offer(by=mandate.holder_person, mandate=mandate)
        assert not SwapOffer.objects.exists()

    def test_a_stranger_may_not(self, offer, taker):
        with pytest.raises(PermissionDenied):
            offer(by=taker.person)


class TestWithdrawOffer:
    def test_tells_the_colleague_who_was_asked(self, offer, giver, taker):
        withdraw(offer(taker), giver)

        assert "a retiré sa proposition" in mails()["preneur@example.be"].body

    def test_of_an_offer_to_all_tells_nobody(self, offer, giver):
        assert withdraw(offer(), giver).state == SwapState.WITHDRAWN
        assert not mails()

    def test_happens_once(self, offer, giver):
        made = withdraw(offer(), giver)
        assert withdraw(made, giver).state == SwapState.WITHDRAWN
        assert AuditEntry.objects.filter(act="prosante.guard.offer_withdrawn").count() == 1

    def test_tells_who_accepted_and_waits_for_the_circle(self, offer, giver, taker, deciding):
        made = accept(offer(), taker)
        withdraw(made, giver)
        assert "a retiré sa proposition" in mails()["preneur@example.be"].body

    def test_comes_too_late_when_the_guard_is_another_s(self, offer, giver, taker):
        made = offer()
        accept(made, taker)
        assert refused(withdraw, made, giver) == {"offer_closed"}

    def test_is_the_offering_doctor_s_only(self, offer, taker):
        assert refused(withdraw, offer(taker), taker) == {"not_own_guard"}


class TestRefuseOffer:
    def test_tells_who_offered_it_and_why(self, offer, guard, giver, taker):
        made = refuse(offer(taker), taker, "  en congé ")

        assert (made.state, made.close_reason) == (SwapState.REFUSED, "en congé")
        assert "en congé" in mails()["donneur@example.be"].body
        guard.refresh_from_db()
        assert guard.provider == giver

    def test_happens_once(self, offer, taker):
        made = refuse(offer(taker), taker)
        refuse(made, taker)
        assert AuditEntry.objects.filter(act="prosante.guard.offer_refused").count() == 1

    def test_is_for_the_colleague_who_was_asked(self, offer, taker, enrolled):
        assert refused(refuse, offer(taker), enrolled("Autre")) == {"offered_to_another"}

    def test_nobody_refuses_for_all(self, offer, taker):
        assert refused(refuse, offer(), taker) == {"offered_to_another"}

    def test_comes_too_late_once_he_accepted(self, offer, taker, deciding):
        made = accept(offer(taker), taker)
        assert refused(refuse, made, taker) == {"offer_closed"}


class TestWhoSees:
    def test_an_open_offer_every_colleague_of_the_circle(self, offer, taker, giver, guard):
        offer()
        assert [line.offer.guard for line in selectors.offers_to(taker, at=AT)] == [guard]
        assert selectors.offers_to(giver, at=AT) == []

    def test_nobody_else(self, offer, enrolled, guard):
        offer()
        elsewhere = CircleDoctorFactory().provider
        gone = enrolled("Parti", valid_until=date(2026, 3, 11))
        for other in (elsewhere, gone):
            assert selectors.offers_to(other, at=AT) == []
            assert selectors.last_offer_to(other, guard.reference, at=AT) is None

    def test_one_to_a_colleague_he_alone(self, offer, taker, enrolled):
        offer(taker)
        assert len(selectors.offers_to(taker, at=AT)) == 1
        assert selectors.offers_to(enrolled("Autre"), at=AT) == []

    def test_who_offered_it_still_after_it_changed_hands(self, offer, giver, taker, circle):
        made = offer()
        accept(made, taker)
        [own] = selectors.own_offers(giver, at=AT, since=AT)
        assert (own.offer, own.offerer, own.tone) == (made, giver, "success")
        assert selectors.own_offers(taker, at=AT, since=AT) == []
        [of_circle] = selectors.swaps_of_circle(circle.pk, at=AT, since=AT)
        assert of_circle.offerer == giver

    def test_reads_many_in_as_many_queries_as_one(self, offer, unit, giver, taker, django_assert_num_queries):
        offer()
        for days in (1, 2, 3):
            day = timedelta(days=days)
            other = GuardFactory(unit=unit, provider=giver, starts_at=START + day, ends_at=END + day)
            offer(guard=other)
        with django_assert_num_queries(2):
            assert len(selectors.offers_to(taker, at=AT)) == 4
