"""Swaps as the circle sees them, and its decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import SwapState
from bhod.models import SwapOffer
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
    SwapOfferFactory,
)
from tests.pages import text_of

QUEUE = reverse("bhod:swap_queue")


@pytest.fixture
def doctors(circle):
    return [CircleDoctorFactory(enterprise=circle).provider for _number in range(2)]


@pytest.fixture
def swap(unit, doctors):
    """A swap between two doctors that was accepted and waits."""
    giver, taker = doctors

    def act(days=2, **values):
        start = AT.replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
        guard = GuardFactory(unit=unit, provider=giver, starts_at=start, ends_at=start + timedelta(hours=12))
        accepted = {
            "state": SwapState.ACCEPTED,
            "taker": taker,
            "accepted_at": AT,
            "accepted_by": taker.person,
        }
        return SwapOfferFactory(guard=guard, **(accepted | values))

    return act


def decision_of(offer):
    return reverse("bhod:swap_decide", args=[offer.pk])


def test_shows_what_waits_what_is_open_and_what_is_over(client, manager, swap):
    waiting = swap(message="Un mariage")
    nobody = {"taker": None, "accepted_at": None, "accepted_by": None}
    swap(3, state=SwapState.OPEN, **nobody)
    swap(4, state=SwapState.REFUSED, closed_at=AT, closed_by=manager, close_reason="trop de nuits")
    swap(
        5, state=SwapState.WITHDRAWN, closed_at=AT, closed_by=manager, close_reason="la garde a été modifiée"
    )

    response = client.get(QUEUE)

    shown = text_of(response)
    for words in ("1 échange attend", "Un mariage", "trop de nuits", "caduque : la garde a été modifiée"):
        assert words in shown
    assertContains(response, decision_of(waiting))
    assert [len(response.context[name]) for name in ("waiting", "open", "over")] == [1, 1, 2]


def test_is_empty_at_first(client, administrative):
    assert "Aucun échange n'attend de décision." in text_of(client.get(QUEUE))


def test_says_who_decides(client, manager, circle):
    assert "laisse les échanges à ses médecins" in text_of(client.get(QUEUE))
    CircleOrganisationFactory(enterprise=circle, swaps_need_manager=True)
    assert "approuve les échanges" in text_of(client.get(QUEUE))


def test_shows_nothing_of_another_circle(client, manager):
    other = SwapOfferFactory()
    assert client.get(QUEUE).context["open"] == []
    assert client.get(decision_of(other)).status_code == 404


def test_old_ones_are_no_news(client, manager, swap):
    long_ago = AT - timedelta(days=100)
    old = swap(state=SwapState.REFUSED, closed_at=long_ago, closed_by=manager, offered_at=long_ago)
    assert client.get(QUEUE).context["over"] == []
    assert "rien à décider : refusé" in text_of(client.get(decision_of(old)))


def test_the_decision_gives_the_guard_to_the_colleague(client, administrative, swap, doctors):
    offer = swap()
    assert str(doctors[1]) in text_of(client.get(decision_of(offer)))

    answer = client.post(decision_of(offer), {"decision": "approuver"}, follow=True)

    assertRedirects(answer, QUEUE)
    assert "L'échange est approuvé" in text_of(answer)
    offer.guard.refresh_from_db()
    assert offer.guard.provider == doctors[1]
    assert client.get(QUEUE).context["over"][0].offerer == doctors[0]


def test_a_refusal_needs_its_reason(client, manager, swap, doctors):
    offer = swap()
    answer = client.post(decision_of(offer), {"decision": "refuser"})
    assert answer.context["form"].has_error("reason", "reason_required")
    assert client.post(decision_of(offer), {}).context["form"].has_error("decision")

    answer = client.post(decision_of(offer), {"decision": "refuser", "reason": "trop de nuits"}, follow=True)
    assert "L'échange est refusé" in text_of(answer)
    offer.guard.refresh_from_db()
    assert offer.guard.provider == doctors[0]


def test_the_page_says_what_the_rules_refuse(client, manager, swap, doctors, unit):
    offer = swap()
    GuardFactory(unit=unit, provider=doctors[1], starts_at=offer.guard.starts_at, ends_at=offer.guard.ends_at)
    assert "déjà de garde" in text_of(client.get(decision_of(offer)))
    assert "déjà de garde" in text_of(client.post(decision_of(offer), {"decision": "approuver"}))
    assert SwapOffer.objects.get().state == SwapState.ACCEPTED


def test_one_that_lapsed_is_said_and_closed(client, manager, swap):
    offer = swap()
    type(offer.guard).objects.update(version=2)
    response = client.get(decision_of(offer))
    assert "rien à décider : caduque" in text_of(response)
    assertNotContains(response, "Confirmer la décision")

    answer = client.post(decision_of(offer), {"decision": "approuver"}, follow=True)

    assert "ne tient plus" in text_of(answer)
    assert SwapOffer.objects.get().state == SwapState.WITHDRAWN


@pytest.mark.parametrize("name", ["guard_month", "guard_week", "guard_list"])
@pytest.mark.parametrize(("decides", "told"), [(True, True), (False, False)])
def test_the_pages_of_the_guards_say_how_many_wait(client, manager, circle, swap, name, decides, told):
    CircleOrganisationFactory(enterprise=circle, swaps_need_manager=decides)
    swap()
    swap(3)

    shown = text_of(client.get(reverse(f"bhod:{name}")))

    assert ("2 échanges de gardes attendent la décision du cercle." in shown) == told


@pytest.mark.parametrize("name", ["guard_edit", "guard_cancel"])
def test_who_changes_a_guard_on_offer_is_told_that_the_offer_falls(client, manager, swap, doctors, name):
    waiting = swap()
    nobody = {"state": SwapState.OPEN, "taker": None, "accepted_at": None, "accepted_by": None}
    to_one, to_all = swap(3, offered_to=doctors[1], **nobody), swap(4, **nobody)

    for offer, words in (
        (waiting, "l'a acceptée : l'échange attend la décision du cercle."),
        (to_one, f"propose cette garde à {doctors[1]}."),
        (to_all, "propose cette garde à tout le cercle."),
    ):
        shown = text_of(client.get(reverse(f"bhod:{name}", args=[offer.guard_id])))
        assert words in shown
        assert "cette proposition tombe" in shown


def test_asks_the_database_the_same_for_any_number(client, manager, swap, django_assert_num_queries):
    swap()
    with django_assert_num_queries(10):
        client.get(QUEUE)
    for days in range(3, 8):
        swap(days)
    with django_assert_num_queries(10):
        client.get(QUEUE)
