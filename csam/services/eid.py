from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F

from csam.models import EidCard

PINS = 3


class Outcome(StrEnum):
    """What the simulated reader says of a card and a PIN."""

    OK = auto()
    WRONG_PIN = auto()
    BLOCKED = auto()
    EXPIRED = auto()
    NO_READER = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer of the reader; `tries_left` counts the PINs that may still be wrong before the card blocks."""

    outcome: Outcome
    tries_left: int


@transaction.atomic
def read_card(*, card: EidCard, pin: str, on: date) -> Reading:
    """Try a PIN on a card, on that day of the world; three wrong ones in a row block it for good.

    Without a reader nothing is tried. Refusals are returned, not raised: raising would roll the count of wrong PINs
    back.
    """
    if not card.reader_connected:
        return Reading(Outcome.NO_READER, tries_left=PINS - card.wrong_pins)
    if card.expires_on < on:
        return Reading(Outcome.EXPIRED, tries_left=0)
    # The try is counted before the PIN is looked at, under the lock of the row: guesses made at once count each.
    tried = EidCard.objects.filter(pk=card.pk, wrong_pins__lt=PINS).update(wrong_pins=F("wrong_pins") + 1)
    if not tried:
        return Reading(Outcome.BLOCKED, tries_left=0)
    card.refresh_from_db(fields=["pin", "wrong_pins"])
    if check_password(pin, card.pin):
        EidCard.objects.filter(pk=card.pk).update(wrong_pins=0)
        return Reading(Outcome.OK, tries_left=PINS)
    tries_left = PINS - card.wrong_pins
    return Reading(Outcome.WRONG_PIN if tries_left else Outcome.BLOCKED, tries_left)
