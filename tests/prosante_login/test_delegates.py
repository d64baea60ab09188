from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core import clock
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.enums import ManagerKind
from prosante_login import selectors
from prosante_login.models import MandateDelegate
from prosante_login.services import delegates
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.prosante_login.factories import MandateFactory
from tests.threads import at_once

LATER = AT + timedelta(hours=1)
TODAY = clock.day_of(AT)


@pytest.fixture
def representative():
    return LegalFunctionFactory()


@pytest.fixture
def enterprise(representative):
    return representative.enterprise


@pytest.fixture
def worker(enterprise):
    return EmploymentFactory(enterprise=enterprise).person


def add(enterprise, person, by):
    return delegates.add_delegate(enterprise=enterprise, person=person, by=by, at=AT)


def refused(act, **named):
    with pytest.raises(ValidationError) as refusal:
        act(**named)
    return refusal_codes(refusal.value)


class TestAdd:
    @pytest.mark.parametrize("head", ["representative", "gap"])
    def test_lets_a_worker_use_the_mandates(self, enterprise, representative, worker, head):
        by = (
            representative.person
            if head == "representative"
            else AccessManagerFactory(enterprise=enterprise).person
        )
        mandate = MandateFactory(for_enterprise=True, holder_enterprise=enterprise)
        usable = {"person": worker, "enterprise_id": enterprise.pk, "on": TODAY}
        assert not selectors.usable_mandates(**usable).exists()

        add(enterprise, worker, by)

        assert selectors.usable_mandates(**usable).get() == mandate
        assert Message.objects.get(person=worker).subject.startswith("ProSanté (simulateur) : vous agissez")
        entry = AuditEntry.objects.get(act="prosante.delegate.added")
        assert (entry.done_by_id, entry.details) == (by.pk, {"person": worker.pk})

    @pytest.mark.parametrize("kind", [ManagerKind.CO_MAIN, ManagerKind.DPO])
    def test_only_by_gap_and_representative(self, enterprise, worker, kind):
        other = AccessManagerFactory(enterprise=enterprise, kind=kind).person
        with pytest.raises(PermissionDenied):
            add(enterprise, worker, other)

    def test_a_delegate_delegates_nobody(self, enterprise, representative, worker):
        add(enterprise, worker, representative.person)
        another = EmploymentFactory(enterprise=enterprise).person
        with pytest.raises(PermissionDenied):
            add(enterprise, another, worker)

    def test_only_of_the_enterprise(self, enterprise, representative):
        asked = {"enterprise": enterprise, "by": representative.person, "at": AT}
        stranger = PersonFactory(world=enterprise.world)
        assert refused(delegates.add_delegate, person=stranger, **asked) == {"delegate_not_linked"}
        find = delegates.find_delegate
        assert refused(find, niss=stranger.niss, **asked) == {"delegate_not_linked"}
        # Nobody's number is told in the same words.
        assert refused(find, niss="00000000000", **asked) == {"delegate_not_linked"}

    def test_finds_a_worker(self, enterprise, representative, worker):
        found = delegates.find_delegate(
            enterprise=enterprise, niss=worker.niss, by=representative.person, at=AT
        )

        assert found == worker
        assert AuditEntry.objects.get(act="prosante.delegate.looked_up").details == {"person": worker.pk}

    def test_not_who_acts_already(self, enterprise, representative, worker):
        add(enterprise, worker, representative.person)
        asked = {"enterprise": enterprise, "by": representative.person, "at": AT}
        for person in (worker, representative.person):
            assert refused(delegates.add_delegate, person=person, **asked) == {"already_delegated"}

    def test_not_in_an_enterprise_that_is_stopped(self):
        head = LegalFunctionFactory(enterprise=EnterpriseFactory(stopped=True))
        asked = {"enterprise": head.enterprise, "by": head.person, "at": AT}
        assert refused(delegates.add_delegate, person=head.person, **asked) == {"enterprise_stopped"}

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once(self, enterprise, representative, worker):
        found = at_once(lambda _number: add(enterprise, worker, representative.person), times=2)

        assert sorted(found) == ["already_delegated", "done"]


class TestRemove:
    def test_closes_at_once(self, enterprise, representative, worker):
        MandateFactory(for_enterprise=True, holder_enterprise=enterprise)
        delegate = add(enterprise, worker, representative.person)

        delegates.remove_delegate(delegate=delegate, by=representative.person, at=LATER)

        usable = selectors.usable_mandates(person=worker, enterprise_id=enterprise.pk, on=TODAY)
        assert not usable.exists()
        assert AuditEntry.objects.filter(act="prosante.delegate.removed").exists()
        assert (
            Message.objects.filter(person=worker)
            .latest("pk")
            .subject.startswith("ProSanté (simulateur) : vous n'agissez plus")
        )
        assert MandateDelegate.objects.get().ended_by == representative.person

    def test_once(self, enterprise, representative, worker):
        delegate = add(enterprise, worker, representative.person)
        asked = {"delegate": delegate, "by": representative.person, "at": LATER}
        delegates.remove_delegate(**asked)
        assert refused(delegates.remove_delegate, **asked) == {"already_removed"}

    def test_not_by_others(self, enterprise, representative, worker):
        delegate = add(enterprise, worker, representative.person)
        with pytest.raises(PermissionDenied):
            delegates.remove_delegate(delegate=delegate, by=worker, at=LATER)
