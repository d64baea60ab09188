from training.selectors.why.answer import Answer, answer, unknown_enterprise
from training.selectors.why.chain import Link, LinkState, Mender, Screen
from training.selectors.why.facts import QUALITY, Asker, Facts, Session, knows_names, read
from training.selectors.why.targets import FINANCES, Target, target_for, targets

__all__ = [
    "FINANCES",
    "QUALITY",
    "Answer",
    "Asker",
    "Facts",
    "Link",
    "LinkState",
    "Mender",
    "Screen",
    "Session",
    "Target",
    "answer",
    "knows_names",
    "read",
    "target_for",
    "targets",
    "unknown_enterprise",
]
