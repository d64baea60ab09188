import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import read_bce
from bhod_portal.core.names import plain

_LOOKS_LIKE_A_NUMBER = re.compile(
    r"(?:BE)?[\s.\-/\u00a0\u202f]*(?:[0-9][\s.\-/\u00a0\u202f]*){5,}", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")


class BceSearchForm(forms.Form):
    """What BCE Public Search is asked for: gives `bce_number` (10 digits, or empty) or else `words` (plain ones)."""

    q = forms.CharField(
        label=_("Numéro d'entreprise ou dénomination"),
        help_text=_("Par exemple 0999.999.031, ou Val de Senne ; accents et majuscules ne comptent pas."),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Écrivez un numéro d'entreprise ou une dénomination.")},
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        typed = data.get("q", "")
        data["bce_number"], data["words"] = "", []
        if _LOOKS_LIKE_A_NUMBER.fullmatch(typed):
            try:
                data["bce_number"] = read_bce(typed)
            except ValidationError as refusal:
                self.add_error("q", refusal)
        elif typed:
            data["words"] = _WORD.findall(plain(typed))
            if not data["words"]:
                text = _("Écrivez au moins une lettre ou un chiffre de la dénomination.")
                self.add_error("q", ValidationError(text, code="no_word"))
        return data
