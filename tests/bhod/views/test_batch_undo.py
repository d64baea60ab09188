import pytest
from django.urls import reverse

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.selectors.plans import Entry, Plan
from bhod.services.guards import cancel_guard
from bhod.services.planning import carry_out
from tests.bhod.factories import AT, CircleDoctorFactory, GuardBatchFactory, GuardFactory
from tests.bhod.views.bulk import page_of
from tests.html_guard import assert_clean
from tests.pages import text_of


def url(batch):
    return reverse("bhod:batch_undo", args=[batch.pk])


@pytest.fixture
def guard(unit):
    return GuardFactory(unit=unit, provider=CircleDoctorFactory(enterprise=unit.enterprise).provider)


@pytest.fixture
def batch(guard, unit, manager):
    """The confirmation of a guard."""
    entry = Entry.of(guard, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
    plan = Plan(unit.enterprise_id, [entry])
    return carry_out(plan=plan, by=manager, at=AT, batch=(BatchKind.CONFIRM, "mars")).batch


def test_shows_what_becomes_of_each_guard(client, manager, batch, guard):
    response = client.get(url(batch))
    assert_clean(response.content.decode())
    [line] = response.context["preview"].accepted
    assert (line.entry.guard, line.becomes) == (guard, "enregistrée")
    assert "Annuler cet acte pour 1 garde" in text_of(response)


def test_undoes_once(client, manager, batch, guard):
    page = page_of(client.get(url(batch)))

    response = client.post(url(batch), page, follow=True)
    assert response.redirect_chain == [(reverse("bhod:batch_list"), 302)]
    assert "L'acte est annulé. Aucun médecin n'a été prévenu." in text_of(response)
    guard.refresh_from_db()
    assert (guard.state, guard.version) == (GuardState.REGISTERED, 3)

    assert "déjà annulé" in text_of(client.post(url(batch), page, follow=True))
    guard.refresh_from_db()
    assert guard.version == 3


def test_shows_anew_what_has_changed_meanwhile(client, manager, batch, guard):
    page = page_of(client.get(url(batch)))
    guard.refresh_from_db()
    cancel_guard(guard=guard, reason="erreur", by=manager, at=AT)

    response = client.post(url(batch), page, follow=True)

    text = text_of(response)
    assert "rien n'a été fait" in text
    assert "Modifiée depuis par" in text
    assert "Il n'y a rien à annuler" in text
    assert reverse("bhod:guard_history", args=[guard.pk]) in response.content.decode()


def test_says_that_an_act_is_undone_already(client, manager, unit):
    response = client.get(url(GuardBatchFactory(enterprise=unit.enterprise, undone=True)))
    assert "Acte groupé annulé" in text_of(response)
    assert "fingerprint" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_acts_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(GuardBatchFactory())).status_code == 404


def test_undoes_one_act_after_the_other(client, manager, batch, guard):
    guard.refresh_from_db()
    cancelling = Entry.of(guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED, reason="erreur")
    plan = Plan(batch.enterprise_id, [cancelling])
    later = carry_out(plan=plan, by=manager, at=AT, batch=(BatchKind.CANCEL, "mars")).batch
    assert "Il n'y a rien à annuler" in text_of(client.get(url(batch)))

    for each, state in ((later, GuardState.CONFIRMED), (batch, GuardState.REGISTERED)):
        client.post(url(each), page_of(client.get(url(each))))
        guard.refresh_from_db()
        assert guard.state == state


def test_leaves_alone_what_changed_between_two_acts(client, manager, batch, guard):
    guard.refresh_from_db()
    by_hand = Entry.of(guard, act=GuardAct.REOPENED, state=GuardState.REGISTERED)
    carry_out(plan=Plan(batch.enterprise_id, [by_hand]), by=manager, at=AT)
    guard.refresh_from_db()
    again = Entry.of(guard, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
    plan = Plan(batch.enterprise_id, [again])
    later = carry_out(plan=plan, by=manager, at=AT, batch=(BatchKind.CONFIRM, "mars")).batch
    client.post(url(later), page_of(client.get(url(later))))

    assert "Modifiée depuis par" in text_of(client.get(url(batch)))
