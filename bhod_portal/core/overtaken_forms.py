"""Forms that tell the second of two what the first one changed (core.overtaking)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bhod_portal.core.fields import SeenField
from bhod_portal.core.overtaking import changed_since, comparable, to_show_again


@dataclass(frozen=True, slots=True)
class Compared:
    """A value that someone changed meanwhile, in words: as one saw it, as it stands, as the form has it now."""

    label: str
    seen: str
    now: str
    kept: str


class OvertakenForm(forms.Form):
    """A form whose page was opened on values that may change before it is sent."""

    seen = SeenField()

    def look_again(self, now: Mapping[str, Any]) -> list[Compared]:
        """Go on from how things stand: what was typed stays, what was left alone follows; returns what changed."""
        seen = self.cleaned_data["seen"]
        now = {name: value for name, value in now.items() if name in self.fields}
        changed = changed_since(seen, now)
        typed = {name: comparable(value) for name, value in self.cleaned_data.items()}
        kept = to_show_again(seen=seen, now=now, typed=typed)
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name, value in kept.items():
            if isinstance(value, list):
                data.setlist(self.add_prefix(name), value)
            else:
                data[self.add_prefix(name)] = value
        data[self.add_prefix("seen")] = json.dumps(dict(now))
        self.data = data
        return [
            Compared(
                label=str(self.fields[name].label),
                seen=self._in_words(name, seen.get(name, "")),
                now=self._in_words(name, now[name]),
                kept=self._in_words(name, kept[name]),
            )
            for name in changed
        ]

    def _in_words(self, name: str, value: Any) -> str:
        words = {str(code): str(label) for code, label in getattr(self.fields[name], "choices", ())}
        values = value if isinstance(value, list) else [value]
        return ", ".join(words.get(str(each), _said(each)) for each in values)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    return str(value)
