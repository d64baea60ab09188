from datetime import date, timedelta
from threading import Event, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from prosante_login.enums import FileAct
from prosante_login.models import Mandate
from prosante_login.profiles import PART_OF
from prosante_login.services import acting
from tests.csam.factories import AT, LegalFunctionFactory, PersonFactory
from tests.prosante_login.factories import CareProviderFactory, MandateFactory


def record(mandate, *, by=None, at=AT, **details):
    return acting.record(
        FileAct.FILE_ENTERED,
        provider=mandate.provider,
        mandate=mandate,
        by=by or mandate.holder_person,
        at=at,
        **details,
    )


@pytest.fixture
def mandate(db):
    return MandateFactory()


def test_names_who_for_whom_and_by_which_mandate(mandate):
    record(mandate, about="Rue du Moulin 5", address=7)

    entry = AuditEntry.objects.get()
    assert (entry.act, entry.done_by_id, entry.done_at) == (
        "prosante.file.entered",
        mandate.holder_person_id,
        AT,
    )
    assert entry.subject == subject_of(mandate.provider)
    assert entry.details == {"mandate": mandate.pk, "about": "Rue du Moulin 5", "address": 7}


def test_names_no_mandate_in_ones_own_file():
    provider = CareProviderFactory()

    acting.record(FileAct.FILE_ENTERED, provider=provider, mandate=None, by=provider.person, at=AT)

    assert AuditEntry.objects.get().details == {}


def test_nobody_else_acts_in_a_file_without_a_mandate():
    provider = CareProviderFactory()
    other = PersonFactory(world=provider.person.world)

    with pytest.raises(PermissionDenied):
        acting.record(FileAct.FILE_ENTERED, provider=provider, mandate=None, by=other, at=AT)


def test_a_legal_representative_acts_by_the_mandate_of_the_enterprise():
    mandate = MandateFactory(for_enterprise=True)
    representative = LegalFunctionFactory(enterprise=mandate.holder_enterprise)

    assert record(mandate, by=representative.person).details == {"mandate": mandate.pk}


@pytest.mark.parametrize(
    "end",
    [
        {"stopped_at": AT},
        {"valid_until": date(2026, 3, 9)},
        {"valid_from": date(2026, 3, 11)},
        {"accepted_at": None, "accepted_by": None},
    ],
)
def test_refuses_when_the_mandate_is_not_valid_any_more(mandate, end):
    by = {"stopped_by": mandate.given_by} if "stopped_at" in end else {}
    Mandate.objects.filter(pk=mandate.pk).update(**end, **by)

    with pytest.raises(PermissionDenied):
        record(mandate)

    assert not AuditEntry.objects.exists()


def test_refuses_who_may_not_use_it(mandate):
    with pytest.raises(PermissionDenied):
        record(mandate, by=PersonFactory(world=mandate.provider.person.world))


def test_refuses_the_file_of_someone_else(mandate):
    with pytest.raises(PermissionDenied):
        acting.record(
            FileAct.FILE_ENTERED,
            provider=CareProviderFactory(),
            mandate=mandate,
            by=mandate.holder_person,
            at=AT,
        )


@pytest.mark.django_db(transaction=True)
def test_an_act_at_the_moment_of_the_stop_waits_and_is_refused():
    mandate = MandateFactory()
    stopped, found = Event(), []

    def act():
        stopped.wait()
        try:
            record(mandate, at=AT + timedelta(minutes=1))
        except PermissionDenied:
            found.append("refused")
        finally:
            connection.close()

    thread = Thread(target=act)
    thread.start()
    with transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(stopped_at=AT, stopped_by=mandate.given_by)
        stopped.set()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join()

    assert found == ["refused"]
    assert not AuditEntry.objects.exists()


def test_each_act_but_coming_and_going_is_of_a_part_of_the_file():
    assert set(FileAct) - PART_OF.keys() == {FileAct.FILE_ENTERED, FileAct.FILE_LEFT}
