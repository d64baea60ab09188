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
    bare = re.sub(r"<[^>]+>", " ", response.content.decode().replace("<wbr>", ""))
    return " ".join(bare.replace("&#x27;", "'").replace("&nbsp;", " ").split())


def errors(response) -> dict[str, list[str]]:
    """The codes of what is wrong in the form of the page, by field; « __all__ » is the form itself."""
    found = response.context["form"].errors.as_data()
    return {field: [error.code for error in each] for field, each in found.items()}
