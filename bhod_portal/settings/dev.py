"""For `make demo` and for development: nothing needs to be set."""

from pathlib import Path

import dj_database_url

from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.settings.base import *  # noqa: F403  (settings modules build on one another)
from bhod_portal.settings.base import DATABASE_OPTIONS, DATABASE_SESSION, PAGES_CACHE, REDIS_CACHE_OPTIONS
from bhod_portal.settings.env import BASE_DIR, env_bool, env_str

VAR_DIR = Path(env_str("VAR_DIR", str(BASE_DIR / ".var")))

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = "simulator-without-real-data-" * 2
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
METRICS_OPEN = True
SHOWS_COMPONENTS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost

_embedded = EmbeddedPostgres(VAR_DIR / "postgres").url("bhod_portal")
DATABASES = {
    "default": dj_database_url.parse(env_str("DATABASE_URL", _embedded))
    | DATABASE_OPTIONS
    | {"OPTIONS": {"options": DATABASE_SESSION}}
}

REDIS_URL = env_str("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": REDIS_CACHE_OPTIONS,
        },
        "pages": PAGES_CACHE,
    }
    CELERY_BROKER_URL = REDIS_URL
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
            # Beyond it, what counts wrong passwords is thrown away with the rest: far more than five minutes bring.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        },
        "pages": PAGES_CACHE,
    }
    CELERY_BROKER_URL = "filesystem://"
    # The library's own shows messages before they are whole, and a worker dies of half a message.
    CELERY_BROKER_TRANSPORT = "bhod_portal.local.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "polling_interval": 0.2,
    }

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
