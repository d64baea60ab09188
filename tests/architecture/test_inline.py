"""The guard of pages sees what it is there for, and the test client asks it about every answer."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from tests.html_guard import assert_clean


def _planted(request):
    return HttpResponse('<button onclick="alert(1)">Suivant</button>')


urlpatterns = [path("planted/", _planted)]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<script>go()</script>", id="script"),
        pytest.param('<script type="module">go()</script>', id="module"),
        pytest.param("<style>p { color: red }</style>", id="style sheet"),
        pytest.param('<p style="color: red">a</p>', id="style attribute"),
        pytest.param('<a ONCLICK="go()">a</a>', id="handler"),
        pytest.param('<svg onload="go()"></svg>', id="handler in a picture"),
        pytest.param('<a href=" JavaScript:go()">a</a>', id="address that runs"),
        pytest.param('<p title="a>b">a</p><a title=\'"\' onclick="go()">a</a>', id="handler after quotes"),
        pytest.param('<p title="a onclick=go()>a</p>', id="tag that does not end"),
        pytest.param("<p>{{ person.name }}</p>", id="variable"),
        pytest.param("<p>{% url 'x' %}</p>", id="tag"),
        pytest.param('<form method="post"><input name="a"></form>', id="form without its token"),
    ],
)
def test_refuses(html):
    with pytest.raises(AssertionError):
        assert_clean(html)


@pytest.mark.parametrize(
    "html",
    [
        '<script src="/static/js/clock.js" defer></script>',
        '<script type="application/json">{"a": {"b": 1}}</script>',
        '<p data-style="1" class="on">l\'once = 31 g</p>',
        '<a href="?on=2026-03-10">jour</a>',
        '<form method="post"><input name="csrfmiddlewaretoken" value="x"></form>',
        '<form method="get"><input name="a"></form>',
    ],
)
def test_lets_pass(html):
    assert_clean(html.replace("}}", "} }"))


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_the_client_checks_every_page(client):
    with pytest.raises(AssertionError, match="onclick"):
        client.get("/planted/")
