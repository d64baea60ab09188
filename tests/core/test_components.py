"""The shared components, given real forms and values; no page of any portal is needed."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from bhod_portal.core import chain
from bhod_portal.core.fields import BceNumberField, DayField
from bhod_portal.core.ui import Column, Row, Section
from tests.html_guard import assert_clean


class RoleForm(forms.Form):
    bce_number = BceNumberField(label="Numéro d'entreprise", help_text="ou 10 avec le 0")
    manager = forms.ChoiceField(
        label="Gestionnaire",
        choices=[("me", "Moi-même"), ("other", "Une autre personne")],
        widget=forms.RadioSelect,
    )
    valid_from = DayField(label="Date de début")
    function = forms.ChoiceField(label="Fonction", choices=[("OA_ADMIN", "OA_ADMIN")])
    applications = forms.MultipleChoiceField(
        label="Applications sécurisées",
        choices=[("fees", "Honoraires de disponibilité (INAMI)"), ("crs", "Chapter IV")],
        widget=forms.CheckboxSelectMultiple,
    )
    applications.choice_hints = {"fees": "Enregistrement et suivi"}
    accounts = forms.IntegerField(label="Comptes", required=False)
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput, required=False)
    initials = forms.CharField(label="Initiales", max_length=4, required=False)
    email = forms.EmailField(label="Adresse e-mail", required=False)
    born = forms.DateField(label="Né le", widget=forms.SelectDateWidget(years=[2000]), required=False)
    empty = forms.ChoiceField(label="Vide", widget=forms.RadioSelect, required=False)
    confirmed = forms.BooleanField(label="oui, je confirme")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Déjà enregistrée.", code="registered")


class _Ids(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.described_by, self.labels = [], [], set(), set()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.described_by |= set(attributes.get("aria-describedby", "").split())
        if tag == "a" and attributes.get("href", "").startswith("#"):
            self.links.append(attributes["href"][1:])
        if tag == "label":
            self.labels.add(attributes["for"])


def read(html: str) -> _Ids:
    reader = _Ids()
    reader.feed(html)
    return reader


def render(name: str, **context: object) -> str:
    html = render_to_string(f"components/{name}.html", context)
    assert_clean(html)
    return html


def controls(html: str) -> dict[str, str]:
    """The classes of each control by its name."""
    tags = re.findall(r"<(?:input|select|textarea)[^>]*>", html)
    return {
        re.search(r'name="([^"]+)"', tag)[1]: found[1]
        for tag in tags
        if (found := re.search(r'class="([^"]+)"', tag))
    }


class TestFields:
    def test_every_label_and_description_names_an_element_that_is_there(self):
        page = read(render("form_fields", form=RoleForm({})))

        assert page.described_by | page.labels <= set(page.ids)
        assert {"id_bce_number_helptext", "id_bce_number_error", "id_manager_error"} <= page.described_by
        assert len(page.ids) == len(set(page.ids))

    def test_controls_get_the_classes_of_the_look_and_a_width_for_their_content(self):
        css = controls(render("form_fields", form=RoleForm()))

        assert css == {
            "bce_number": "form-control control-medium",
            "manager": "form-check-input",
            "valid_from": "form-control control-short",
            "function": "form-select",
            "applications": "form-check-input",
            "accounts": "form-control control-short",
            "password": "form-control control-medium",
            "initials": "form-control control-short",
            "email": "form-control control-long",
            "born_day": "form-control control-short",
            "born_month": "form-control control-short",
            "born_year": "form-control control-short",
            "confirmed": "form-check-input",
        }

    def test_nothing_is_remembered_of_a_box_that_says_nothing_of_it(self):
        html = render("form_fields", form=RoleForm())

        boxes = re.findall(r'<input type="(?:text|email|number|password)"[^>]*>', html)
        assert boxes
        assert [box for box in boxes if 'autocomplete="off"' not in box] == []

    def test_a_wrong_field_is_marked(self):
        html = render("form_fields", form=RoleForm({"bce_number": "12", "valid_from": "10-03-2026"}))

        css = controls(html)
        assert css["bce_number"].endswith("is-invalid")
        assert "is-invalid" not in css["valid_from"]
        assert 'value="12"' in html
        assert 'aria-invalid="true"' in html

    def test_a_group_has_a_legend_and_a_choice_its_hint(self):
        html = render("form_fields", form=RoleForm())

        assert re.search(r"<legend[^>]*>Applications sécurisées", html)
        assert '<span class="choice-hint">Enregistrement et suivi</span>' in html
        assert html.count("choice-hint") == 1

    def test_required_fields_are_marked_and_explained(self):
        html = render("form_fields", form=RoleForm())

        assert "Les champs marqués d'un * sont obligatoires" in html.replace("&#x27;", "'")
        assert html.count("required-mark") == 6

    def test_a_form_without_required_field_says_nothing_of_them(self):
        class SearchForm(forms.Form):
            name = forms.CharField(label="Nom", required=False)

        html = render("form_fields", form=SearchForm())

        assert "obligatoires" not in html
        assert "required-mark" not in html

    def test_a_list_that_is_always_filled_needs_no_mark(self):
        html = render("field", field=RoleForm()["function"], always_filled=True)

        assert "required-mark" not in html

    def test_hidden_fields_are_sent_too(self):
        assert 'type="hidden" name="token"' in render("form_fields", form=RoleForm())


class ColonForm(forms.Form):
    organisation = forms.CharField(label="Au sein de l'organisation:")


class TestErrorSummary:
    def test_says_a_label_that_ends_with_a_colon_as_part_of_a_sentence(self):
        assert "Au sein de l&#x27;organisation&nbsp;: " in render("error_summary", form=ColonForm({}))

    def test_links_to_the_fields_that_are_wrong(self):
        form = RoleForm({"bce_number": "12"})
        summary = render("error_summary", form=form)
        fields = read(render("form_fields", form=form))

        links = read(summary).links
        assert set(links) <= set(fields.ids)
        assert links == [
            "id_bce_number",
            "id_manager_0",
            "id_valid_from",
            "id_function",
            "id_applications_0",
            "id_confirmed",
        ]

    def test_says_what_concerns_the_whole_form_or_a_hidden_field(self):
        summary = render("error_summary", form=RoleForm({}))

        assert "Déjà enregistrée." in summary
        assert summary.count("<li>") > len(read(summary).links)

    def test_names_a_hidden_field_that_has_a_name(self):
        form = RoleForm({})
        form.fields["token"].label = "Unité"

        assert "<li>Unité&nbsp;: " in render("error_summary", form=form)

    def test_is_silent_when_nothing_is_wrong(self):
        assert render("error_summary", form=RoleForm()).strip() == ""

    def test_a_group_without_choices_is_reached_by_its_fieldset(self):
        form = RoleForm({"empty": "x"})

        assert "id_empty" in read(render("error_summary", form=form)).links
        assert "id_empty" in read(render("form_fields", form=form)).ids


class TestSummaries:
    ROWS = (
        Row("Dénomination", "CMG Val de Senne ASBL", "/modifier/"),
        Row("Téléphone", ""),
        Row("Fin", None),
    )

    def test_shows_each_value_and_where_to_change_it(self):
        html = render("summary_list", rows=self.ROWS)

        assert "CMG Val de Senne ASBL" in html
        assert html.count("/modifier/") == html.count("Modifier") == 1
        assert '<span class="visually-hidden"> : Dénomination</span>' in html
        assert html.count("–") == 2

    def test_check_page_titles_each_section(self):
        html = render("check_answers", sections=[Section("Votre entreprise", self.ROWS), Section("Rien")])

        assert re.findall(r"<h2>(.*?)</h2>", html) == ["Votre entreprise", "Rien"]

    @pytest.mark.parametrize(("url", "links"), [("/suite/", 1), ("", 0)])
    def test_confirmation_names_the_next_step(self, url, links):
        html = render(
            "confirmation_panel", title="C'est fait", text="Merci.", next_url=url, next_label="Continuer"
        )

        assert "<h1" in html
        assert html.count('href="/suite/"') == links

    def test_values_are_escaped(self):
        assert "<b>" not in render("summary_list", rows=[Row("Nom", "<b>")])

    def test_codes_break_behind_an_underscore_and_stay_escaped(self):
        html = render("summary_list", rows=[Row("Fonction", "OA_<ADMIN>")])

        assert "OA_<wbr>&lt;ADMIN&gt;" in html


class TestTable:
    def table(self, rows, tmp_path, settings):
        (tmp_path / "row.html").write_text("<tr><td>{{ row.name }}</td></tr>")
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
        columns = ["Nom", Column("Montant"), Column("Statut", numeric=False), ""]
        return render(
            "table",
            caption="Médecins",
            columns=columns,
            rows=rows,
            row_template="row.html",
            empty_text="Aucun.",
        )

    def test_shows_its_rows_under_headings(self, tmp_path, settings):
        html = self.table([SimpleNamespace(name="Luc Moreau")], tmp_path, settings)

        assert "<td>Luc Moreau</td>" in html
        assert html.count('scope="col"') == 4
        assert '<th scope="col" class="num">Montant</th>' in html
        assert '<th scope="col"><span class="visually-hidden">Action</span></th>' in html
        assert "<caption>Médecins</caption>" in html

    def test_scrolls_in_a_region_that_the_keyboard_reaches(self, tmp_path, settings):
        html = self.table([SimpleNamespace(name="Luc Moreau")], tmp_path, settings)

        assert 'role="region" aria-label="Médecins" tabindex="0"' in html

    def test_says_when_there_is_nothing(self, tmp_path, settings):
        html = self.table([], tmp_path, settings)

        assert "Aucun." in html
        assert "<table" not in html

    def test_empty_state_offers_what_one_can_do(self):
        html = render("empty_state", text="Rien.", action_url="/ajouter/", action_label="Ajouter")

        assert 'href="/ajouter/"' in html


class TestPagination:
    def test_keeps_the_rest_of_the_query(self):
        html = render("pagination", page_obj=Paginator(range(300), 25).page(5), query="mois=2026-03")

        assert 'href="?mois=2026-03&amp;page=4"' in html
        assert html.count('aria-current="page"') == 1
        assert html.count("…") == 2
        assert {'rel="prev"', 'rel="next"'} <= set(re.findall(r'rel="\w+"', html))

    @pytest.mark.parametrize(("number", "absent"), [(1, 'rel="prev"'), (2, 'rel="next"')])
    def test_the_ends_lead_no_further(self, number, absent):
        html = render("pagination", page_obj=Paginator(range(30), 25).page(number), query="")

        assert absent not in html
        assert 'href="?page=1"' in html

    def test_is_silent_for_one_page(self):
        assert render("pagination", page_obj=Paginator(range(3), 25).page(1), query="").strip() == ""


@pytest.mark.parametrize("name", ["badge", "inset"])
def test_remarks_carry_their_tone(name):
    html = render(name, label="active", text="active", tone="success")

    assert "-success" in html
    assert "active" in html


class TestChain:
    def render(self, key):
        html = Template("{% load portal %}{% chain key %}").render(Context({"key": key}))
        assert_clean(html)
        return html

    def test_marks_the_step_of_the_page(self):
        html = self.render("quality")

        # Once in the wide list, once in the folded one of small screens.
        marked = re.findall(r'aria-current="step">.*?chain-label">(.*?)<', html)
        assert marked == ["Qualité eHealth Soins de Santé"] * 2
        assert "Étape 3 sur 9" in html

    def test_marks_nothing_on_a_page_of_no_step(self):
        html = self.render("")

        assert "aria-current" not in html
        assert html.count("Les étapes, de la BCE à BHOD") == 2

    def test_every_step_leads_to_a_page(self):
        assert all(step.url for step in chain.STEPS)

    def test_a_step_of_an_app_that_is_not_there_leads_nowhere(self):
        assert chain.Step("x", "X", "csam", "nowhere:home").url == ""

    def test_refuses_a_key_that_no_step_has(self):
        with pytest.raises(ValueError, match="register"):
            self.render("register")


@pytest.mark.parametrize(
    ("path", "link", "current"),
    [
        pytest.param("/bhod/gardes/", "{% nav_link url 'Gardes' %}", "page", id="the page itself"),
        pytest.param("/bhod/gardes/liste/", "{% nav_link url 'Gardes' %}", "true", id="a page below"),
        pytest.param("/bhod/gardes/liste/", "{% nav_link url 'Gardes' exact=True %}", "", id="exact"),
        pytest.param("/bhod/", "{% nav_link url 'Gardes' %}", "", id="elsewhere"),
    ],
)
def test_menu_marks_where_one_is(path, link, current):
    template = Template("{% load portal %}" + link)
    html = template.render(Context({"request": RequestFactory().get(path), "url": "/bhod/gardes/"}))

    assert ("aria-current" in html) == bool(current)
    assert f'aria-current="{current}"' in html or not current


def test_menu_works_without_a_request():
    template = Template("{% load portal %}{% nav_link url 'Gardes' %}")

    assert 'href="/bhod/"' in template.render(Context({"url": "/bhod/"}))


@pytest.mark.parametrize(
    ("name", "digits", "shown"),
    [
        ("niss", "71031499696", "71.03.14-996.96"),
        ("bce", "0999999031", "0999.999.031"),
        ("inami", "19990512004", "1-99905-12-004"),
        ("onss", "199009079", "1990090-79"),
    ],
)
def test_numbers_are_shown_as_forms_print_them(name, digits, shown):
    template = Template("{% load portal %}{{ digits|" + name + " }}")

    assert template.render(Context({"digits": digits})) == shown
