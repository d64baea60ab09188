from django.template import engines
from django.utils.safestring import SafeString


def render(text: str) -> str:
    return engines["django"].from_string("{% load typography %}{{ text|typeset }}").render({"text": text})


def test_spaces_inside_quotation_marks_end_no_line():
    assert render("Cliquez sur « Suivant ».") == "Cliquez sur «\u00a0Suivant\u00a0»."


def test_no_line_begins_with_a_high_mark():
    assert render("Qui ? Vous : oui ; non !") == "Qui\u00a0? Vous\u00a0: oui\u00a0; non\u00a0!"


def test_no_line_parts_a_number_from_its_thousands():
    assert render("10 000 lignes, 5 Mo") == "10\u00a0000 lignes, 5 Mo"


def test_what_is_no_french_stays():
    assert render("Who: you; 10:00 <b>") == "Who: you; 10:00 &lt;b&gt;"


def test_html_stays():
    assert render(SafeString("<b>Qui ?</b>")) == "<b>Qui ?</b>"
