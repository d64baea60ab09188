import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize(
    ("language", "shown"),
    [("fr", "Date&nbsp;: hier"), ("nl", "Date: hier"), ("de", "Date: hier"), ("en", "Date: hier")],
)
def test_only_french_sets_a_colon_apart_and_never_at_the_start_of_a_line(language, shown):
    with translation.override(language):
        assert Template("{% load portal %}Date{% colon %} hier").render(Context()) == shown
