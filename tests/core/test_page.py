"""The page that all screens stand on, and the pages of errors."""

import re

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from bhod_portal.core.fields import DayField
from bhod_portal.core.models import World
from csam.forms.designations import EnterpriseRegisterForm
from csam.models import Person
from tests.csam.factories import AT, WorldFactory
from tests.html_guard import assert_clean, faults_in

ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]


@pytest.fixture
def page_request():
    request = RequestFactory().get("/bhod/gardes/")
    request.user = AnonymousUser()
    request.world = World(name="Monde de démonstration", frozen_at=AT)
    return request


class TestPage:
    @pytest.mark.parametrize("name", ERROR_PAGES)
    def test_error_pages_need_nothing(self, name):
        html = render_to_string(name)

        assert_clean(html)
        assert "SIMULATEUR — aucune donnée réelle" in html
        assert html.count("<h1") == 1

    def test_says_whose_time_it_is(self, page_request):
        html = render_to_string("404.html", request=page_request)

        assert "Monde de démonstration" in html
        assert "mar 10/03/2026 10:00" in html

    def test_offers_to_log_in_and_come_back(self, page_request):
        html = render_to_string("base.html", request=page_request)

        assert "?next=/bhod/gardes/" in html
        assert "Quitter" not in html

    def test_says_who_one_is(self, page_request):
        page_request.user = Person(first_name="Claire", last_name="Lambert")
        html = render_to_string("base.html", request=page_request)

        assert "Claire Lambert</a>" in html
        assert "Quitter" in html
        assert "?next=" not in html

    def test_title_says_that_something_is_wrong(self, page_request):
        html = render_to_string("base.html", {"form": EnterpriseRegisterForm({})}, request=page_request)

        assert re.search(r"<title>Erreur\s:", html)

    def test_loads_the_script_of_its_form_once(self, page_request):
        class PeriodForm(forms.Form):
            start = DayField(label="Du")
            end = DayField(label="Au")

        html = render_to_string("base.html", {"form": PeriodForm()}, request=page_request)

        assert html.count('<script src="/static/js/day-picker.js" defer></script>') == 1

    def test_announces_messages(self, page_request):
        html = render_to_string("base.html", {"messages": [Message(constants.SUCCESS, "Enregistré.")]})

        assert '<p class="notice notice-success">Enregistré.</p>' in html
        assert 'class="notices" role="status"' in html

    def test_a_refusal_says_why(self):
        html = render_to_string("403.html", {"exception": "Il vous manque la fonction de manager."})

        assert "Il vous manque la fonction de manager." in html

    @pytest.mark.parametrize(
        ("app", "theme"),
        [
            ("csam", "csam"),
            ("access_mgmt", "securite-sociale"),
            ("prosante_login", "prosante"),
            ("bhod", "bhod"),
            ("training", "formation"),
        ],
    )
    def test_each_portal_has_its_theme(self, app, theme, page_request):
        html = render_to_string(f"{app}/base.html", request=page_request)

        assert_clean(html)
        assert f'<body data-portal="{theme}">' in html


def test_a_form_without_token_is_refused_on_a_page_of_ours():
    WorldFactory()

    response = Client(enforce_csrf_checks=True).post("/formation/horloge/avancer/")

    assert response.status_code == 403
    assert "La page a expiré" in response.text


def test_a_page_on_which_one_types_days_loads_their_calendar():
    day = str(DayField().widget.render("du", None))

    assert faults_in(f"<html>{day}</html>") == ["a day to type without the script of its calendar"]
    assert faults_in(f'<html><script src="/static/js/day-picker.js" defer></script>{day}</html>') == []
