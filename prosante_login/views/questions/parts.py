from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise


class Look(Enum):
    """How a line of a pictured screen looks."""

    TITLE = "title"
    TEXT = "text"
    BOX = "box"
    OPTION = "option"
    GROUP = "group"
    BUTTON = "button"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a pictured screen; fields, buttons and options that stand side by side are one line."""

    look: Look
    texts: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of ours that an answer speaks of: what the link says, and the name of the URL."""

    label: Promise
    url_name: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of seed 003: its slug, which also marks its line in the list, and the template that answers it.

    `explains_refusals`: « Pourquoi ? » belongs to the answer.
    """

    slug: str
    title: Promise
    answer: str
    screens: tuple[Screen, ...]
    explains_refusals: bool = False
