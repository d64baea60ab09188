"""Mails and text messages are written in the language of who reads them, not of who made them be sent.

Read from the sources: what is rendered of a mail stands inside `translation.override`, or in a function that is called
there only. That the catalogues say each text otherwise is held by `test_catalogues`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("access_mgmt", "bhod", "bhod_portal", "csam", "prosante_login", "training")
# What asks the catalogues at once; lazy texts wait until they are rendered.
ASKED_AT_ONCE = {"_", "gettext", "ngettext"}


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _is_mail(call: ast.Call) -> bool:
    """Whether it renders a template of plain text."""
    first = ast.unparse(call.args[0]) if call.args else ""
    return (_name(call) == "render_to_string" and ".txt" in first) or _name(call) == "render_mail"


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _in_a_chosen_language(tree: ast.Module) -> set[ast.AST]:
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.With))
    chosen = [block for block in blocks if "override(" in ast.unparse(block.items[0].context_expr)]
    return {node for block in chosen for statement in block.body for node in ast.walk(statement)}


def faults_in(source: str) -> list[str]:
    """The calls that write a message in whatever language happens to be on."""
    tree = ast.parse(source)
    chosen = _in_a_chosen_language(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = []
    for function in _functions(tree):
        callers = [call for call in calls if _name(call) == function.name]
        if callers and all(call in chosen for call in callers):
            continue
        own = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        texts = any(_name(call) == "send_sms" for call in own)
        found += [
            f"{function.name}: {ast.unparse(call)}"
            for call in own
            if call not in chosen and (_is_mail(call) or (texts and _name(call) in ASKED_AT_ONCE))
        ]
    return found


def modules() -> list[Path]:
    return [
        path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    ]


def test_messages_speak_the_language_of_their_reader():
    found = {
        path.relative_to(ROOT).as_posix(): faults_in(path.read_text(encoding="utf-8")) for path in modules()
    }
    assert {path: faults for path, faults in found.items() if faults} == {}


class TestTheGuard:
    """Planted messages are caught."""

    @pytest.mark.parametrize(
        "body",
        [
            "send_email(body=render_to_string('csam/emails/a_body.txt', {}))",
            "subject = render_to_string(f'{template}_subject.txt', {})",
            "message = self.render_mail(prefix, email, {})",
            "send_sms(to=phone, body=_('Votre code') % {})",
        ],
    )
    def test_a_message_in_any_language(self, body):
        assert faults_in(f"def tell(person):\n    {body}") != []

    @pytest.mark.parametrize(
        "source",
        [
            "def tell(person):\n with override(person.language):\n  render_to_string('a_body.txt', {})",
            "def tell(p):\n with translation.override(p.language):\n  text = _('x')\n send_sms(body=text)",
            "def tell(p):\n with override(p.language):\n  write(p)\ndef write(p):\n render_to_string('a_body.txt')",
            "def page(request):\n return render_to_string('csam/card.html', {'title': _('Carte')})",
        ],
    )
    def test_a_message_in_its_readers_language(self, source):
        assert faults_in(source) == []
