import pytest

from training.templatetags.letters import with_links

OURS = {"https://portail.invalid", "http://localhost:8000"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "Suivez https://portail.invalid/csam/?a=1&b=2#c.",
            'Suivez <a href="/csam/?a=1&amp;b=2#c">https://portail.invalid/csam/?a=1&amp;b=2#c</a>.',
        ),
        ("(http://localhost:8000)", '(<a href="/">http://localhost:8000</a>)'),
        ("<script>alert('1')</script>", "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;"),
    ],
    ids=["ours", "this host", "code"],
)
def test_links_lead_into_the_portal_and_all_else_is_text(text, html):
    assert with_links(text, OURS) == html


@pytest.mark.parametrize(
    "address",
    [
        "https://www.csam.be/fr/",
        "http://portail.invalid/",
        "https://portail.invalid@ailleurs.invalid/",
        "https://portail.invalid.ailleurs.invalid/",
        "https://portail.invalid//ailleurs.invalid/",
        "https://portail.invalid/\\ailleurs.invalid/",
        "https://[ailleurs/",
        "javascript:alert(1)",
    ],
)
def test_what_leads_elsewhere_is_no_link(address):
    assert "<a " not in with_links(f"Voyez {address} maintenant", OURS)


def test_a_quote_ends_an_address():
    html = with_links('https://portail.invalid/"onclick="alert(1)', OURS)

    assert html.startswith('<a href="/">https://portail.invalid/</a>&quot;onclick')
