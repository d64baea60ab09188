"""A Django project of which the mock of DigiD is all there is: the default middleware, and our database's settings."""

import os

import dj_database_url

DEBUG = False
SECRET_KEY = "benchmark-without-real-data-" * 2
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "peer.urls"
USE_TZ = True
LANGUAGE_CODE = "nl"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "digid_eherkenning",
    "simple_certmanager",
    "solo",
    "sessionprofile",
    "privates",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DATABASES = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"])
    | {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
PRIVATE_MEDIA_ROOT = "/nonexistent"
PRIVATE_MEDIA_URL = "/private/"
SENDFILE_BACKEND = "django_sendfile.backends.simple"
DIGID_MOCK_RETURN_URL = DIGID_MOCK_CANCEL_URL = "/"
