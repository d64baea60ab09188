from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from csam.models import EidCard
from csam.services.eid import Outcome, Reading, read_card
from tests.csam.factories import PIN, EidCardFactory

TODAY = date(2026, 3, 10)


def read(card, pin=PIN, on=TODAY):
    return read_card(card=EidCard.objects.get(pk=card.pk), pin=pin, on=on)


def wrong_pins(card):
    return EidCard.objects.get(pk=card.pk).wrong_pins


class TestReadCard:
    def test_accepts_the_pin(self):
        assert read(EidCardFactory()) == Reading(Outcome.OK, tries_left=3)

    def test_counts_the_tries_that_are_left(self):
        card = EidCardFactory()

        assert [read(card, "0000") for _ in range(4)] == [
            Reading(Outcome.WRONG_PIN, tries_left=2),
            Reading(Outcome.WRONG_PIN, tries_left=1),
            Reading(Outcome.BLOCKED, tries_left=0),
            Reading(Outcome.BLOCKED, tries_left=0),
        ]
        assert wrong_pins(card) == 3

    def test_a_right_pin_wipes_the_count(self):
        card = EidCardFactory(wrong_pins=2)

        assert read(card).outcome == Outcome.OK
        assert wrong_pins(card) == 0

    def test_a_blocked_card_takes_not_even_the_right_pin(self):
        card = EidCardFactory(blocked=True)

        assert read(card).outcome == Outcome.BLOCKED
        assert wrong_pins(card) == 3

    @pytest.mark.parametrize(
        ("on", "outcome"),
        [
            pytest.param(date(2025, 12, 31), Outcome.OK, id="last day is included"),
            pytest.param(date(2026, 1, 1), Outcome.EXPIRED, id="the day after"),
        ],
    )
    def test_expires(self, on, outcome):
        assert read(EidCardFactory(expired=True), on=on).outcome == outcome

    def test_an_expired_card_counts_nothing(self):
        card = EidCardFactory(expired=True)

        read(card, "0000")

        assert wrong_pins(card) == 0

    @pytest.mark.parametrize("fault", [{}, {"expired": True}, {"blocked": True}])
    def test_without_a_reader_nothing_is_tried(self, fault):
        card = EidCardFactory(reader_connected=False, **fault)
        before = card.wrong_pins

        assert read(card, "0000") == read(card) == Reading(Outcome.NO_READER, tries_left=3 - before)
        assert wrong_pins(card) == before


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_never_exceed_three():
    card = EidCardFactory()

    def guess(pin):
        try:
            return read(card, pin).outcome
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        outcomes = list(threads.map(guess, ["0000", "0001", "0002", "0003", "0004"]))

    assert sorted(outcomes) == [Outcome.BLOCKED] * 3 + [Outcome.WRONG_PIN] * 2
    assert wrong_pins(card) == 3
