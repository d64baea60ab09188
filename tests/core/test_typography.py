import pytest
from django.template import engines
from django.utils.safestring import SafeString

from bhod_portal.core.typography import typeset


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Besoin d'aide ?", "Besoin d'aide\u00a0?"),
        ("le « GAP » : il agit ; et vous ?", "le «\u00a0GAP\u00a0»\u00a0: il agit\u00a0; et vous\u00a0?"),
        ("le n° 2", "le n°\u00a02"),
        ("10 000 lignes, 5 Mo", "10\u00a0000 lignes, 5 Mo"),
        ("à 08:30, %(a)s:%(b)s", "à 08:30, %(a)s:%(b)s"),
    ],
)
def test_no_line_parts_a_sign_from_its_word(text, shown):
    assert typeset(text) == shown


def render(text: str) -> str:
    return engines["django"].from_string("{% load typography %}{{ text|typeset }}").render({"text": text})


def test_what_code_says_is_set_like_a_catalogue():
    assert render("Qui ? « Moi »") == "Qui\u00a0? «\u00a0Moi\u00a0»"


def test_what_is_no_french_stays():
    assert render("Who: you; 10:00 <b>") == "Who: you; 10:00 &lt;b&gt;"


def test_html_stays():
    assert render(SafeString("<b>Qui ?</b>")) == "<b>Qui ?</b>"
