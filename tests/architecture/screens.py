"""Every screen of ours, each seen once: by the first of those whom the access matrix lets in."""

from dataclasses import dataclass
from functools import cache

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.architecture.matrix import PERSONAS, read
from tests.architecture.scene import Sample

# Whoever sees most on a page comes first; a page that needs nobody is shown to nobody.
FIRST = ("anon", "nadi", "sofi", "luc", "kari", "agnt", "csam", "clai")
# Pages that are other pages to other people, and the refusals.
ALSO = (
    ("training:portal_home", "nadi"),
    ("training:why", "yves"),
    ("csam:request_queue", "yves"),
    ("csam:landing", "luc"),
    ("access_mgmt:landing", "luc"),
    ("access_mgmt:home", "luc"),
    ("access_mgmt:home", "yves"),
    ("access_mgmt:quality_detail", "luc"),
    ("prosante_login:file_home", "mich"),
    ("bhod:finance_overview", "marc"),
    ("bhod:guard_month", "marc"),
    ("bhod:own_guards", "mich"),
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A page as somebody sees it: asked for, or come back with what is wrong in the form that was sent empty."""

    name: str
    method: str
    persona: str

    @property
    def portal(self) -> str:
        """The app whose page it is; those of the library that logs people in are CSAM's."""
        return self.name.split(":")[0] if ":" in self.name else "csam"

    @property
    def slug(self) -> str:
        state = "-errors" if self.method == "POST" else ""
        return f"{self.name.split(':')[-1]}{state}--{self.persona}"

    def ask(self, clients: dict[str, Client], sample: Sample) -> tuple[str, HttpResponse]:
        """The address and what comes from there; what that wrote is undone."""
        address = sample.address(self.name)
        client = clients[self.persona]
        with transaction.atomic():
            answer = client.get(address) if self.method == "GET" else client.post(address)
            transaction.set_rollback(True)
        return address, answer


@cache
def screens() -> tuple[Screen, ...]:
    """All that the matrix answers with a page. Some of these are files, which no browser shows."""
    found = {}
    for (name, method), answers in read().items():
        visitor = next((who for who in (*FIRST, *PERSONAS) if answers[who] == "200"), None)
        if visitor:
            found[Screen(name, method, visitor)] = None
    return tuple(found | dict.fromkeys(Screen(name, "GET", persona) for name, persona in ALSO))


def is_page(answer: HttpResponse) -> bool:
    return answer["Content-Type"].startswith("text/html") and answer.status_code not in {301, 302, 303}
