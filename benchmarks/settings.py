"""The settings of servers, for one machine without Redis: nothing that is measured asks the cache."""

from pathlib import Path

from bhod_portal.settings.env import env_required
from bhod_portal.settings.prod import *  # noqa: F403  (settings modules build on one another)
from bhod_portal.settings.prod import PAGES_CACHE

STATIC_ROOT = Path(env_required("VAR_DIR")) / "static"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}, "pages": PAGES_CACHE}
CELERY_BROKER_URL = "memory://"
