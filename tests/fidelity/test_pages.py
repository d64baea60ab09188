"""The reader of pages that the register relies on sees what a person sees, and nothing else."""

import pytest

from tests.fidelity.pages import Page


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        pytest.param(
            "<p>Vous <strong>devez</strong>, ici.</p>", "sentence", "Vous devez, ici.", id="emphasis"
        ),
        pytest.param("<p>l&#x27;accès</p>", "sentence", "l’accès", id="curly apostrophe"),
        pytest.param("<p>Besoin d'aide&nbsp;?</p>", "sentence", "Besoin d'aide?", id="space before the mark"),
        pytest.param("<label>Nom <span>*</span></label>", "label", "Nom :", id="mandatory mark, colon"),
        pytest.param("<label>A <span>de quoi il s'agit</span></label>", "option", "A", id="hint in a label"),
        pytest.param("<input type=submit value=Suivant>", "button", "Suivant", id="value of a button"),
        pytest.param("<nav><a href='/a'><b>Accueil</b></a></nav>", "menu", "Accueil", id="menu"),
        pytest.param("<ul><li aria-current='page'>Accueil</li></ul>", "menu", "Accueil", id="current entry"),
    ],
)
def test_sees(html, kind, text):
    assert Page(html).shows(text, kind=kind)


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        pytest.param("<head><title>Gardes</title></head>", "sentence", "Gardes", id="title of the window"),
        pytest.param("<script>Gardes</script>", "sentence", "Gardes", id="script"),
        pytest.param("<input type=hidden value=Suivant>", "sentence", "Suivant", id="hidden field"),
        pytest.param("<p>Suivant</p>", "button", "Suivant", id="text that is no button"),
        pytest.param("<th>Nom d'utilisateur</th>", "column", "Nom", id="part of another column"),
        pytest.param("<label>Nom d'utilisateur</label>", "label", "Nom :", id="part of another label"),
        pytest.param(
            "<option>eHealth Soins de Santé</option>", "option", "Soins de Santé", id="part of an option"
        ),
        pytest.param("<p>l'acces</p>", "sentence", "l'accès", id="other letters"),
    ],
)
def test_does_not_see(html, kind, text):
    assert not Page(html).shows(text, kind=kind)
