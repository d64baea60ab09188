from csam.http import AuthenticatedRequest, PortalRequest
from prosante_login.enums import ProfileKind
from prosante_login.profiles import ActiveProfile, ProfileChoice

SESSION_KEY = "prosante_profile"


class ProfiledRequest(AuthenticatedRequest):
    """A request of a person who may have chosen a profile."""

    profile: ActiveProfile | None


def remember(request: AuthenticatedRequest, choice: ProfileChoice) -> None:
    """Keep the choice for this session, with whose it is."""
    request.session[SESSION_KEY] = {
        "person": request.user.pk,
        "kind": choice.kind.value,
        "enterprise_id": choice.enterprise_id,
    }


def remembered(request: PortalRequest) -> ProfileChoice | None:
    """The choice of the person who is logged in; none for a visitor, and none that someone else left behind."""
    kept = request.session.get(SESSION_KEY)
    if not request.user.is_authenticated or kept is None or kept["person"] != request.user.pk:
        return None
    return ProfileChoice(ProfileKind(kept["kind"]), kept["enterprise_id"])
