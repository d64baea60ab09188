"""What a page that the test client got tells its reader."""

import re

from tests.fidelity.pages import Page
from tests.fidelity.registry import fold


def shows(response, text: str) -> bool:
    """Whether the page shows this text to its reader, whatever tags stand inside it and however it is typeset."""
    assert response.status_code in {200, 403}, response.status_code
    return fold(text) in Page(response.content.decode()).text


def text_of(response) -> str:
    """All that stands on a page, letter for letter, without tags and with plain spaces."""
    # What stands in words or at signs is no gap between them.
    source = re.sub(r'<wbr>|<span class="text-nowrap">([^<]*)</span>', r"\1", response.content.decode())
    bare = re.sub(r"<[^>]+>", " ", source)
    return " ".join(bare.replace("&#x27;", "'").replace("&nbsp;", " ").split())


def main_of(response) -> str:
    """The source of what the page itself shows: nothing of header and footer, which every page has."""
    return re.search(r"<main\b.*</main>", response.content.decode(), re.DOTALL)[0]


def without_token(response) -> str:
    """The source of a page but for the token of its forms, which differs from one answer to the next."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())


def errors(response) -> dict[str, list[str]]:
    """The codes of what is wrong in the form of the page, by field; « __all__ » is the form itself."""
    found = response.context["form"].errors.as_data()
    return {field: [error.code for error in each] for field, each in found.items()}
