"""The same with the hasher of the tests."""

from benchmarks.login_settings import *  # noqa: F403  (settings modules build on one another)

# As in bhod_portal.settings.test, which builds on the development settings and can't be read here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
