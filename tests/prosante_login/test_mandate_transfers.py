from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from prosante_login import selectors
from prosante_login.enums import MandateState
from prosante_login.models import Mandate
from prosante_login.services import mandates
from tests.csam.factories import AT, PersonFactory
from tests.prosante_login.factories import MandateFactory
from tests.prosante_login.mandate_acts import LATER, TODAY, give, mails_to, refused, representative_of


class TestTransfer:
    def test_the_old_one_goes_on_until_the_new_one_is_signed(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend, end=date(2026, 6, 30)), by=friend, at=AT)

        new = mandates.transfer(mandate=old, holder=company, by=provider.person, at=LATER)

        assert (new.kind, new.valid_from, new.valid_until) == (old.kind, TODAY, date(2026, 6, 30))
        assert new.transfers == old
        assert selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).exists()

        signed_at = LATER + timedelta(days=1)
        mandates.accept(mandate=new, by=representative_of(company), at=signed_at)

        old.refresh_from_db()
        assert (old.stopped_at, old.stopped_by) == (signed_at, provider.person)
        assert Mandate.objects.usable(date(2026, 3, 11)).get() == new
        assert mails_to(friend)[-1] == "ProSanté (simulateur) : un mandat est passé à quelqu'un d'autre"

    def test_refused_changes_nothing(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        new = mandates.transfer(mandate=old, holder=company, by=provider.person, at=LATER)

        mandates.refuse(mandate=new, by=representative_of(company), at=LATER)

        assert Mandate.objects.usable(TODAY).get() == old
        again = mandates.transfer(mandate=old, holder=company, by=provider.person, at=LATER)
        assert again.transfers == old

    def test_of_one_to_come_begins_with_it(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend, start=date(2026, 5, 1)), by=friend, at=AT)

        new = mandates.transfer(mandate=old, holder=company, by=provider.person, at=LATER)

        assert new.valid_from == date(2026, 5, 1)

    def test_an_old_one_that_is_over_stays_as_it_ended(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        new = mandates.transfer(mandate=old, holder=company, by=provider.person, at=LATER)
        mandates.stop(mandate=old, by=friend, at=LATER)

        mandates.accept(mandate=new, by=representative_of(company), at=LATER + timedelta(days=1))

        old.refresh_from_db()
        assert (old.stopped_at, old.stopped_by) == (LATER, friend)

    @pytest.mark.parametrize("values", [{"to_accept": True}, {"stopped": True}])
    def test_only_of_what_is_signed_and_not_over(self, values, company):
        mandate = MandateFactory(**values)
        asked = {"mandate": mandate, "holder": company, "by": mandate.given_by, "at": LATER}
        assert refused(mandates.transfer, **asked) == {"not_transferable"}

    def test_one_at_a_time(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        asked = {"mandate": old, "by": provider.person, "at": LATER}
        mandates.transfer(holder=company, **asked)

        another = PersonFactory(world=friend.world)
        assert refused(mandates.transfer, holder=another, **asked) == {"transfer_waits"}

    def test_not_to_the_same_holder(self, provider, friend):
        old = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        asked = {"mandate": old, "holder": friend, "by": provider.person, "at": LATER}
        assert refused(mandates.transfer, **asked) == {"mandate_overlap"}

    def test_only_by_the_provider(self, provider, friend, company):
        old = mandates.accept(mandate=give(provider, friend), by=friend, at=AT)
        with pytest.raises(PermissionDenied):
            mandates.transfer(mandate=old, holder=company, by=friend, at=LATER)


class TestStates:
    @pytest.mark.parametrize(
        ("values", "state"),
        [
            ({}, MandateState.ACTIVE),
            ({"valid_from": TODAY, "valid_until": TODAY}, MandateState.ACTIVE),
            ({"valid_from": date(2026, 3, 11)}, MandateState.TO_COME),
            ({"valid_until": date(2026, 3, 9)}, MandateState.EXPIRED),
            ({"to_accept": True}, MandateState.TO_ACCEPT),
            ({"to_accept": True, "valid_until": date(2026, 3, 9)}, MandateState.LAPSED),
            ({"stopped": True, "valid_until": date(2026, 3, 9)}, MandateState.STOPPED),
        ],
    )
    def test_follow_from_dates_and_acts(self, values, state):
        mandate = MandateFactory(**values)

        assert selectors.state_of(mandate, TODAY) == state
        assert Mandate.objects.usable(TODAY).exists() == (state == MandateState.ACTIVE)

    @pytest.mark.parametrize(
        ("until", "left"),
        [
            (None, None),
            (TODAY, 1),
            (date(2026, 4, 8), 30),
            (date(2026, 4, 9), None),
            (date(2026, 3, 9), None),
        ],
    )
    def test_days_left_of_the_last_thirty(self, until, left):
        assert selectors.days_left(MandateFactory(valid_until=until), TODAY) == left
