"""The ways through a login by user name, password and code, which the tests of its pages share."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from bhod_portal.core.models import Message
from csam.enums import DigitalKey
from tests.csam.factories import PASSWORD, PersonFactory

WHOAMI = reverse("csam:whoami")
HOME = reverse("training:portal_home")
IDENTIFICATION = reverse("csam:identification")
SENT_CODE = reverse("account_confirm_login_code")
HELD_CODE = reverse("mfa_authenticate")
SECRET = "JBSWY3DPEHPK3PXP"
FIRST_PAGES = {
    DigitalKey.EMAIL: "csam:email_login",
    DigitalKey.SMS: "csam:sms_login",
    DigitalKey.APP: "csam:app_login",
    DigitalKey.TOKEN: "csam:token_login",
}
CODE_PAGES = {
    DigitalKey.EMAIL: SENT_CODE,
    DigitalKey.SMS: SENT_CODE,
    DigitalKey.APP: HELD_CODE,
    DigitalKey.TOKEN: HELD_CODE,
}
KEYS = [pytest.param(key, id=key.name) for key in FIRST_PAGES]
SENT = [pytest.param(key, id=key.name) for key in (DigitalKey.EMAIL, DigitalKey.SMS)]
HELD = [pytest.param(key, id=key.name) for key in (DigitalKey.APP, DigitalKey.TOKEN)]
WRONG = "999999999"


def begin(client, key, *, password=PASSWORD, username="sofiejanssens", to=WHOAMI):
    """User name and password, on the page of this key."""
    url = reverse(FIRST_PAGES[key])
    return client.post(f"{url}?next={to}", {"username": username, "password": password})


def code_for(key, person):
    """The code that this person would read at this moment."""
    if key in {DigitalKey.EMAIL, DigitalKey.SMS}:
        return re.search(r"\d{6}", Message.objects.filter(person=person).latest("pk").body)[0]
    if key == DigitalKey.TOKEN:
        return Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30))


def give(client, key, code):
    return client.post(CODE_PAGES[key], {"code": code})


def resend(client):
    return client.post(SENT_CODE, {"action": "resend"})


def is_inside(client):
    return "_auth_user_id" in client.session


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def someone_with_every_code():
    """Someone who can use each of these keys."""
    person = PersonFactory(
        with_codes=True,
        username="sofiejanssens",
        first_name="Sofie",
        last_name="Janssens",
        email="sofie@exemple.invalid",
        phone="+32 470 00 00 09",
    )
    totp.TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person
