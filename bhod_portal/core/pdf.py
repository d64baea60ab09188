"""Printable documents: templates of Typst under `templates/`, filled with data that is never read as markup."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from django.template import engines
from django.utils.translation import get_language


def render(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """A tagged PDF from a template (`csam/receipts/designation.typ`) that reads `sys.inputs.data` as JSON, in the language of
    `sys.inputs.language`.

    `at` is when the document says it was made. Only the fonts that come with Typst are used, so that every machine
    prints the same. Raises typst.TypstError for a template with an error.
    """
    templates = Path(engines["django"].dirs[0])
    return typst.compile(
        templates / template,
        root=templates,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "language": get_language() or "fr"},
        ignore_system_fonts=True,
        # Typst takes whole seconds in a fixed offset.
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
