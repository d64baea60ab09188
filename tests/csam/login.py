import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.test import Client

from csam.enums import DigitalKey
from csam.models import Person


def log_in(client: Client, person: Person, key: DigitalKey = DigitalKey.EID) -> None:
    """Give the client the session that logging in with this key gives, its level included.

    The tests of the eID and password screens hold it to the real thing.
    """
    client.force_login(person)
    session = client.session
    record = {"method": "key", "at": time.time(), "key": key.value}
    if key == DigitalKey.PASSWORD:
        record = {"method": "password", "at": time.time(), "username": person.username}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
