"""Pages that look again by themselves while a change of role is on its way, and lose nothing of what is typed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

REFRESH_SECONDS = 30


def refreshing(request: HttpRequest, *, waiting: int) -> dict[str, Any]:
    """What `_follows.html` and the region #suivi need, for so many changes that are on their way.

    With its script the page asks for itself and takes that region from the answer. Without, it is loaded anew, but for
    a page that answers a form or stands still (`?pause=1`).
    """
    asked = request.GET.copy()
    asked.pop("pause", None)
    paused = "pause" in request.GET
    follow_url = f"{request.path}?{asked.urlencode()}" if asked else request.path
    asked["pause"] = "1"
    context: dict[str, Any] = {
        "waits": bool(waiting),
        "follows": bool(waiting) and not paused,
        "uses_htmx": bool(waiting),
        "reloads_after": REFRESH_SECONDS if waiting and not paused and request.method != "POST" else 0,
        "refresh_seconds": REFRESH_SECONDS,
        "follow_url": follow_url,
        "pause_url": f"{request.path}?{asked.urlencode()}",
        "announcement": _announcement(waiting, follows="HX-Request" in request.headers),
    }
    if "HX-Request" in request.headers:
        # What a page has to say once is left for one that somebody opens.
        context["messages"] = []
    return context


def _announcement(waiting: int, *, follows: bool) -> str:
    """What is read aloud when it changes: minutes would be read again and again."""
    if waiting:
        words = ngettext("Un changement est en route.", "%(waiting)d changements sont en route.", waiting)
        return words % {"waiting": waiting}
    return _("Plus aucun changement n'est en route.") if follows else ""
