"""Who may see amounts is told what an act upon guards means for payments; nobody else is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bhod.enums import BatchKind, RunState
from bhod.models import PaymentRun
from bhod.services import confirmations, proposals
from bhod_portal.core.periods import Period
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import GuardCheckFactory, PaymentLineFactory, PaymentRunFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

CLOSED = "1 garde est dans un paiement clôturé, pour 80,60 € : elle sera corrigée au prochain paiement."
OPEN = "1 garde est dans le paiement en préparation : elle en sort."
TAKEN_BACK = "Le montant sera repris au médecin sur ses honoraires."


@pytest.fixture
def guard(unit):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    return GuardFactory(unit=unit, provider=doctor.provider, confirmed=True)


@pytest.fixture
def run(world):
    return PaymentRunFactory(world=world)


@pytest.fixture
def line(guard, run):
    """The fee of the guard, in a draft."""
    return PaymentLineFactory(guard_check=GuardCheckFactory(guard=guard), run=run)


def close(run, person):
    acts = {"checked_at": AT, "checked_by": person, "closed_at": AT, "closed_by": person}
    PaymentRun.objects.filter(pk=run.pk).update(state=RunState.CLOSED, **acts)


def pages_of(guard):
    """Where one guard is changed, cancelled, opened again, and cut in two."""
    cut = f"?jour=05-03-2026&heure=23:00&medecin={guard.provider_id}"
    asked = f"?garde={guard.pk}&motif=double"
    return {
        "edit": reverse("bhod:guard_edit", args=[guard.pk]),
        "cancel": reverse("bhod:guard_cancel", args=[guard.pk]),
        "reopen": reverse("bhod:guard_reopen", args=[guard.pk]),
        "split": reverse("bhod:guard_split", args=[guard.pk]) + cut,
        "cancel several": reverse("bhod:guards_cancel") + asked,
    }


PAGES = ["edit", "cancel", "reopen", "split", "cancel several"]


@pytest.mark.parametrize("page", PAGES)
def test_a_guard_that_was_paid_is_corrected(client, manager, guard, run, line, page):
    close(run, manager)
    response = client.get(pages_of(guard)[page])

    assert_clean(response.content.decode())
    assert CLOSED in text_of(response)
    assert (TAKEN_BACK in text_of(response)) == page.startswith("cancel")


@pytest.mark.parametrize("page", PAGES)
def test_one_in_an_open_payment_leaves_it(client, manager, guard, line, page):
    text = text_of(client.get(pages_of(guard)[page]))
    assert OPEN in text
    assert ("y revient" in text) != page.startswith("cancel")


@pytest.mark.parametrize("page", PAGES)
def test_no_payment_knows_the_others(client, manager, guard, page):
    GuardCheckFactory(guard=guard)
    response = client.get(pages_of(guard)[page])
    assert response.context["known"] is None
    assert "paiement clôturé" not in text_of(response)


def test_one_that_was_taken_back_is_as_if_it_had_never_been_paid(client, manager, guard, run, line):
    PaymentLineFactory(guard_check=line.guard_check, run=run, is_reversal=True, amount=-line.amount)
    assert "paiement" not in text_of(client.get(pages_of(guard)["cancel"]))


@pytest.mark.parametrize("page", PAGES)
def test_who_may_see_no_amounts_reads_nothing_of_it(client, administrative, guard, run, line, page):
    close(run, administrative)
    response = client.get(pages_of(guard)[page])
    assert response.context["known"] is None
    assert "paiement" not in text_of(response).lower()


def confirmed_by_batch(guard, manager):
    """The performance of March, confirmed by one act; gives that act."""
    day = guard.starts_at.date()
    proposal = confirmations.confirmation_of(
        enterprise_id=guard.unit.enterprise_id, period=Period(day, day), at=AT
    )
    shown = proposals.preview(proposal=proposal, by=manager, at=AT)
    done = proposals.do_as_shown(proposal=proposal, shown=shown.fingerprint, click="1", by=manager, at=AT)
    assert done.batch.kind == BatchKind.CONFIRM
    return done.batch


def test_undoing_an_act_says_so_too(client, manager, unit, run):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    batch = confirmed_by_batch(guard, manager)
    guard.refresh_from_db()
    PaymentLineFactory(guard_check=GuardCheckFactory(guard=guard), run=run)
    close(run, manager)

    text = text_of(client.get(reverse("bhod:batch_undo", args=[batch.pk])))

    assert CLOSED in text
    assert TAKEN_BACK not in text


def test_confirming_anew_is_what_the_next_payment_waits_for(client, manager, unit, run):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    check = GuardCheckFactory(guard=guard, superseded_at=AT)
    PaymentLineFactory(guard_check=check, run=run)
    close(run, manager)

    response = client.get(reverse("bhod:guard_confirm"), {"du": "01-03-2026", "au": "08-03-2026"})

    assert len(response.context["preview"].accepted) == 1
    assert response.context["known"] is None


class TestTheList:
    """« Liste des gardes » says where the money of each guard stands."""

    URL = reverse("bhod:guard_list")

    def test_shows_where_the_money_stands(self, client, manager, guard, line, unit):
        GuardFactory(
            unit=unit, starts_at=AT + timedelta(days=3), ends_at=AT + timedelta(days=3, hours=12), draft=True
        )
        response = client.get(self.URL)

        assert_clean(response.content.decode())
        assert "Paiement" in text_of(response)
        assert "en paiement" in text_of(response)
        assert [row.payment.state if row.payment else None for row in response.context["page_obj"]] == [
            "IN_PAYMENT",
            None,
        ]

    def test_asks_as_little_for_many(self, client, manager, guard, line, unit, django_assert_max_num_queries):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise)
        for number in range(4):
            starts_at = guard.starts_at + timedelta(days=number)
            other = GuardFactory(
                unit=unit,
                provider=doctor.provider,
                confirmed=True,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=13),
            )
            PaymentLineFactory(guard_check=GuardCheckFactory(guard=other), run=line.run)
        with django_assert_max_num_queries(18):
            client.get(self.URL)

    def test_shows_nothing_of_it_to_who_may_not_see_amounts(self, client, administrative, guard, line):
        response = client.get(self.URL)
        assert [row.payment for row in response.context["page_obj"]] == [None]
        assert "paiement" not in text_of(response).lower()
