from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest

from bhod_portal.core.prepared import Prepared
from csam.models import Person


@Prepared
def _with_world(*, pk: int) -> QuerySet[Person]:
    return Person.objects.select_related("world").filter(pk=pk)


class WorldAuthenticationBackend(AuthenticationBackend):
    """User name and password, looked up in the request's world only.

    Unknown names cost one hash as known ones do: the parent class sees to that.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: str) -> AbstractBaseUser | None:
        world = getattr(request, "world", None)
        username = credentials.get("username")
        if world is None or not username:
            return None
        person = Person.objects.filter(world=world, username__iexact=username).exclude(username="").first()
        user: AbstractBaseUser | None = self._check_password(person, credentials.get("password", ""))
        return user

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The person of a session, with his world: each request needs both."""
        for person in _with_world.rows(pk=user_id):
            return person if self.user_can_authenticate(person) else None
        return None
