from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from csam.http import AuthenticatedRequest, PortalRequest
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.profiles import ActiveProfile, ProfileChoice

SESSION_KEY = "prosante_profile"
# The field by which a form says under which profile it was shown.
STAMP_FIELD = "profile_stamp"
# The field by which the reader says that what he filled in is meant under that profile, and takes it up again.
RESUME_FIELD = "profile_resume"


class ProfiledRequest(AuthenticatedRequest):
    """A request of a person who may have chosen a profile."""

    profile: ActiveProfile | None


def remember(request: AuthenticatedRequest, choice: ProfileChoice) -> None:
    """Keep the choice for this session, with whose it is."""
    request.session[SESSION_KEY] = {
        "person": request.user.pk,
        "kind": choice.kind.value,
        "enterprise_id": choice.enterprise_id,
        "profession": choice.profession,
        "capacity": choice.capacity,
        "mandate_id": choice.mandate_id,
    }


def remembered(request: PortalRequest) -> ProfileChoice | None:
    """The choice of the person who is logged in; none for a visitor, and none that someone else left behind."""
    kept = request.session.get(SESSION_KEY)
    if not request.user.is_authenticated or kept is None or kept["person"] != request.user.pk:
        return None
    return ProfileChoice(
        ProfileKind(kept["kind"]),
        kept["enterprise_id"],
        # Sessions that an older version made know only the two above.
        Profession(kept["profession"]) if kept.get("profession") else None,
        Capacity(kept["capacity"]) if kept.get("capacity") else None,
        kept.get("mandate_id"),
    )


def to_the_chooser(request: PortalRequest, reason: str) -> HttpResponse:
    """To « Choisissez votre profil », with the reason; what was asked for comes after it, as from a link in a message."""
    messages.warning(request, reason)
    onward = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return redirect(reverse("prosante_login:profile_choose") + onward)


def shown_stamp(request: PortalRequest) -> str | None:
    """The stamp of the profile under which a form was shown that is sent now; empty when there was none."""
    return request.POST.get(STAMP_FIELD) if request.method == "POST" else None


def shown_under_another_profile(request: ProfiledRequest) -> bool:
    """Whether a form is sent that was shown under another profile than the one chosen since, in another tab perhaps."""
    shown = shown_stamp(request)
    if shown is None:
        return False
    if request.profile:
        return shown != request.profile.stamp
    # What the choice granted is over: that is no other profile, and the page says why it is over.
    choice = remembered(request)
    return shown not in ("", choice.stamp if choice else "")
