"""Words of French in the code reach the catalogues: a text with accents or guillemets is given to one of their functions.

Templates have a guard of their own (test_templates.py); texts without an accent are found there and on the pages.
"""

import ast
import re

import pytest

from tests.architecture.templates import sources_of_ours

FRENCH = re.compile(r"[àâçèéêëîïôùûüœÀÂÇÈÉÊÎÔÙÛŒ«»]")
ASKING = re.compile(r"_|n?p?gettext(?:_lazy|_noop)?")
# Who reads these: an administrator at a terminal, another program; or they are data of the demonstration.
APART = re.compile(r"/(?:local|settings|migrations|management|demo)/|/core/views/components\.py$")
# What is French by nature: names of functions in the official list, headings of files of others, a check of letters.
KNOWN = {
    "access_mgmt/apps.py": {"Gestion des accès"},
    "access_mgmt/enums.py": {"APIPORTAL - Opérateur"},
    "bhod/eligibility.py": {"Pâques", "Pentecôte"},
    "core/typography.py": {r"(?<=[«°]) (?=\S)|(?<=\S) (?=[»:;?!])|(?<=\d) (?=000\b)"},
    "csam/passwords.py": {"[a-zà-ÿ]", "[A-ZÀ-Ý]"},
    "prosante_login/apps.py": {"ProSanté"},
    "training/templatetags/letters.py": {r"""(https?://[^\s<>"'«»]*[^\s<>"'«».,;:!?)\]])"""},
}
FILES_OF_OTHERS = re.compile(r"/(?:planning_files|planning_lines|import_files|doctor_files|tables)\.py$")


def untold(source):
    """The texts of a module with French signs that no function of the catalogues gets; what documents it aside."""
    tree = ast.parse(source)
    told = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ASKING.fullmatch(getattr(node.func, "id", "")):
            told |= {id(each) for argument in node.args for each in ast.walk(argument)}
        elif isinstance(node, ast.Expr):
            told.add(id(node.value))
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)
    return {node.value for node in texts if isinstance(node.value, str) and FRENCH.search(node.value)}


def test_french_words_are_told_to_the_catalogues():
    found = {}
    for path, source in sources_of_ours().items():
        if not path.endswith(".py") or APART.search(path) or FILES_OF_OTHERS.search(path):
            continue
        known = next((texts for name, texts in KNOWN.items() if path.endswith(name)), set())
        if left := untold(source) - known:
            found[path] = left
    assert found == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("label = 'Médecin'", {"Médecin"}),
        ("label = _('Médecin') + ' à ' + name", {" à "}),
        ("label = f'le {day} à {time}'", {" à "}),
        ("label = gettext_lazy('Médecin')", set()),
        ("'''Médecin'''\n# Médecin", set()),
    ],
)
def test_planted_words_are_found(source, found):
    assert untold(source) == found
