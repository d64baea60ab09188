from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from bhod_portal.core.models import AuditEntry
from csam.enums import ManagerKind
from prosante_login import selectors
from prosante_login.enums import MandateKind, MandateState
from prosante_login.models import Mandate
from prosante_login.services import mandate_holders, mandates
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EnterpriseFactory,
    PersonFactory,
)
from tests.prosante_login.factories import MandateDelegateFactory, MandateFactory
from tests.prosante_login.mandate_acts import (
    LATER,
    TODAY,
    acts_on,
    give,
    mails_to,
    refused,
    representative_of,
)
from tests.threads import at_once


class TestGive:
    def test_is_the_signature_of_the_provider_and_opens_nothing_yet(self, provider, friend):
        mandate = give(provider, friend, end=date(2026, 12, 31))

        assert (mandate.given_by, mandate.given_at, mandate.accepted_at) == (provider.person, AT, None)
        assert selectors.state_of(mandate, TODAY) == MandateState.TO_ACCEPT
        assert not selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).exists()
        assert acts_on(mandate) == [("prosante.mandate.given", provider.person.pk)]

    def test_tells_both(self, provider, friend):
        give(provider, friend)

        assert mails_to(provider.person) == ["ProSanté (simulateur) : vous avez signé un mandat"]
        assert mails_to(friend) == ["ProSanté (simulateur) : un mandat attend votre signature"]

    def test_tells_everybody_who_may_sign_for_an_enterprise(self, provider, company):
        gap = AccessManagerFactory(enterprise=company).person
        delegate = MandateDelegateFactory(enterprise=company).person

        give(provider, company)

        for person in (gap, delegate, representative_of(company)):
            assert mails_to(person) == ["ProSanté (simulateur) : un mandat attend votre signature"]

    def test_who_has_no_address_is_not_written_to(self, provider, friend):
        friend.email = ""
        friend.save(update_fields=["email"])

        give(provider, friend)

        assert mails_to(friend) == []

    def test_only_by_the_provider_himself(self, provider, friend):
        with pytest.raises(PermissionDenied):
            give(provider, friend, by=PersonFactory(world=provider.person.world))

    def test_not_to_oneself(self, provider):
        assert refused(give, provider, provider.person) == {"to_oneself"}

    def test_not_to_who_has_died(self, provider, friend):
        friend.is_active = False
        assert refused(give, provider, friend) == {"holder_stopped"}

    def test_not_to_an_enterprise_that_is_stopped(self, provider):
        stopped = EnterpriseFactory(world=provider.person.world, stopped=True)
        assert refused(give, provider, stopped) == {"enterprise_stopped"}

    def test_not_to_an_enterprise_for_which_nobody_signs(self, provider):
        assert refused(give, provider, EnterpriseFactory(world=provider.person.world)) == {"nobody_signs"}

    def test_not_before_today(self, provider, friend):
        assert refused(give, provider, friend, start=date(2026, 3, 9)) == {"back_dated"}

    @pytest.mark.parametrize(
        ("at", "first_day"),
        [
            (datetime(2026, 3, 10, 22, 59, tzinfo=UTC), date(2026, 3, 10)),
            (datetime(2026, 3, 10, 23, 0, tzinfo=UTC), date(2026, 3, 11)),
            # The night in which the clocks go forward: midnight is still one hour behind UTC's, the next one two.
            (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
            (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
            # And back.
            (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        ],
    )
    def test_today_is_that_of_brussels(self, provider, friend, at, first_day):
        day_before = first_day - timedelta(days=1)

        assert refused(give, provider, friend, start=day_before, at=at) == {"back_dated"}
        give(provider, friend, start=first_day, at=at)

    def test_the_end_is_not_before_the_start(self, provider, friend):
        assert refused(give, provider, friend, end=date(2026, 3, 9)) == {"period_out_of_order"}

    @pytest.mark.parametrize("end", [None, date(2026, 3, 10)])
    def test_not_twice_for_the_same_days(self, provider, friend, end):
        give(provider, friend, end=end)
        assert refused(give, provider, friend) == {"mandate_overlap"}

    def test_not_twice_for_the_same_enterprise(self, provider, company):
        give(provider, company)
        assert refused(give, provider, company) == {"mandate_overlap"}

    def test_again_from_the_day_after(self, provider, friend):
        give(provider, friend, end=TODAY)
        give(provider, friend, start=date(2026, 3, 11))

        assert provider.mandates.count() == 2

    def test_another_kind_and_another_holder_are_no_obstacle(self, provider, friend):
        give(provider, friend)
        give(provider, friend, kind=MandateKind.SOCIAL_STATUS)
        give(provider, PersonFactory(world=provider.person.world))

        assert provider.mandates.count() == 3

    @pytest.mark.django_db(transaction=True)
    def test_four_clicks_at_once_give_one_mandate(self, provider, friend):
        found = at_once(lambda _number: give(provider, friend))

        assert sorted(found) == ["done", "mandate_overlap", "mandate_overlap", "mandate_overlap"]


class TestLookUps:
    def test_a_person_by_his_number(self, provider, friend):
        found = mandate_holders.find_holder_person(
            provider=provider, niss=friend.niss, by=provider.person, at=AT
        )

        entry = AuditEntry.objects.get(act="prosante.mandate.looked_up")
        assert found == friend
        assert entry.details == {"person": friend.pk}

    @pytest.mark.parametrize("niss", ["00000000000", "stranger"])
    def test_nobody_of_this_world(self, provider, niss):
        if niss == "stranger":
            niss = PersonFactory(stranger=True).niss
        asked = {"provider": provider, "niss": niss, "by": provider.person, "at": AT}
        assert refused(mandate_holders.find_holder_person, **asked) == {"holder_unknown"}

    def test_an_enterprise_by_its_number(self, provider, company):
        asked = {"provider": provider, "by": provider.person, "at": AT}
        find = mandate_holders.find_holder_enterprise

        assert find(bce_number=company.bce_number, **asked) == company
        assert refused(find, bce_number="0999999922", **asked) == {"enterprise_unknown"}

    def test_only_for_ones_own_file(self, provider, friend):
        with pytest.raises(PermissionDenied):
            mandate_holders.find_holder_person(provider=provider, niss=friend.niss, by=friend, at=AT)


class TestAccept:
    def test_opens_the_file(self, provider, friend):
        mandate = mandates.accept(mandate=give(provider, friend), by=friend, at=LATER)

        assert (mandate.accepted_by, mandate.accepted_at) == (friend, LATER)
        assert selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).get() == mandate
        assert acts_on(mandate)[1:] == [("prosante.mandate.accepted", friend.pk)]
        assert mails_to(provider.person)[1:] == ["ProSanté (simulateur) : un mandat est accepté"]
        assert mails_to(friend)[1:] == ["ProSanté (simulateur) : un mandat est accepté"]

    def test_before_its_first_day_it_is_to_come(self, provider, friend):
        mandate = give(provider, friend, start=date(2026, 4, 1))
        mandate = mandates.accept(mandate=mandate, by=friend, at=LATER)

        assert selectors.state_of(mandate, TODAY) == MandateState.TO_COME
        assert selectors.state_of(mandate, date(2026, 4, 1)) == MandateState.ACTIVE
        assert not selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).exists()

    @pytest.mark.parametrize("who", ["representative", "gap", "delegate"])
    def test_for_an_enterprise(self, provider, company, who):
        signers = {
            "representative": lambda: representative_of(company),
            "gap": lambda: AccessManagerFactory(enterprise=company).person,
            "delegate": lambda: MandateDelegateFactory(enterprise=company).person,
        }
        mandate = give(provider, company)

        assert mandates.accept(mandate=mandate, by=signers[who](), at=LATER).accepted_at == LATER

    def test_not_by_others(self, provider, friend, company):
        co_gap = AccessManagerFactory(enterprise=company, kind=ManagerKind.CO_MAIN).person
        for_friend, for_company = give(provider, friend), give(provider, company)

        for mandate, by in [(for_friend, provider.person), (for_company, co_gap), (for_company, friend)]:
            with pytest.raises(PermissionDenied):
                mandates.accept(mandate=mandate, by=by, at=LATER)

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({}, "already_accepted"),
            ({"valid_until": date(2026, 3, 1)}, "already_accepted"),
            ({"stopped": True}, "mandate_stopped"),
            ({"to_accept": True, "refused_at": AT}, "already_refused"),
            ({"to_accept": True, "valid_until": date(2026, 3, 9)}, "lapsed"),
        ],
    )
    def test_not_twice_not_too_late(self, values, code):
        mandate = MandateFactory(
            **values, **({"refused_by": PersonFactory()} if "refused_at" in values else {})
        )
        asked = {"mandate": mandate, "by": mandate.holder_person, "at": LATER}

        assert refused(mandates.accept, **asked) == {code}
        assert refused(mandates.refuse, **asked) == {code}

    def test_not_for_an_enterprise_that_has_stopped_since(self, provider, company):
        mandate = give(provider, company)
        company.stopped_on = date(2026, 3, 9)
        company.save(update_fields=["stopped_on"])

        asked = {"mandate": mandate, "by": representative_of(company), "at": LATER}
        assert refused(mandates.accept, **asked) == {"enterprise_stopped"}

    @pytest.mark.parametrize(
        ("end", "last", "after"),
        [
            (date(2026, 3, 29), datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
            (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        ],
    )  # fmt: skip
    def test_to_the_last_minute_of_its_last_day_in_brussels(self, provider, friend, end, last, after):
        """On the days on which the clocks change."""
        mandate = give(provider, friend, end=end)

        assert refused(mandates.accept, mandate=mandate, by=friend, at=after) == {"lapsed"}
        mandates.accept(mandate=mandate, by=friend, at=last)

    @pytest.mark.django_db(transaction=True)
    def test_two_who_sign_at_once_sign_once(self, provider, company):
        mandate = give(provider, company)
        signers = [representative_of(company), AccessManagerFactory(enterprise=company).person]

        found = at_once(
            lambda number: mandates.accept(mandate=mandate, by=signers[number], at=LATER), times=2
        )

        assert sorted(found) == ["already_accepted", "done"]

    @pytest.mark.django_db(transaction=True)
    def test_one_accepts_while_the_provider_stops(self, provider, friend):
        """Whoever comes second sees what the first one did."""
        mandate = give(provider, friend)

        def act(number):
            if number:
                mandates.stop(mandate=mandate, by=provider.person, at=LATER)
            else:
                mandates.accept(mandate=mandate, by=friend, at=LATER)

        found = sorted(at_once(act, times=2))

        assert found in (["done", "done"], ["done", "mandate_stopped"])
        assert selectors.state_of(Mandate.objects.get(), TODAY) == MandateState.STOPPED


class TestRefuse:
    def test_opens_nothing(self, provider, friend):
        mandate = mandates.refuse(mandate=give(provider, friend), by=friend, at=LATER)

        assert selectors.state_of(mandate, TODAY) == MandateState.REFUSED
        assert acts_on(mandate)[1:] == [("prosante.mandate.refused", friend.pk)]
        assert mails_to(provider.person)[1:] == ["ProSanté (simulateur) : un mandat est refusé"]

    def test_another_one_may_be_given(self, provider, friend):
        mandates.refuse(mandate=give(provider, friend), by=friend, at=LATER)
        give(provider, friend, at=LATER)

        assert provider.mandates.count() == 2


class TestStop:
    @pytest.mark.parametrize("side", ["provider", "holder"])
    def test_by_either_side_at_once(self, provider, friend, side):
        mandate = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        by = provider.person if side == "provider" else friend

        mandate = mandates.stop(mandate=mandate, by=by, at=LATER)

        assert (mandate.stopped_at, mandate.stopped_by) == (LATER, by)
        assert not selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).exists()
        assert acts_on(mandate)[2:] == [("prosante.mandate.stopped", by.pk)]
        assert (
            mails_to(provider.person)[-1]
            == mails_to(friend)[-1]
            == "ProSanté (simulateur) : un mandat est arrêté"
        )

    def test_the_provider_takes_back_what_nobody_answered(self, provider, friend):
        mandate = mandates.stop(mandate=give(provider, friend), by=provider.person, at=LATER)

        assert selectors.state_of(mandate, TODAY) == MandateState.STOPPED

    def test_the_holder_refuses_instead(self, provider, friend):
        mandate = give(provider, friend)
        assert refused(mandates.stop, mandate=mandate, by=friend, at=LATER) == {"to_answer"}

    def test_not_by_a_stranger(self, provider, friend):
        with pytest.raises(PermissionDenied):
            mandates.stop(mandate=give(provider, friend), by=PersonFactory(), at=LATER)

    @pytest.mark.parametrize("values", [{"stopped": True}, {"valid_until": date(2026, 3, 9)}])
    def test_what_is_over_stays_so(self, values):
        mandate = MandateFactory(**values)
        assert refused(mandates.stop, mandate=mandate, by=mandate.given_by, at=LATER) == {"mandate_over"}
