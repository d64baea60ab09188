import pytest
from django.conf import settings
from django.urls import reverse

from bhod_portal.core.sessions import SessionStore
from tests.csam.factories import PersonFactory, WorldFactory

HOME = reverse("training:portal_home")
# A cookie may hold any byte: between quotes, browsers write them in octal.
HOSTILE = ["a" * 20 + "\0", "é" * 20, "A" * 32, "a" * 500 + "'", " " * 32]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_that_we_never_gave_names_no_session(client, key):
    WorldFactory()
    client.cookies[settings.SESSION_COOKIE_NAME] = key

    assert client.get(HOME).status_code == 200
    assert SessionStore(key).session_key is None


def test_a_key_of_ours_is_known_again(client):
    client.force_login(PersonFactory())

    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert "_auth_user_id" in SessionStore(key)
