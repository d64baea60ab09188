from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, Person
from csam.services import designations
from csam.services.designations import check_gap, check_registrable, check_represents, register_enterprise
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)

TODAY = date(2026, 3, 10)


@pytest.fixture
def function():
    """The legal function of Claire Lambert at an enterprise that is not registered."""
    return LegalFunctionFactory(person__first_name="Claire", person__last_name="Lambert")


def register(function, *, gap=None, by=None, at=AT, **contact):
    by = by or function.person
    contact = {
        "gap_email": "gap@exemple.invalid",
        "gap_phone": "+32 2 555 00 01",
        "own_email": "claire@exemple.invalid",
        "own_phone": "+32 470 00 00 01",
    } | contact
    return register_enterprise(enterprise=function.enterprise, gap=gap or by, by=by, at=at, **contact)


def refusal_of(call, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        call(*args, **kwargs)
    return refusal_codes(refusal.value)


class TestCheckRegistrable:
    def test_lets_a_legal_representative(self, function):
        check_registrable(enterprise=function.enterprise, by=function.person, on=TODAY)

    @pytest.mark.parametrize(
        ("function", "code"),
        [
            pytest.param({"enterprise__stopped": True}, "enterprise_stopped", id="stopped"),
            pytest.param({"over": True}, "legal_function_over", id="function over"),
            pytest.param({"to_come": True}, "no_legal_function", id="function to come"),
            pytest.param({"enterprise__registered": True}, "already_registered", id="registered"),
        ],
    )
    def test_refuses(self, function, code):
        function = LegalFunctionFactory(**function)

        assert refusal_of(
            check_registrable, enterprise=function.enterprise, by=function.person, on=TODAY
        ) == {code}

    def test_refuses_who_never_had_a_function(self):
        enterprise = EnterpriseFactory()

        assert refusal_of(check_registrable, enterprise=enterprise, by=PersonFactory(), on=TODAY) == {
            "no_legal_function"
        }

    def test_refuses_a_number_that_is_nobodys(self):
        assert refusal_of(check_registrable, enterprise=None, by=PersonFactory(), on=TODAY) == {
            "unknown_to_bce"
        }

    def test_knows_no_enterprise_of_another_world(self, function):
        stranger = PersonFactory(stranger=True)

        assert refusal_of(check_registrable, enterprise=function.enterprise, by=stranger, on=TODAY) == {
            "unknown_to_bce"
        }

    def test_tells_a_stranger_nothing_of_registrations(self):
        enterprise = EnterpriseFactory(registered=True)

        assert refusal_of(check_registrable, enterprise=enterprise, by=PersonFactory(), on=TODAY) == {
            "no_legal_function"
        }

    def test_the_last_day_of_the_enterprise_and_of_the_function_count(self):
        function = LegalFunctionFactory(over=True, enterprise__stopped_on=date(2023, 12, 31))

        check_registrable(enterprise=function.enterprise, by=function.person, on=date(2023, 12, 31))

    def test_a_new_function_makes_up_for_an_old_one(self):
        old = LegalFunctionFactory(over=True)
        LegalFunctionFactory(person=old.person, enterprise=old.enterprise, valid_from=date(2024, 1, 1))

        check_represents(enterprise=old.enterprise, by=old.person, on=TODAY)


class TestCheckGap:
    @pytest.mark.parametrize("factory", [EmploymentFactory, LegalFunctionFactory])
    def test_takes_a_worker_or_a_legal_representative(self, factory):
        tie = factory()

        assert check_gap(enterprise=tie.enterprise, gap=tie.person, on=TODAY) == tie.person

    @pytest.mark.parametrize("factory", [EmploymentFactory, LegalFunctionFactory])
    def test_refuses_who_no_longer_is(self, factory):
        tie = factory(over=True)

        assert refusal_of(check_gap, enterprise=tie.enterprise, gap=tie.person, on=TODAY) == {
            "gap_not_linked"
        }

    def test_refuses_nobody(self):
        assert refusal_of(check_gap, enterprise=EnterpriseFactory(), gap=None, on=TODAY) == {"gap_unknown"}

    def test_knows_nobody_of_another_world(self):
        tie = EmploymentFactory(person__stranger=True, enterprise=EnterpriseFactory())

        assert refusal_of(check_gap, enterprise=tie.enterprise, gap=tie.person, on=TODAY) == {"gap_unknown"}


class TestRegisterEnterprise:
    def test_names_the_gap_and_marks_the_enterprise(self, function):
        manager = register(function)

        manager.refresh_from_db()
        function.enterprise.refresh_from_db()
        assert (manager.kind, manager.person, manager.designated_by) == (
            ManagerKind.MAIN,
            function.person,
            function.person,
        )
        assert (manager.email, manager.phone) == ("gap@exemple.invalid", "+32 2 555 00 01")
        assert manager.designated_at == function.enterprise.registered_at == AT
        assert function.enterprise.registered_by == function.person

    def test_leaves_a_trail_without_niss(self, function):
        manager = register(function)

        [entry] = AuditEntry.objects.all()
        assert (entry.act, entry.done_at, entry.done_by) == ("csam.gap.designated", AT, function.person)
        assert entry.subject == f"csam.enterprise:{function.enterprise.pk}"
        assert entry.details["manager"] == manager.pk
        assert function.person.niss not in str(entry.details)

    def test_tells_both_persons_the_next_step(self, function):
        worker = EmploymentFactory(enterprise=function.enterprise, person__last_name="D'Hondt")

        register(function, gap=worker.person)

        sent = Message.objects.order_by("pk")
        assert [message.recipient for message in sent] == ["gap@exemple.invalid", "claire@exemple.invalid"]
        for message in sent:
            assert (message.world, message.sent_at) == (function.enterprise.world, AT)
            assert "Céline D'Hondt" in message.body
            assert "Claire Lambert" in message.body
            assert "« eHealth Soins de Santé »" in message.body
            assert function.enterprise.name in message.subject
            assert "\n" not in message.subject

    def test_writes_once_to_who_is_both(self, function):
        register(function, gap_email="claire@exemple.invalid")

        assert Message.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            pytest.param({"stopped_on": date(2026, 3, 9)}, "enterprise_stopped", id="stopped meanwhile"),
            pytest.param({}, "already_registered", id="registered meanwhile"),
        ],
    )
    def test_checks_everything_again(self, function, change, code):
        change = change or {"registered_at": AT, "registered_by": function.person}
        Enterprise.objects.filter(pk=function.enterprise.pk).update(**change)

        assert refusal_of(register, function) == {code}
        assert not AccessManager.objects.exists()

    def test_refuses_who_represents_the_enterprise_no_longer(self):
        function = LegalFunctionFactory(over=True)

        assert refusal_of(register, function) == {"legal_function_over"}

    def test_refuses_a_gap_who_is_neither_worker_nor_representative(self, function):
        assert refusal_of(register, function, gap=PersonFactory()) == {"gap_not_linked"}
        assert not Message.objects.exists()

    def test_refuses_a_gap_of_another_world(self, function):
        assert refusal_of(register, function, gap=PersonFactory(stranger=True)) == {"gap_unknown"}

    def test_nobody_of_another_world_registers(self, function):
        assert refusal_of(register, function, by=PersonFactory(stranger=True)) == {"unknown_to_bce"}

    def test_refuses_an_enterprise_that_has_a_gap_by_another_way(self, function):
        AccessManagerFactory(enterprise=function.enterprise)

        assert refusal_of(register, function) == {"already_registered"}

    def test_counts_days_in_brussels(self, function):
        function.enterprise.stopped_on = TODAY
        function.enterprise.save(update_fields=["stopped_on"])

        # 23:30 UTC on the 10th is the 11th in Brussels.
        assert refusal_of(register, function, at=AT.replace(hour=23, minute=30)) == {"enterprise_stopped"}

    def test_leaves_nothing_half_done(self, function, monkeypatch):
        def fail(**_):
            raise IntegrityError

        monkeypatch.setattr(designations, "send_email", fail)

        with pytest.raises(IntegrityError):
            register(function)
        function.enterprise.refresh_from_db()
        assert function.enterprise.registered_at is None
        assert not AccessManager.objects.exists()
        assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_confirmations_at_once_register_once():
    function = LegalFunctionFactory()

    def confirm(seconds):
        try:
            fresh = Enterprise.objects.get(pk=function.enterprise_id)
            person = Person.objects.get(pk=function.person_id)
            register_enterprise(
                enterprise=fresh,
                gap=person,
                gap_email="a@exemple.invalid",
                gap_phone="021234567",
                own_email="a@exemple.invalid",
                own_phone="021234567",
                by=person,
                at=AT + timedelta(seconds=seconds),
            )
        except ValidationError as refusal:
            return refusal_codes(refusal)
        else:
            return frozenset()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(confirm, range(4)))

    assert sorted(map(sorted, outcomes)) == [[], *[["already_registered"]] * 3]
    assert AccessManager.objects.count() == 1
    assert Message.objects.count() == 1
    assert WorldFactory().audit_entries.count() == 1
