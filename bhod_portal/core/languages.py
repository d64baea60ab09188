"""Texts in every language of the portal: what one person took away in Dutch, another brings back in French."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise


def in_each_language(text: str | Promise) -> list[str]:
    """What a lazy text says in the reader's language, then in the others."""
    said = [str(text)]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.append(str(text))
    return list(dict.fromkeys(said))


def all_in_each_language(texts: Iterable[str | Promise]) -> list[str]:
    return [said for text in texts for said in in_each_language(text)]
