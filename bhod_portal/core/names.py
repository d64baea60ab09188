import re
import unicodedata

from django.db.models import CharField, Func
from django.utils.translation import get_language

# Before a vowel, a « y » that is one, and the « h » of Hélène: « d'Elise », « de Yasmine », « de Hugo ».
_ELIDES = re.compile(r"[aeiou]|y(?![aeiou])|he")


def plain(text: str) -> str:
    """What lists sort and search on, since the server has no ICU: lower case, without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", " ".join(text.lower().split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def elided(text: str, name: object) -> str:
    """A French sentence in which `de` or `que` may stand before a person's name; those of other languages stay."""
    name = str(name)
    if get_language() != "fr" or not _ELIDES.match(plain(name)):
        return text
    return re.sub(rf"\b(d|qu)e (?=(?:<strong>)?{re.escape(name)})", r"\1'", text)


class Plain(Func):
    """In SQL what `plain` makes of a name that has no `sort_name` of its own; spaces stay as they are.

    A text of ASCII letters (as many bytes as letters), as most are, has no accent to be taken apart.
    """

    template = (
        r"CASE WHEN octet_length(%(expressions)s) = length(%(expressions)s) THEN lower(%(expressions)s) "
        r"ELSE lower(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g')) END"
    )
    arity = 1
    output_field = CharField()
