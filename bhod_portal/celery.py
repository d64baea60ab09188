import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bhod_portal.settings.dev")

app = Celery("bhod_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
