from django.http import HttpRequest

from prosante_login.profiles import ActiveProfile


def active_profile(request: HttpRequest) -> ActiveProfile | None:
    return None
