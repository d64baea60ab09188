"""Names in French sentences."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from bhod_portal.core.kept_texts import keep, told
from bhod_portal.core.names import elided


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Elise Moreau", "d'Elise Moreau"),
        ("Émile Zola", "d'Émile Zola"),
        ("Yves Martin", "d'Yves Martin"),
        ("Hélène Piron", "d'Hélène Piron"),
        ("Yasmine Idrissi", "de Yasmine Idrissi"),
        ("Hugo Claus", "de Hugo Claus"),
        ("Luc Peeters", "de Luc Peeters"),
    ],
)
def test_of_whom(name, expected):
    assert elided(f"Dossier de {name}", name) == f"Dossier {expected}"
    assert elided(f"Dossier de <strong>{name}", name).replace("<strong>", "") == f"Dossier {expected}"


def test_only_what_stands_before_the_name():
    assert elided("Dès que Inès de Aa signe, que Anne", "Inès de Aa") == "Dès qu'Inès de Aa signe, que Anne"


def test_a_kept_text_too():
    assert (
        told(keep("Fin de l'inscription de %(doctor)s", doctor="Inès Leroy"))
        == "Fin de l'inscription d'Inès Leroy"
    )


def test_other_languages_stay():
    with override("nl"):
        assert elided("Dossier de Elise", "Elise") == "Dossier de Elise"


def test_a_page_shows_it_as_safe_as_it_was():
    page = Template("{% load portal %}{% filter elided:name %}<b>de {{ name }}</b>{% endfilter %}")

    assert page.render(Context({"name": "Eve O'Hara & <i>"})) == "<b>d'Eve O&#x27;Hara &amp; &lt;i&gt;</b>"
    assert (
        Template("{% load portal %}{{ text|elided:name }}").render(
            Context({"name": "Eve", "text": "<b> de Eve"})
        )
        == "&lt;b&gt; d&#x27;Eve"
    )
