"""How French sentences are set: which spaces end no line."""

import re

# French sets signs apart from the words: « », : ; ? ! and n° before its number; and thousands from each other.
_SPACES = re.compile(r"(?<=[«°]) (?=\S)|(?<=\S) (?=[»:;?!])|(?<=\d) (?=000\b)")


def typeset(french: str) -> str:
    """The sentence in which no line ends with « or begins with », a colon or the like, nor inside a number."""
    return _SPACES.sub("\u00a0", french)
