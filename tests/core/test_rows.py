"""Rows rendered from one pattern are the very rows that the template would give for each."""

import pytest
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import override

from access_mgmt.views.member_lists import ListedMember
from bhod_portal.core.rows import render_rows

TEMPLATE = "access_mgmt/_member_row.html"


def row(**values):
    texts = dict.fromkeys(
        ("name", "last_name", "first_name", "username", "type_name", "niss", "status"), "Léa O'Neil"
    )
    return ListedMember(**{"pk": 7, "quality_pk": 3, **texts, **values})


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"last_name": '<script>alert("1")</script>', "name": "a & b"},
        {"last_name": "{name} {{ name }} %(name)s \\1", "username": ""},
        {"pk": 10**18, "quality_pk": 0},
        {"status": format_html('<span class="state">{}</span>', "<Actif>")},
    ],
)
def test_are_what_the_template_gives(values):
    rows = [row(), row(**values)]

    assert render_rows(TEMPLATE, rows) == "".join(
        get_template(TEMPLATE).render({"row": each}) for each in rows
    )


def test_of_none_are_nothing():
    assert render_rows(TEMPLATE, []) == ""


def test_speak_the_language_of_the_request():
    french = render_rows(TEMPLATE, [row()])
    with override("nl"):
        assert render_rows(TEMPLATE, [row()]) == get_template(TEMPLATE).render({"row": row()})
    assert render_rows(TEMPLATE, [row()]) == french
