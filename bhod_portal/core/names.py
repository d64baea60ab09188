import unicodedata


def plain(text: str) -> str:
    """What lists sort and search on, since the server has no ICU: lower case, without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", " ".join(text.lower().split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
