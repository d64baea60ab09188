# ruff: noqa: PLC0415  (models are imported only once the apps are ready)

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.usersessions import apps as usersessions
from django.apps import AppConfig

from bhod_portal.core import places
from csam.places import ABOVE, NAMES


class CsamConfig(AppConfig):
    name = "csam"
    verbose_name = "CSAM"

    def ready(self) -> None:
        places.register(NAMES, above=ABOVE)


class KnownSessionsConfig(usersessions.UserSessionsConfig):
    """allauth's table of sessions, but a login reads none of the others that its person has open.

    allauth would look for those that are over, three queries for each: a class that shares one persona has dozens.
    `csam.tasks.purge_sessions` forgets them all at night, and who asks for the list is shown those that open a page.
    """

    default = False

    def ready(self) -> None:
        super().ready()
        from allauth.usersessions import signals

        user_logged_in.disconnect(signals.on_user_logged_in)
        user_logged_in.connect(_note_session)


def _note_session(*, request: Any, **_signal: Any) -> None:
    from allauth.usersessions.models import UserSession

    UserSession.objects.create_from_request(request)
