"""Parts of pages that are rendered once for the same values, and anew for any others."""

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import set_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from bhod_portal.core.parts import render_part
from bhod_portal.core.ui import Column

LINK = "components/nav_link.html"
HOME = "components/home_link.html"


def link(label):
    return render_part(LINK, url="/a/", label=label, current="")


@pytest.mark.parametrize("label", ["Léa & Cie", SafeString("<b>Léa</b>"), "", 7, True, None])
def test_are_what_the_template_gives(label):
    assert link(label) == render_to_string(LINK, {"url": "/a/", "label": label, "current": ""})


def test_of_other_values_are_others():
    assert "&lt;b&gt;" in link("<b>")
    assert "&lt;b&gt;" not in link(SafeString("<b>"))
    assert ">1<" in link(1)
    assert ">True<" in link(True)


def test_speak_the_language_of_the_request():
    lazy = gettext_lazy("Accueil")
    with override("nl"):
        assert link(lazy) == link(str(lazy))
        dutch = render_part(HOME, css="")
        assert dutch == render_to_string(HOME, {"css": ""})
    with override("fr"):
        assert render_part(HOME, css="") == render_to_string(HOME, {"css": ""})


def test_lead_where_the_portal_stands():
    assert 'href="/"' in render_part(HOME, css="")
    set_script_prefix("/portail/")
    try:
        assert 'href="/portail/"' in render_part(HOME, css="")
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize("value", [[], {}, object(), 1.5])
def test_refuse_what_may_change(value):
    with pytest.raises(TypeError, match="label is no text"):
        link(value)


def test_see_nothing_of_the_page():
    tag = Template(f'{{% load portal %}}{{% part "{HOME}" css=css %}}')

    assert 'class="brand"' in tag.render(Context({"css": "brand"}))
    assert "class=" not in tag.render(Context({"css": ""}))


def test_headings_say_how_a_table_is_sorted():
    columns = [
        Column("Nom", sort_url="?tri=-nom", sorted="ascending"),
        "Statut",
        "",
        Column("Choisir", hidden=True),
    ]
    html = Template("{% load portal %}{% table_headings columns %}").render(Context({"columns": columns}))

    assert html.count("<th") == 4
    assert 'aria-sort="ascending"' in html
    assert 'id="tri-1" href="?tri=-nom"' in html
    assert html.count("visually-hidden") == 2
