"""What a page shows to its reader: its visible text, element by element."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.fidelity.registry import fold

# Their edges leave no space in a sentence.
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "u", "wbr"}
UNSEEN = {"script", "style", "template", "head"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What an element shows by an attribute instead of its content.
SHOWN_ATTRIBUTES = {
    "input": ("value", "placeholder", "title"),
    "button": ("title",),
    "textarea": ("placeholder", "title"),
    "img": ("alt", "title"),
    "optgroup": ("label",),
}
# The elements that may carry a label of that kind; a kind that is not here may stand anywhere.
CARRIERS = {
    "heading": {"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption"},
    "label": {"label", "legend", "dt", "th", "option"},
    "filter": {"label", "legend"},
    "option": {"option", "optgroup", "label"},
    "value": {"td", "dd"},
    "column": {"th"},
    "button": {"button", "input", "a"},
    "link": {"a"},
    "menu": {"a"},
    "tab": {"a"},
}
# Of these the whole text is the label; of others what stands in the element itself, without the hint or the mark of
# a mandatory field inside it; in a link the label is part of the text.
WHOLE = {"column", "menu", "tab", "button", "heading", "value"}
OWN = {"label", "filter", "option"}


@dataclass
class Element:
    """An element of the page: its tag, where it leads to, and all that it shows."""

    tag: str
    href: str = ""
    parts: list[str] = field(default_factory=list)
    own_parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return fold("".join(self.parts))

    @property
    def own_text(self) -> str:
        """Without what stands in an element inside this one."""
        return fold("".join(self.own_parts))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Element("html")
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self._part(tag)
        element = Element(tag, href=attributes.get("href", ""))
        self.elements.append(element)
        if attributes.get("type") != "hidden":
            for name in SHOWN_ATTRIBUTES.get(tag, ()):
                if name in attributes:
                    self._show(f" {attributes[name]} ", also=element)
        # What is current in a menu or a list of tabs may be no link.
        if "aria-current" in attributes and tag not in VOID and tag != "a":
            element.tag = "a"
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        self._part(tag)
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].tag == tag or (self.open[index].tag == "a" and tag in {"span", "li"}):
                del self.open[index:]
                return

    def handle_data(self, data):
        self._show(data)

    def _part(self, tag):
        if tag not in INLINE:
            self._show(" ")

    def _show(self, text, also=None):
        if any(element.tag in UNSEEN for element in self.open):
            return
        for element in (self.page, *self.open, *([also] if also else [])):
            element.parts.append(text)
        for element in [also] if also else self.open[-1:]:
            element.own_parts.append(text)


class Page:
    """A page as its reader sees it."""

    def __init__(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        self.text = reader.page.text
        self.elements = reader.elements

    def shows(self, text: str, *, kind: str) -> bool:
        """Whether the page shows this text in an element that may carry a label of this kind."""
        wanted = fold(text)
        if kind == "sentence":
            return wanted in self.text
        wanted = wanted.rstrip(" :")
        return any(_carries(element, wanted, kind=kind) for element in self._of(kind))

    def links(self, text: str) -> set[str]:
        """Where the links with this text lead to."""
        wanted = fold(text)
        return {element.href for element in self.elements if element.tag == "a" and wanted in element.text}

    def _of(self, kind):
        return (element for element in self.elements if element.tag in CARRIERS[kind])


def _carries(element: Element, wanted: str, *, kind: str) -> bool:
    if kind in WHOLE:
        return element.text.rstrip(" :*") == wanted
    if kind in OWN:
        return element.own_text.rstrip(" :*") == wanted
    return wanted in element.text
