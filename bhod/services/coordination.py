"""One act over the guards of several circles: in each of them by its own right, rules, history and mails."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.utils.translation import gettext as _

from bhod.services.planning import Done
from bhod.services.proposals import Proposal, do_as_shown
from csam.models import Enterprise, Person

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CircleAct:
    """What is asked of one circle, and the fingerprint of what was shown of it."""

    circle: Enterprise
    proposal: Proposal
    shown: str


@dataclass(frozen=True, slots=True)
class CircleOutcome:
    """What came of it: `done`, or why nothing was; neither when a first click had done it already."""

    act: CircleAct
    done: Done | None
    refusal: str = ""


def do_in_circles(*, acts: Sequence[CircleAct], click: str, by: Person, at: datetime) -> list[CircleOutcome]:
    """Do in each circle what was shown of it, a transaction each: what one refuses keeps the others from nothing."""
    outcomes = []
    for act in acts:
        try:
            done = do_as_shown(proposal=act.proposal, shown=act.shown, click=click, by=by, at=at)
        except (PermissionDenied, ValidationError) as refusal:
            texts = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            outcomes.append(CircleOutcome(act, None, " ".join(texts)))
        except OperationalError:
            # Somebody else's act held the circle for too long; what was done before in the others stays, and is told.
            logger.exception("an act over several circles fails in circle %d", act.circle.pk)
            text = _("Un autre acte y était en cours : rien n'a été fait dans ce cercle. Recommencez-y.")
            outcomes.append(CircleOutcome(act, None, text))
        else:
            outcomes.append(CircleOutcome(act, done))
    return outcomes
