"""Every template starts right, runs no code, speaks through the catalogues, and is used."""

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from tests.architecture import templates

ALL = templates.all_templates()
PAGES = [pytest.param(path, id=templates.name_of(path)) for path in ALL if path.suffix == ".html"]
COMPONENTS = [
    pytest.param(path, id=templates.name_of(path))
    for path in sorted(templates.TEMPLATES.rglob("components/*.html"))
]


@pytest.mark.parametrize("path", PAGES)
def test_the_source_is_clean(path):
    source = path.read_text(encoding="utf-8")
    assert templates.faults_of_start(templates.name_of(path), source) == []
    assert templates.faults_of_code(source) == []
    assert templates.faults_of_load(source) == []
    assert templates.untranslated(source) == []


@pytest.mark.parametrize("path", COMPONENTS)
def test_a_component_names_its_variables(path):
    assert templates.undeclared(templates.name_of(path), path.read_text(encoding="utf-8")) == set()


def test_every_template_is_used():
    names = [templates.name_of(path) for path in ALL]
    assert templates.unused(names, templates.sources_of_ours()) == []


class TestTheGuard:
    """Planted mistakes are caught."""

    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("components/planted.html", "<p>{{ text }}</p>"),
            ("csam/_planted.html", "{% load i18n %}\n{# text #}"),
            ("csam/planted.html", "{# a page #}\n{% extends 'base.html' %}"),
        ],
    )
    def test_a_wrong_start(self, name, source):
        assert templates.faults_of_start(name, source)

    @pytest.mark.parametrize(
        "source",
        [
            "<script>go()</script>",
            '<p style="color: {{ tone }}">a</p>',
            "<a {% if x %}onclick='go()'{% endif %}>a</a>",
            "{{ text|safe }}",
            "{{ text|lower| safe }}",
            "{% autoescape off %}{{ text }}{% endautoescape %}",
        ],
    )
    def test_code_in_the_markup(self, source):
        assert templates.faults_of_code(source)

    @pytest.mark.parametrize("source", ["{% load portal i18n %}", "{% load i18n %}{% load portal %}"])
    def test_a_load_out_of_order(self, source):
        assert templates.faults_of_load(source)

    @pytest.mark.parametrize(
        "source",
        [
            "<h1>Fonctions exercées</h1>",
            "<a>{% translate 'Retour' %} ici</a>",
            '<input placeholder="jj-mm-aaaa">',
            '<nav aria-label="Les étapes"></nav>',
            '{% include "components/inset.html" with text="Aucune garde" tone="info" only %}',
            '{% nav_link home_url "Accueil" %}',
        ],
    )
    def test_words_outside_the_catalogues(self, source):
        assert templates.untranslated(source)

    @pytest.mark.parametrize(
        "source",
        [
            "<h1>{% translate 'Fonctions exercées' %}</h1>",
            "{% blocktranslate trimmed %}Bonjour <b>{{ name }}</b>{% endblocktranslate %}",
            '{% include "components/inset.html" with text=_("Aucune garde") tone="info" only %}',
            "{# Une remarque #}<p>{{ value }} – 12 €</p>",
            "<p>CSAM</p>",
        ],
    )
    def test_words_of_the_catalogues_pass(self, source):
        assert templates.untranslated(source) == []

    def test_a_variable_that_the_first_line_does_not_name(self):
        source = "{# text: what is said. #}\n{% for row in rows %}{{ row }}{{ text }}{% endfor %}"
        assert templates.undeclared("components/planted.html", source) == {"rows"}

    def test_a_template_that_nothing_uses(self):
        sources = {"a.py": 'template_name = "csam/used.html"'}
        assert templates.unused(["csam/used.html", "csam/planted.html"], sources) == ["csam/planted.html"]

    def test_an_undefined_variable(self):
        """The flag --fail-on-template-vars is on: what a view forgets fails its test."""
        with pytest.raises(pytest.fail.Exception, match="Undefined template variable 'label'"):
            render_to_string("components/badge.html", {"tone": "info"})

    def test_a_template_that_is_missing(self):
        with pytest.raises(TemplateDoesNotExist):
            render_to_string("components/planted.html")
