"""For the test suite: the development settings, with what makes tests fast and strict."""

from bhod_portal.settings.dev import *  # noqa: F403  (settings modules build on one another)
from bhod_portal.settings.dev import CACHES, DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
FIRST_PARTY_APPS = ["csam", "access_mgmt", "prosante_login", "bhod", "training", "bhod_portal.core"]

# One connection per test thread, closed with it: a kept one would block the end of the test database.
DATABASES["default"] |= {"CONN_MAX_AGE": 0}

# Each test sees its own page, and what was rendered for it.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

# Each test client builds the middleware anew, which would read every static file each time.
WHITENOISE_AUTOREFRESH = True

# Real hashing costs 0.3 s each; the setting of the product is tested by name.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_RELAY_URL = ""

# Each page would ask how late propagation is; the tests of that notice switch it on.
PROPAGATION_NOTICE = False
