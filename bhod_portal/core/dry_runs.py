"""The page that shows what an imported file would do, line by line, out of the draft that keeps it."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator

from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.file_lines import unpack_result

_TONES = {
    ImportOutcome.ADDED: "success",
    ImportOutcome.CHANGED: "info",
    ImportOutcome.UNCHANGED: "neutral",
    ImportOutcome.REFUSED: "danger",
}


def dry_run_context(
    draft: Mapping[str, Any], *, asked: str, page: str | None, per_page: int
) -> dict[str, Any]:
    """A page of the lines of one outcome, or of all where `asked` names none, and what the tabs and buttons say.

    The draft has `results` (packed), `counts` by outcome, `remarks` and `fingerprint`.
    """
    counts, results = draft["counts"], draft["results"]
    outcome = asked if asked in ImportOutcome.values else ""
    shown = [packed for packed in results if not outcome or packed[1] == outcome]
    page_obj = Paginator(shown, per_page).get_page(page)
    return {
        "page_obj": page_obj,
        "rows": [{"result": each, "tone": _TONES[each.outcome]} for each in map(unpack_result, page_obj)],
        "remarks": draft["remarks"],
        "fingerprint": draft["fingerprint"],
        "total": len(results),
        "outcome": outcome,
        "outcomes": [(each.value, each.plural, counts[each.value]) for each in ImportOutcome],
        "to_do": counts[ImportOutcome.ADDED] + counts[ImportOutcome.CHANGED],
        "refused": counts[ImportOutcome.REFUSED],
    }
