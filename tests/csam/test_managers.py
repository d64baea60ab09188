from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam import selectors
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Employment, Enterprise, LegalFunction, Person
from csam.permissions import Capacity, may_name
from csam.services import managers
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.threads import at_once

LATER = AT + timedelta(hours=1)
TODAY = date(2026, 3, 10)
CONTACT = {
    "email": "nomme@exemple.invalid",
    "phone": "+32 470 00 00 03",
    "own_email": "auteur@exemple.invalid",
    "own_phone": "+32 470 00 00 01",
}


@pytest.fixture
def gap():
    """The GAP of a registered enterprise, a worker, who was active from the start."""
    return AccessManagerFactory(
        person__first_name="Luc", person__last_name="Moreau", email="luc@exemple.invalid", activated_at=AT
    )


@pytest.fixture
def enterprise(gap):
    return gap.enterprise


@pytest.fixture
def representative(enterprise):
    return LegalFunctionFactory(
        enterprise=enterprise, person__first_name="Claire", person__last_name="Lambert"
    ).person


@pytest.fixture
def worker(enterprise):
    return EmploymentFactory(
        enterprise=enterprise, person__first_name="Tom", person__last_name="Peeters"
    ).person


def in_capacity(enterprise, capacity):
    """Someone who is that in the enterprise and nothing else."""
    match capacity:
        case "stranger":
            return PersonFactory()
        case Capacity.REPRESENTATIVE:
            return LegalFunctionFactory(enterprise=enterprise).person
        case Capacity.GAP:
            return selectors.gap_of(enterprise).person
        case _:
            domain = AccessDomain.FINANCE if capacity == Capacity.GA else ""
            kind = ManagerKind(capacity.value)
            return AccessManagerFactory(enterprise=enterprise, kind=kind, domain=domain).person


def name(enterprise, person, by, *, kind=ManagerKind.CO_MAIN, domain="", at=LATER, **contact):
    return managers.name_manager(
        enterprise=enterprise,
        person=person,
        kind=kind,
        domain=domain,
        by=by,
        at=at,
        **(CONTACT | contact),
    )


def replace(gap, person, by, *, at=LATER, **changes):
    data = {"enterprise": gap.enterprise, "replaces": gap.pk, "person": person, "by": by, "at": at}
    return managers.replace_gap(**(data | CONTACT | changes))


def refusal_of(call, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        call(*args, **kwargs)
    return refusal_codes(refusal.value)


EVERYONE_ELSE = {ManagerKind.CO_MAIN, ManagerKind.DOMAIN, ManagerKind.DPO}


class TestWhoMay:
    @pytest.mark.parametrize(
        ("capacity", "names"),
        [
            (Capacity.REPRESENTATIVE, {ManagerKind.MAIN, *EVERYONE_ELSE}),
            (Capacity.GAP, EVERYONE_ELSE),
            (Capacity.CO_GAP, {ManagerKind.DOMAIN}),
            (Capacity.GA, set()),
            (Capacity.DPO, set()),
            ("stranger", set()),
        ],
    )
    def test_names_and_removes(self, gap, enterprise, worker, capacity, names):
        by = in_capacity(enterprise, capacity)
        done = set()
        for kind in EVERYONE_ELSE:
            domain = AccessDomain.MOBILITY if kind == ManagerKind.DOMAIN else ""
            standing = AccessManagerFactory(enterprise=enterprise, kind=kind, domain=domain)
            try:
                managers.remove_manager(manager=standing, by=by, at=LATER)
                name(enterprise, worker, by, kind=kind, domain=domain)
            except PermissionDenied:
                continue
            done.add(kind)
        try:
            replace(gap, worker, by)
            done.add(ManagerKind.MAIN)
        except PermissionDenied:
            pass

        assert done == names

    def test_a_table_answers_the_same(self):
        assert may_name(frozenset({Capacity.GA, Capacity.CO_GAP}), ManagerKind.DOMAIN)
        assert not may_name(frozenset(), ManagerKind.DOMAIN)

    def test_a_legal_function_that_ends_takes_away_the_right_not_the_gap(self, gap, representative, worker):
        LegalFunction.objects.update(valid_until=TODAY)
        name(gap.enterprise, worker, representative, at=AT)
        tomorrow = AT + timedelta(days=1)

        with pytest.raises(PermissionDenied):
            replace(gap, worker, representative, at=tomorrow)
        assert selectors.gap_of(gap.enterprise) == gap

    def test_the_last_day_of_a_function_ends_at_midnight_in_brussels(self, gap, representative, worker):
        LegalFunction.objects.update(valid_until=TODAY)

        with pytest.raises(PermissionDenied):
            replace(gap, worker, representative, at=datetime(2026, 3, 10, 23, 0, tzinfo=UTC))
        replace(gap, worker, representative, at=datetime(2026, 3, 10, 22, 59, tzinfo=UTC))

    def test_a_gap_who_has_left_for_long_names_nobody(self, gap, enterprise, worker):
        AccessManager.objects.update(designated_at=AT - timedelta(days=400), activated_at=None)
        Employment.objects.filter(person=gap.person).update(valid_until=TODAY - timedelta(days=31))

        with pytest.raises(PermissionDenied):
            name(enterprise, worker, gap.person)

    def test_tells_those_involved_who_may(self, gap, enterprise, representative):
        message = managers.why_not(enterprise=enterprise, kind=ManagerKind.MAIN, by=gap.person, on=TODAY)

        assert "Claire Lambert" in message

    def test_tells_when_nobody_may(self, gap, enterprise):
        message = managers.why_not(enterprise=enterprise, kind=ManagerKind.MAIN, by=gap.person, on=TODAY)

        assert "publier" in message

    def test_tells_a_stranger_no_name(self, enterprise, representative):
        message = managers.why_not(enterprise=enterprise, kind=ManagerKind.MAIN, by=PersonFactory(), on=TODAY)

        assert "Claire" not in message
        assert "Luc" not in message


class TestNameManager:
    def test_names(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person, kind=ManagerKind.DOMAIN, domain=AccessDomain.MOBILITY)

        manager.refresh_from_db()
        assert (manager.person, manager.kind, manager.domain) == (worker, "GA", "MOBILITY")
        assert (manager.email, manager.phone) == (CONTACT["email"], CONTACT["phone"])
        assert (manager.designated_by, manager.designated_at, manager.ended_at) == (gap.person, LATER, None)

    def test_waits_for_the_first_login_of_who_is_named(self, gap, enterprise, worker):
        assert name(enterprise, worker, gap.person).activated_at is None

    def test_is_active_at_once_for_who_names_himself(self, gap, enterprise, representative):
        assert name(enterprise, representative, representative).activated_at == LATER

    def test_tells_both_and_writes_the_trail(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person)

        sent = {(message.person_id, message.recipient) for message in Message.objects.all()}
        assert sent == {(worker.pk, CONTACT["email"]), (gap.person_id, CONTACT["own_email"])}
        body = Message.objects.first().body
        assert f"/csam/gestionnaires/{enterprise.bce_number}/" in body
        assert "Luc Moreau a désigné Tom Peeters comme co-Gestionnaire d'Accès Principal" in body
        entry = AuditEntry.objects.get()
        assert (entry.act, entry.done_by, entry.done_at) == ("csam.manager.named", gap.person, LATER)
        assert (entry.details["manager"], entry.details["person"]) == (manager.pk, worker.pk)
        assert selectors.designation_entry(manager) == entry

    def test_tells_once_who_names_himself(self, enterprise, representative):
        name(
            enterprise,
            representative,
            representative,
            email="x@exemple.invalid",
            own_email="x@exemple.invalid",
        )

        assert "s'est désigné(e)" in Message.objects.get().body

    def test_several_co_gaps_and_several_domains(self, gap, enterprise, worker):
        name(enterprise, worker, gap.person)
        name(enterprise, EmploymentFactory(enterprise=enterprise).person, gap.person)
        for domain in (AccessDomain.MOBILITY, AccessDomain.FINANCE):
            name(enterprise, worker, gap.person, kind=ManagerKind.DOMAIN, domain=domain)

        assert AccessManager.objects.active().count() == 5

    def test_refuses_the_same_capacity_twice(self, gap, enterprise, worker):
        name(enterprise, worker, gap.person)

        assert refusal_of(name, enterprise, worker, gap.person) == {"already_named"}

    def test_may_be_named_again_after_an_end(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person)
        managers.remove_manager(manager=manager, by=gap.person, at=LATER)

        name(enterprise, worker, gap.person)

    @pytest.mark.parametrize(
        ("kind", "domain"), [(ManagerKind.DOMAIN, AccessDomain.MOBILITY), (ManagerKind.CO_MAIN, "")]
    )
    def test_the_gap_is_everything_already(self, gap, enterprise, kind, domain):
        assert refusal_of(name, enterprise, gap.person, gap.person, kind=kind, domain=domain) == {
            "gap_is_all"
        }

    def test_refuses_who_is_not_linked(self, gap, enterprise):
        assert refusal_of(name, enterprise, PersonFactory(), gap.person) == {"gap_not_linked"}

    def test_knows_nobody_of_another_world(self, gap, enterprise):
        assert refusal_of(name, enterprise, PersonFactory(stranger=True), gap.person) == {"gap_unknown"}
        assert refusal_of(name, enterprise, None, gap.person) == {"gap_unknown"}

    @pytest.mark.parametrize(
        ("kind", "domain"),
        [
            (ManagerKind.MAIN, ""),
            (ManagerKind.DOMAIN, ""),
            (ManagerKind.DOMAIN, "CUISINE"),
            (ManagerKind.DPO, AccessDomain.FINANCE),
        ],
    )
    def test_refuses_a_kind_without_sense(self, gap, enterprise, worker, kind, domain):
        assert refusal_of(name, enterprise, worker, gap.person, kind=kind, domain=domain) == {"not_named"}

    def test_refuses_for_a_stopped_enterprise(self, gap, enterprise, worker):
        Enterprise.objects.update(stopped_on=date(2026, 3, 9))

        assert refusal_of(name, enterprise, worker, gap.person) == {"enterprise_stopped"}

    def test_refuses_before_the_registration(self):
        function = LegalFunctionFactory()

        assert refusal_of(name, function.enterprise, function.person, function.person) == {"not_registered"}


class TestReplaceGap:
    def test_ends_the_one_and_begins_the_other(self, gap, worker, representative):
        new = replace(gap, worker, representative)

        gap.refresh_from_db()
        assert (gap.ended_at, gap.ended_by) == (LATER, representative)
        assert selectors.gap_of(gap.enterprise) == new
        assert (new.person, new.designated_at, new.activated_at) == (worker, LATER, None)

    def test_tells_all_three(self, gap, worker, representative):
        replace(gap, worker, representative)

        sent = {(message.person_id, message.recipient) for message in Message.objects.all()}
        assert sent == {
            (worker.pk, CONTACT["email"]),
            (representative.pk, CONTACT["own_email"]),
            (gap.person_id, "luc@exemple.invalid"),
        }
        assert "Tom Peeters remplace Luc Moreau" in Message.objects.first().body
        assert AuditEntry.objects.get().details["replaces"] == gap.pk

    def test_takes_in_what_else_the_new_one_managed(self, gap, enterprise, worker, representative):
        kept = name(enterprise, worker, representative, kind=ManagerKind.DPO)
        for kind, domain in [(ManagerKind.CO_MAIN, ""), (ManagerKind.DOMAIN, AccessDomain.FINANCE)]:
            name(enterprise, worker, representative, kind=kind, domain=domain)
        other = AccessManagerFactory(enterprise=enterprise, co_main=True)

        new = replace(gap, worker, representative)

        assert set(AccessManager.objects.active()) == {kept, other, new}

    def test_refuses_the_one_in_office(self, gap, representative):
        assert refusal_of(replace, gap, gap.person, representative) == {"already_named"}

    def test_refuses_when_another_one_came_first(self, gap, worker, representative):
        second = EmploymentFactory(enterprise=gap.enterprise).person
        replace(gap, worker, representative)

        assert refusal_of(replace, gap, second, representative) == {"gap_changed"}

    def test_fills_an_empty_place(self, gap, worker, representative):
        AccessManager.objects.update(ended_at=AT, ended_by=representative)

        assert replace(gap, worker, representative, replaces=None).person == worker

    def test_fails_whole(self, gap, worker, representative, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(managers, "_tell", fail)
        with pytest.raises(RuntimeError):
            replace(gap, worker, representative)

        assert selectors.gap_of(gap.enterprise) == gap


class TestRemoveManager:
    def test_ends_and_tells(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person)
        Message.objects.all().delete()

        managers.remove_manager(manager=manager, by=gap.person, at=LATER)

        manager.refresh_from_db()
        assert (manager.ended_at, manager.ended_by) == (LATER, gap.person)
        sent = {(message.person_id, message.recipient) for message in Message.objects.all()}
        assert sent == {(worker.pk, CONTACT["email"]), (gap.person_id, gap.person.email)}
        assert AuditEntry.objects.filter(act="csam.manager.removed", done_by=gap.person).count() == 1

    @pytest.mark.parametrize("trait", ["co_main", "of_finance", "dpo"])
    def test_anyone_but_the_gap_may_resign(self, enterprise, trait):
        manager = AccessManagerFactory(enterprise=enterprise, **{trait: True})

        managers.remove_manager(manager=manager, by=manager.person, at=LATER)

        assert "à sa propre demande" in Message.objects.first().body

    def test_nobody_removes_the_gap(self, gap, representative):
        for by in (representative, gap.person):
            assert refusal_of(managers.remove_manager, manager=gap, by=by, at=LATER) == {"gap_only_replaced"}

    def test_ends_once(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person)
        managers.remove_manager(manager=manager, by=gap.person, at=LATER)

        assert refusal_of(managers.remove_manager, manager=manager, by=gap.person, at=LATER) == {
            "already_removed"
        }

    def test_who_has_no_address_gets_no_message(self, gap, enterprise, worker):
        Person.objects.update(email="")
        manager = name(enterprise, worker, gap.person)
        Message.objects.all().delete()
        gap.person.refresh_from_db()

        managers.remove_manager(manager=manager, by=gap.person, at=LATER)

        assert Message.objects.get().person == worker


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_replace_the_gap_and_one_does(self, gap, worker, representative):
        people = (worker, EmploymentFactory(enterprise=gap.enterprise).person)

        found = at_once(lambda number: replace(gap, people[number], representative), times=2)

        assert sorted(found) == ["done", "gap_changed"]
        assert AccessManager.objects.active().filter(kind=ManagerKind.MAIN).count() == 1
        assert Message.objects.count() == 3

    def test_a_confirmation_sent_twice_names_once(self, gap, enterprise, worker):
        found = at_once(lambda _: name(enterprise, worker, gap.person), times=2)

        assert sorted(found) == ["already_named", "done"]
        assert AccessManager.objects.filter(kind=ManagerKind.CO_MAIN).count() == 1

    def test_two_remove_one_manager_once(self, gap, enterprise, worker):
        manager = name(enterprise, worker, gap.person)

        found = at_once(lambda _: managers.remove_manager(manager=manager, by=gap.person, at=LATER), times=2)

        assert sorted(found) == ["already_removed", "done"]
