"""What holds for the source of every template: functions that name what is wrong in one."""

import re
from html.parser import HTMLParser
from pathlib import Path

from django.template import engines
from django.template.base import Lexer, Token, TokenType, VariableNode
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.loader_tags import IncludeNode

from tests.html_guard import faults_in

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
# Words that are the same in every language: names of systems, numbers and keys.
NAMES = {"CSAM", "ProSanté", "BHOD", "NISS", "INAMI", "BCE", "eID", "itsme", "GAP", "CMG"}
SHOWN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "label", "value", "content"}
WORD = re.compile(r"[^\W\d_]{2,}")
QUOTED = re.compile(r"""_\("[^"]*"\)|_\('[^']*'\)|"([^"]*)"|'([^']*)'""")
# Blocks that hold a code, not words.
CODES = {"block portal", "block portal_url", "block next"}
# Tags whose quoted arguments are words for the reader; those of other tags are names, paths and formats.
SPEAKING = re.compile(r"(?:include|with|nav_link|cycle|firstof)\b")


def all_templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def tokens_of(source: str) -> list[Token]:
    return Lexer(source).tokenize()


def faults_of_start(name: str, source: str) -> list[str]:
    """A page extends a page; a component or partial says first which variables it is given."""
    first = source.split("\n", 1)[0]
    if name in {"base.html", "400.html", "500.html"} or not name.endswith(".html"):
        return []
    if name.startswith("components/") or Path(name).name.startswith("_"):
        return (
            []
            if re.fullmatch(r"\{# .+ #\}", first)
            else ["the first line is no comment that names the variables"]
        )
    return [] if re.match(r'\{% extends "[^"]+" %\}', first) else ["does not start with extends"]


def faults_of_code(source: str) -> list[str]:
    """No code or style of its own in the markup, no text let through unescaped."""
    with_tokens = source.replace("{% csrf_token %}", '<input name="csrfmiddlewaretoken">')
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", with_tokens)
    found = faults_in(bare)
    if re.search(r"\|\s*safe(?:seq)?\b", source):
        found.append("|safe")
    if re.search(r"\{%\s*autoescape off", source):
        found.append("autoescape off")
    return found


def faults_of_load(source: str) -> list[str]:
    loads = [token.contents for token in tokens_of(source) if token.token_type == TokenType.BLOCK]
    loads = [contents.split()[1:] for contents in loads if contents.startswith("load ")]
    found = ["more than one load"] if len(loads) > 1 else []
    return found + [f"load {' '.join(each)} is not sorted" for each in loads if each != sorted(each)]


def untranslated(source: str) -> list[str]:
    """Words for the reader that stand outside the tags of translation."""
    reader = _Words()
    found = []
    translated = False
    kept = []
    for token in tokens_of(source):
        if token.token_type == TokenType.BLOCK:
            tag = token.contents.split()[0]
            if tag in {"blocktranslate", "endblocktranslate", "comment", "endcomment"}:
                translated = not tag.startswith("end")
            elif token.contents in CODES:
                translated = True
            elif tag == "endblock":
                translated = False
            elif SPEAKING.match(token.contents):
                found += [words for words in _quoted(token.contents) if _is_speech(words)]
        elif token.token_type == TokenType.TEXT and not translated:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            # A value: no words of the template, but it keeps two texts apart.
            kept.append("0")
    reader.feed("".join(kept))
    reader.close()
    return found + reader.found


def _quoted(contents: str) -> list[str]:
    return [a or b for a, b in (match.groups() for match in QUOTED.finditer(contents)) if a or b]


def _is_speech(words: str) -> bool:
    """A path or a name has no space, no capital and no accent; a word for the reader has one of them."""
    return bool(re.search(r"\s\w|[À-ÿ]|^[A-Z]", words)) and words not in NAMES


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and tag not in {"meta", "option"}:
                self._hear(value or "")

    def handle_data(self, data):
        self._hear(data)

    def _hear(self, text):
        rest = " ".join(word for word in text.split() if word.strip(".,:;()–") not in NAMES)
        if WORD.search(rest):
            self.found.append(" ".join(text.split()))


def undeclared(name: str, source: str) -> set[str]:
    """Variables that a component uses and its first line does not name."""
    first = source.split("\n", 1)[0]
    template = engines["django"].from_string(source).template
    used, bound = set(), {"forloop", "block", "csrf_token", "request", "True", "False", "None"}
    for node in _walk(template.nodelist):
        used |= {lookups[0] for lookups in _lookups(node)}
        bound |= _bound(node)
    return {variable for variable in used - bound if not re.search(rf"\b{re.escape(variable)}\b", first)}


def _walk(nodelist):
    for node in nodelist:
        yield node
        children = [getattr(node, attribute, None) for attribute in getattr(node, "child_nodelists", ())]
        if isinstance(node, IfNode):
            children = [branch for _, branch in node.conditions_nodelists]
        for child in children:
            if child is not None:
                yield from _walk(child)


def _expressions(node):
    if isinstance(node, VariableNode):
        yield node.filter_expression
    elif isinstance(node, ForNode):
        yield node.sequence
    elif isinstance(node, WithNode | IncludeNode):
        yield from node.extra_context.values()


def _lookups(node):
    for expression in _expressions(node):
        lookups = getattr(expression.var, "lookups", None)
        if lookups:
            yield lookups


def _bound(node) -> set[str]:
    if isinstance(node, ForNode):
        return set(node.loopvars)
    if isinstance(node, WithNode):
        return set(node.extra_context)
    return {node.asvar} if getattr(node, "asvar", None) else set()


def unused(names: list[str], sources: dict[str, str]) -> list[str]:
    """Templates that neither a template nor a module of ours names."""
    by_django = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
    text = "\n".join(sources.values())
    found = []
    for name in names:
        # An e-mail's templates are named by their stem: subject and body belong together.
        stem = re.sub(r"_(subject|body)\.txt$", "", name)
        if name not in by_django and not name.startswith(("account/", "allauth/")) and stem not in text:
            found.append(name)
    return found


def sources_of_ours() -> dict[str, str]:
    """All that may name a template: modules and templates, by path."""
    folders = ("bhod_portal", "csam", "access_mgmt", "prosante_login", "bhod", "training", "templates")
    paths = (
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt"}
    )
    return {str(path): path.read_text(encoding="utf-8") for path in paths}
