from tests.fidelity.pages import Page
from tests.fidelity.registry import fold


def shows(response, text: str) -> bool:
    """Whether the page shows this text to its reader, whatever tags stand inside it."""
    assert response.status_code in {200, 403}, response.status_code
    return fold(text) in Page(response.content.decode()).text


def errors(response) -> dict:
    """The codes of what is wrong in the form of the page, by field."""
    found = response.context["form"].errors.as_data()
    return {field: [error.code for error in each] for field, each in found.items()}
