from csam.http import AuthenticatedRequest
from prosante_login.profiles import ActiveProfile


class ProfiledRequest(AuthenticatedRequest):
    """A request of a person who may have chosen a profile."""

    profile: ActiveProfile | None
