from html import unescape

import pytest
import typst

from bhod_portal.core import clock, pdf
from tests.csam.factories import AT

RECEIPT = "csam/receipts/designation.typ"
HOSTILE = '#panic("x") *gras* $a$ \\ "guillemets" <étiquette> 漢'
DATA = {
    "mark": "SIMULATEUR — aucune donnée réelle",
    "service": "CSAM",
    "title": "Accusé de réception",
    "rows": [["Personne désignée", HOSTILE], ["Référence", "–"]],
    "note": "Rien n'est réel.",
}


def test_gives_a_tagged_document_in_french():
    document = pdf.render(RECEIPT, DATA, at=AT)

    assert document.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in document
    assert b"/Lang(fr" in document


def test_is_the_same_each_time():
    """To the second, in whatever time zone it is said."""
    moment = AT.astimezone(clock.BRUSSELS).replace(microsecond=123456)

    assert pdf.render(RECEIPT, DATA, at=moment) == pdf.render(RECEIPT, DATA, at=AT)


def test_takes_no_word_for_markup(monkeypatch):
    """The same template as a page of HTML, which can be read."""
    kinds = []

    def as_html(source, **options):
        kinds.append(options.pop("format"))
        return compiled(source, format="html", **options)

    compiled = typst.compile
    monkeypatch.setattr(typst, "compile", as_html)
    html = unescape(pdf.render(RECEIPT, DATA, at=AT).decode())

    assert kinds == ["pdf"]
    for text in (HOSTILE, "Accusé de réception", "Personne désignée", "Rien n'est réel."):
        assert text in html


def test_reads_nothing_outside_the_templates(tmp_path):
    outside = tmp_path / "outside.typ"
    outside.write_text("x")

    with pytest.raises(RuntimeError, match="project root"):
        pdf.render(str(outside), DATA, at=AT)
