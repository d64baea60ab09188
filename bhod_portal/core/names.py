import unicodedata

from django.db.models import CharField, Func


def plain(text: str) -> str:
    """What lists sort and search on, since the server has no ICU: lower case, without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", " ".join(text.lower().split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


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
