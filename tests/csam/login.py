import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client

from csam.enums import DigitalKey
from csam.models import Person
from csam.security import WITH_PASSWORD

OF_MFA = {
    DigitalKey.APP: Authenticator.Type.TOTP,
    DigitalKey.TOKEN: Authenticator.Type.RECOVERY_CODES,
    DigitalKey.PASSKEY: Authenticator.Type.WEBAUTHN,
}


def log_in(client: Client, person: Person, key: DigitalKey = DigitalKey.EID) -> None:
    """Give the client the session that logging in with this key gives, its level included.

    The tests of each key's pages hold it to the real thing. A person needs no application, token or passkey for it.
    """
    client.force_login(person)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"at": time.time()} for record in _records(person, key)
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()


def _records(person: Person, key: DigitalKey) -> list[dict[str, Any]]:
    """What is recorded when this key is proved, of keys with a code the password first."""
    password = [{"method": "password", "username": person.username}] if key in WITH_PASSWORD else []
    match key:
        case DigitalKey.PASSWORD:
            return password
        case DigitalKey.EMAIL:
            return [*password, {"method": "code", "email": person.email}]
        case DigitalKey.SMS:
            return [*password, {"method": "code", "phone": person.phone}]
        case DigitalKey.APP | DigitalKey.TOKEN | DigitalKey.PASSKEY:
            held = Authenticator.objects.filter(user=person, type=OF_MFA[key]).first()
            record = {"method": "mfa", "id": held.pk if held else 0, "type": OF_MFA[key].value}
            return [*password, record | ({"passwordless": True} if key == DigitalKey.PASSKEY else {})]
        case _:
            return [{"method": "key", "key": key.value}]
