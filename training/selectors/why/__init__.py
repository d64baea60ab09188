from training.selectors.why.answer import Answer, answer, mandate_answer, unknown_enterprise
from training.selectors.why.chain import Link, LinkState, Mender, Screen
from training.selectors.why.facts import QUALITY, Asker, Facts, Session, knows_names, read
from training.selectors.why.mandates import MandateFacts, read_mandates
from training.selectors.why.targets import FINANCES, MANDATES, Target, target_for, targets

__all__ = [
    "FINANCES",
    "MANDATES",
    "QUALITY",
    "Answer",
    "Asker",
    "Facts",
    "Link",
    "LinkState",
    "MandateFacts",
    "Mender",
    "Screen",
    "Session",
    "Target",
    "answer",
    "knows_names",
    "mandate_answer",
    "read",
    "read_mandates",
    "target_for",
    "targets",
    "unknown_enterprise",
]
