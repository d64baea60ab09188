from datetime import date, timedelta

import pytest

from csam.models import Employment
from prosante_login import selectors
from prosante_login.enums import MandateState
from prosante_login.selectors import Party, Tie
from tests.csam.factories import AT, AccessManagerFactory, LegalFunctionFactory, PersonFactory
from tests.prosante_login.factories import MandateDelegateFactory, MandateFactory

TODAY = date(2026, 3, 10)


def closed(mandate, *, person=None, enterprise_id=None, on=TODAY):
    return selectors.closed_mandate(
        person=person or mandate.holder_person, enterprise_id=enterprise_id, mandate_id=mandate.pk, on=on
    )


@pytest.mark.parametrize(
    ("values", "reason", "day"),
    [
        ({"to_accept": True}, MandateState.TO_ACCEPT, TODAY),
        ({"to_accept": True, "valid_until": date(2026, 3, 1)}, MandateState.LAPSED, date(2026, 3, 1)),
        ({"stopped": True}, MandateState.STOPPED, TODAY),
        ({"valid_until": date(2026, 3, 9)}, MandateState.EXPIRED, date(2026, 3, 9)),
        ({"valid_from": date(2026, 3, 11)}, MandateState.TO_COME, date(2026, 3, 11)),
    ],
)
def test_names_what_became_of_the_mandate(db, values, reason, day):
    why = closed(MandateFactory(**values))

    assert (why.reason, why.day, why.transferred) == (reason, day, False)


def test_names_who_stopped_or_refused_it(db):
    stopped = MandateFactory(stopped=True)
    refused = MandateFactory(to_accept=True, refused_at=AT, refused_by=PersonFactory())

    assert closed(stopped).by == stopped.stopped_by
    assert (closed(refused).reason, closed(refused).by) == (MandateState.REFUSED, refused.refused_by)


def test_knows_a_transfer(db):
    mandate = MandateFactory(stopped=True)
    MandateFactory(provider=mandate.provider, transfers=mandate)

    assert closed(mandate).transferred


def test_a_transfer_that_waits_is_a_stop(db):
    mandate = MandateFactory(stopped=True)
    MandateFactory(provider=mandate.provider, transfers=mandate, to_accept=True)

    assert not closed(mandate).transferred


def test_ends_with_who_gave_it(db):
    mandate = MandateFactory(provider__person__is_active=False)

    assert closed(mandate).reason is Party.GRANTOR_GONE
    usable = selectors.usable_mandates(person=mandate.holder_person, enterprise_id=None, on=TODAY)
    assert not usable.exists()


@pytest.mark.parametrize(("on", "reason"), [(TODAY, None), (date(2026, 3, 11), Party.HOLDER_STOPPED)])
def test_ends_with_the_enterprise_that_holds_it(db, on, reason):
    mandate = MandateFactory(for_enterprise=True, holder_enterprise__stopped_on=TODAY)
    enterprise = mandate.holder_enterprise
    person = LegalFunctionFactory(enterprise=enterprise).person

    why = closed(mandate, person=person, enterprise_id=enterprise.pk, on=on)

    assert (why and why.reason) == reason
    usable = selectors.usable_mandates(person=person, enterprise_id=enterprise.pk, on=on)
    assert usable.exists() == (reason is None)


def test_is_silent_about_one_that_can_be_used(db):
    assert closed(MandateFactory()) is None


def test_is_silent_about_another_world_and_about_nothing(db):
    mandate = MandateFactory()

    assert closed(mandate, person=PersonFactory(stranger=True)) is None
    asked = {"person": mandate.holder_person, "enterprise_id": None, "on": TODAY}
    assert selectors.closed_mandate(mandate_id=mandate.pk + 1, **asked) is None


def test_one_of_somebody_else_is_not_for_this_person(db):
    mandate = MandateFactory()
    other = PersonFactory(world=mandate.provider.person.world)

    assert closed(mandate, person=other).reason is Tie.NONE


class TestTie:
    """The mandate holds, but the person acts no longer for the enterprise that got it."""

    @pytest.fixture
    def mandate(self, db):
        return MandateFactory(for_enterprise=True)

    def why(self, mandate, person):
        return closed(mandate, person=person, enterprise_id=mandate.holder_enterprise_id)

    def test_holds(self, mandate):
        function = LegalFunctionFactory(enterprise=mandate.holder_enterprise)

        assert self.why(mandate, function.person) is None

    def test_a_legal_function_over(self, mandate):
        function = LegalFunctionFactory(enterprise=mandate.holder_enterprise, over=True)

        why = self.why(mandate, function.person)

        assert (why.reason, why.day) == (Tie.FUNCTION_OVER, date(2023, 12, 31))

    def test_a_gap_replaced(self, mandate):
        gap = AccessManagerFactory(enterprise=mandate.holder_enterprise, ended=True)

        why = self.why(mandate, gap.person)

        assert (why.reason, why.day, why.by) == (Tie.GAP_REPLACED, TODAY, gap.ended_by)

    def test_a_gap_who_left_more_than_thirty_days_ago(self, mandate):
        gap = AccessManagerFactory(
            enterprise=mandate.holder_enterprise, designated_at=AT - timedelta(days=400), employed=False
        )
        Employment.objects.filter(person=gap.person).delete()

        assert self.why(mandate, gap.person).reason is Tie.GAP_LEFT

    def test_a_delegation_over(self, mandate):
        delegation = MandateDelegateFactory(enterprise=mandate.holder_enterprise)
        delegation.ended_at, delegation.ended_by = AT, delegation.delegated_by
        delegation.save(update_fields=["ended_at", "ended_by"])

        why = self.why(mandate, delegation.person)

        assert (why.reason, why.day, why.by) == (Tie.DELEGATION_OVER, TODAY, delegation.delegated_by)

    def test_a_delegate_who_left(self, mandate):
        delegation = MandateDelegateFactory(enterprise=mandate.holder_enterprise)
        Employment.objects.update(valid_until=date(2026, 3, 9))

        why = self.why(mandate, delegation.person)

        assert (why.reason, why.day) == (Tie.DELEGATE_LEFT, date(2026, 3, 9))

    def test_the_latest_of_several(self, mandate):
        function = LegalFunctionFactory(enterprise=mandate.holder_enterprise, over=True)
        AccessManagerFactory(person=function.person, enterprise=mandate.holder_enterprise, ended=True)

        assert self.why(mandate, function.person).reason is Tie.GAP_REPLACED

    def test_none_there_ever_was(self, mandate):
        other = PersonFactory(world=mandate.provider.person.world)

        assert self.why(mandate, other).reason is Tie.NONE
