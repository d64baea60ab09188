"""For servers: everything that differs between two installations comes from the environment."""

import dj_database_url

from bhod_portal.settings.base import *  # noqa: F403  (settings modules build on one another)
from bhod_portal.settings.base import DATABASE_OPTIONS, DATABASE_SESSION, PAGES_CACHE, REDIS_CACHE_OPTIONS
from bhod_portal.settings.env import BASE_DIR, env_bool, env_int, env_list, env_required, env_secret

DEBUG = False
SECRET_KEY = env_secret("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or [env_required("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
PORTAL_URL = env_required("PORTAL_URL").rstrip("/")

DATABASES = {
    "default": dj_database_url.parse(env_secret("DATABASE_URL"))
    | DATABASE_OPTIONS
    | {"OPTIONS": {"options": f"{DATABASE_SESSION} -c statement_timeout=15000 -c lock_timeout=5000"}}
}

REDIS_URL = env_secret("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": REDIS_CACHE_OPTIONS,
    },
    "pages": PAGES_CACHE,
}
CELERY_BROKER_URL = REDIS_URL

STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env_bool("TRUST_PROXY_HEADERS", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Only a trial over plain http on one's own machine goes without: Safari would lose every session there.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = (
    SECURE_SSL_REDIRECT or "SECURE_PROXY_SSL_HEADER" in globals()
)
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
