"""The rounds in which INAMI checks the confirmed guards of a world, as its agents see them."""

from django.db.models import QuerySet

from bhod.models import ValidationRound
from bhod_portal.core.models import World

SHOWN = 6


def _rounds(world: World) -> QuerySet[ValidationRound]:
    return ValidationRound.objects.filter(world=world).select_related("asked_by")


def waiting_round(world: World) -> ValidationRound | None:
    """The round that is asked and not done yet."""
    return _rounds(world).filter(finished_at=None).first()


def latest_rounds(world: World) -> QuerySet[ValidationRound]:
    """Some rounds, the latest first."""
    return _rounds(world).order_by("-opened_at", "-pk")[:SHOWN]
