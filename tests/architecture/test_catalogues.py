"""The catalogues say everything that the sources ask, in four languages; `make messages` brings them in step.

Our source strings are French: in French, no catalogue of a library may turn one into other words.

The catalogues of Django and allauth answer for every string that we happen to share with them: « active », an English
word of theirs, came back as « actif ».
"""

import ast
import re
import shutil
from dataclasses import dataclass

import polib
import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from bhod_portal.local import catalogues
from tests.architecture.templates import sources_of_ours
from tests.conftest import TYPESET

# How many texts each function of the catalogues takes first, the context included.
TEXTS = {"gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
# Django reads a template into such calls, between letters where it has blanked out the rest.
CALL = re.compile(r"""\b(?:n?p?gettext|_)\((?:[^()'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\)""")


@dataclass(frozen=True)
class Message:
    """A source string as it is asked of the catalogues: by which function, with its context and its numbers."""

    function: str
    texts: tuple[str, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """What we wrote: the text, or both of its numbers."""
        return self.texts[1:] if "pgettext" in self.function else self.texts

    @property
    def in_french(self) -> tuple[str, ...]:
        """What the catalogues make of it."""
        ask = getattr(translation, self.function)
        numbers = [(1,), (2,)] if self.function.startswith("n") else [()]
        with translation.override("fr"):
            return tuple(TYPESET.sub(" ", ask(*self.texts, *number)) for number in numbers)


def messages_of(path: str, source: str) -> set[Message]:
    """The source strings of a module, whatever names it gives to the functions, or of a template."""
    code = source if path.endswith(".py") else "\n".join(CALL.findall(templatize(source)))
    nodes = list(ast.walk(ast.parse(code)))
    functions = {"_": "gettext"} | {name: name for name in TEXTS}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            functions |= {each.asname or each.name: each.name.removesuffix("_lazy") for each in node.names}
    found = set()
    for node in nodes:
        function = functions.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
        if function in TEXTS:
            arguments = node.args[: TEXTS[function]]
            # The name of a world is asked as it stands in the database.
            if all(isinstance(argument, ast.Constant) for argument in arguments):
                found.add(Message(function, tuple(argument.value for argument in arguments)))
    return found


def changed(sources: dict[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The source strings that come back as something else, with what they come back as."""
    messages = {message for path, source in sources.items() for message in messages_of(path, source)}
    plain = {message: tuple(TYPESET.sub(" ", text) for text in message.own) for message in messages}
    return {each.own: each.in_french for each in messages if each.in_french != plain[each]}


def test_what_we_write_is_what_a_french_reader_sees():
    assert changed(sources_of_ours()) == {}


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd%]")
TAG = re.compile(r"</?\w+[^>]*>")


@pytest.fixture(scope="module")
def texts():
    if shutil.which("xgettext") is None:
        pytest.skip("no xgettext: install gettext")
    return catalogues.texts_of_sources()


@pytest.fixture(params=catalogues.PLURALS)
def language(request):
    return request.param


@pytest.fixture
def catalogue(language):
    return polib.pofile(str(catalogues.catalogue_path(language)), wrapwidth=0)


def said(entry):
    """Each text of an entry beside what it became."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]


def faults_of(entry):
    """Where a translation lacks, or holds other placeholders or tags than its text."""
    found = []
    for text, translation_ in said(entry):
        if not translation_.strip():
            found.append(("untranslated", text))
            continue
        # The singular may say « one » where the French counts.
        given, kept = set(PLACEHOLDER.findall(text)), set(PLACEHOLDER.findall(translation_))
        if given != kept:
            found.append(("placeholders", text))
        if sorted(TAG.findall(text)) != sorted(TAG.findall(translation_)):
            found.append(("tags", text))
    return [*found, ("fuzzy", entry.msgid)] if entry.fuzzy else found


def test_each_catalogue_holds_the_texts_of_the_sources(language, catalogue, texts):
    assert str(catalogue) == str(catalogues.in_step(language, texts)), "run « make messages »"


def test_nothing_is_left_untranslated_or_fuzzy(catalogue):
    assert [fault for entry in catalogue for fault in faults_of(entry)] == []


def test_what_is_compiled_is_what_is_written(language, catalogue):
    kept = catalogues.catalogue_path(language).with_suffix(".mo").read_bytes()
    assert kept == catalogues.compiled(catalogue), "run « make messages »"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Suivant"), "untranslated"),
        (polib.POEntry(msgid="Suivant", msgstr="Volgende", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="%(n)s h", msgstr="%(m)s u"), "placeholders"),
        (polib.POEntry(msgid="<b>Non</b>", msgstr="Nee"), "tags"),
        (polib.POEntry(msgid="une", msgid_plural="%(n)s", msgstr_plural={0: "een", 1: ""}), "untranslated"),
    ],
)
def test_what_a_catalogue_may_not_hold(entry, fault):
    assert [kind for kind, _text in faults_of(entry)] == [fault]


def test_mails_and_codes_keep_the_spaces_that_people_type():
    on_a_page = polib.POEntry(
        msgid="a :", occurrences=[("templates/csam/landing.html", ""), ("bhod/forms/guards.py", "")]
    )
    in_a_mail = polib.POEntry(
        msgid="a :", occurrences=[("csam/forms.py", ""), ("templates/csam/emails/x.txt", "")]
    )

    assert catalogues.on_pages_only(on_a_page)
    assert not catalogues.on_pages_only(in_a_mail)


@pytest.mark.parametrize(("number", "shown"), [(0, "garde"), (1, "garde"), (2, "gardes")])
def test_french_counts_nought_as_one(number, shown):
    with translation.override("fr"):
        assert translation.ngettext("%(number)s garde", "%(number)s gardes", number).endswith(f" {shown}")


class TestTheGuard:
    """Planted mistakes are caught, and no function of the catalogues is overlooked."""

    @pytest.mark.parametrize(
        ("path", "source"),
        [
            ("planted.py", "from django.utils.translation import gettext as _\n_('active')"),
            ("planted.py", "from django.utils.translation import gettext_lazy\ngettext_lazy('active')"),
            ("planted.html", "{% load i18n %}<p>{% translate 'active' %}</p>"),
            (
                "planted.html",
                "{% load i18n %}{% blocktranslate trimmed %}\n  active\n{% endblocktranslate %}",
            ),
            ("planted.html", '{% include "components/badge.html" with label=_("active") tone="info" only %}'),
        ],
    )
    def test_an_english_word_of_django(self, path, source):
        assert changed({path: source}) == {("active",): ("actif",)}

    @pytest.mark.parametrize(
        ("path", "source", "message"),
        [
            ("a.py", "pgettext('fonction', 'active')", Message("pgettext", ("fonction", "active"))),
            (
                "a.py",
                "ngettext('%(n)s garde', '%(n)s gardes', 2)",
                Message("ngettext", ("%(n)s garde", "%(n)s gardes")),
            ),
            (
                "a.html",
                "{% blocktranslate count n=n %}L'{{ n }}{% plural %}Les {{ n }}{% endblocktranslate %}",
                Message("ngettext", ("L'%(n)s", "Les %(n)s")),
            ),
        ],
    )
    def test_context_and_numbers(self, path, source, message):
        assert messages_of(path, source) == {message}
        assert message.in_french == message.own
