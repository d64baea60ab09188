"""What holds in every environment. Has no secret and no switch; dev, test and prod build on it."""

from datetime import timedelta

import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from bhod_portal.settings.env import BASE_DIR, env_str

INSTALLED_APPS = [
    "training",
    "bhod",
    "prosante_login",
    "access_mgmt",
    "csam",
    "bhod_portal.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csam.apps.KnownSessionsConfig",  # allauth.usersessions
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    # First those that harden every answer, static files and refused hosts included.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "bhod_portal.core.middleware.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "bhod_portal.core.middleware.MachinePagesMiddleware",
    # Behind what hardens answers and gives CSRF tokens, before the database is asked anything.
    "bhod_portal.core.middleware.KeptPagesMiddleware",
    # Outside of all that may lead a request elsewhere.
    "bhod_portal.core.middleware.RefinedPageMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "csam.middleware.PersonLanguageMiddleware",
    # Before the world is read: it is that of the person who is still logged in.
    "csam.middleware.SessionEndMiddleware",
    "csam.middleware.WorldMiddleware",
    "csam.middleware.ExpiredSessionMiddleware",
    "csam.middleware.RestartedWorldMiddleware",
    "bhod_portal.core.middleware.NoStoreMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "csam.middleware.BlockedCodesMiddleware",
    "csam.middleware.TemporaryPasswordMiddleware",
    "csam.middleware.SecurityLevelMiddleware",
    "prosante_login.middleware.ActiveProfileMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "bhod_portal.urls"
WSGI_APPLICATION = "bhod_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

# Databases: each environment names its own; these options go with each.
DATABASE_OPTIONS = {
    "ATOMIC_REQUESTS": True,
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
}
# A process that was killed, and one that hangs between two statements, gives its locks back by itself: propagation of
# the whole world would wait for them.
DATABASE_SESSION = "-c client_connection_check_interval=2000 -c idle_in_transaction_session_timeout=60000"

# Pages that read the same for every visitor, in the memory of each process (`core.kept_pages`)
PAGES_CACHE = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "pages",
    "TIMEOUT": 2,
    "OPTIONS": {"MAX_ENTRIES": 500},
}

# Languages and time
LANGUAGE_CODE = "fr"
# In the order of the official headers.
LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "bhod_portal.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# Static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Persons and logging in (recipes: a user name is unique within its world only)
AUTH_USER_MODEL = "csam.Person"
AUTHENTICATION_BACKENDS = ["csam.backends.WorldAuthenticationBackend"]
LOGIN_URL = reverse_lazy("csam:identification")
LOGIN_REDIRECT_URL = reverse_lazy("training:portal_home")
LOGOUT_REDIRECT_URL = reverse_lazy("training:portal_home")
AUTH_PASSWORD_VALIDATORS = [{"NAME": "csam.passwords.PortalPasswordValidator"}]

ACCOUNT_ADAPTER = "csam.adapters.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # only the other sessions end
ACCOUNT_FORMS = {
    "change_password": "csam.forms.passwords.PasswordChangeForm",
    "set_password": "csam.forms.passwords.PasswordSetForm",
    "reset_password": "csam.forms.passwords.PasswordResetForm",
    "reset_password_from_key": "csam.forms.passwords.PasswordResetKeyForm",
    "user_token": "csam.forms.passwords.PasswordTokenForm",
}
# allauth's own would copy each address into a table of its own, which nothing else here reads.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  (a class)
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())
# Whoever is logged in may prove a stronger key on top.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
# The code by e-mail or SMS is a second step after the password, never a way in by itself.
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = int(timedelta(minutes=5).total_seconds())
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# Thirty trainees may sit behind one address; an account bears five failures in five minutes.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "200/m/ip,5/5m/key",
    "reset_password": "300/m/ip,5/m/key",
    "reset_password_from_key": "300/m/ip",
    # A phone bears as many requests as a class that shares one persona makes.
    "itsme": "300/m/ip",
    "itsme_phone": "60/5m/key",
    # Exceptional procedure: documents sent; references looked up (the key is the reference).
    "designation_request": "150/10m/ip",
    "designation_follow_up": "300/10m/ip,10/10m/key",
    # A NISS typed in to find whom it belongs to. Thirty trainees may share one persona, hence his hundreds; the key is
    # the session, in which no manager adds more than one person in a quarter of a minute.
    "niss_look_up": "600/5m/user,20/5m/key",
    # Files of users: each may look up ten thousand persons. A class may share one persona.
    "member_import": "150/10m/key",
    "planning_import": "150/10m/key",
    # Files of doctors, likewise.
    "doctor_import": "150/10m/key",
    # Doctors of INAMI looked for by name. A class may share one persona.
    "doctor_search": "600/5m/user",
    # Questions to the contact centre.
    "contact": "150/10m/ip",
}

# Codes by application (TOTP), paper token (recovery codes), passkeys
MFA_ADAPTER = "csam.adapters.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_COUNT = 24
MFA_TOTP_ISSUER = "Simulateur BHOD"
# Thirty trainees may sit behind one address.
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}

SESSION_ENGINE = "bhod_portal.core.sessions"
# Longer than csam.services.sessions lets one stand idle, so that it can say why it ended.
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Hardening
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "bhod_portal.core.views.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Files sent stay in memory, up to a limit; nothing is written to disk.
FILE_UPLOAD_HANDLERS = ["bhod_portal.core.uploads.BoundedUploadHandler"]

# Messages: every one is kept in the database; EMAIL_URL says whether it also leaves.
EMAIL_BACKEND = "bhod_portal.core.mail.MessageBackend"
EMAIL_RELAY_URL = env_str("EMAIL_URL")
PORTAL_URL = env_str("PORTAL_URL", "http://localhost:8000").rstrip("/")
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "simulateur@bhod.invalid")

# Propagation of roles (seed 000, line 509: « dans un délai maximal de 20 minutes »)
PROPAGATION_SWEEP = timedelta(seconds=2)
# Pages say when it is late.
PROPAGATION_NOTICE = True

# /metrics: who shows the token may read it; where there is none, nobody.
METRICS_TOKEN = env_str("METRICS_TOKEN")
METRICS_OPEN = False

# /composants/: the components of pages, for those who build them.
SHOWS_COMPONENTS = False

# A connection that Redis closed is opened anew once; a Redis that says nothing holds no page up for long.
REDIS_CACHE_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
}

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_TASK_ROUTES = {
    # A mail server that answers slowly holds no change of role up.
    "access_mgmt.tasks.tell_what_ends_soon": {"queue": CELERY_TASK_DEFAULT_QUEUE},
    "access_mgmt.tasks.*": {"queue": "ticks"},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker hoards no ticks while it is busy, and waits for a broker that is gone as long as it takes.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "bhod_portal.core.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "propagate-role-changes": {
        "task": "access_mgmt.tasks.propagate_role_changes",
        "schedule": PROPAGATION_SWEEP,
        "options": {"expires": PROPAGATION_SWEEP.total_seconds()},
    },
    "open-employer-qualities": {
        "task": "access_mgmt.tasks.open_employer_qualities",
        "schedule": PROPAGATION_SWEEP,
        "options": {"expires": PROPAGATION_SWEEP.total_seconds()},
    },
    "tell-what-ends-soon": {
        "task": "access_mgmt.tasks.tell_what_ends_soon",
        "schedule": timedelta(minutes=1),
        "options": {"expires": timedelta(minutes=1).total_seconds()},
    },
    "work-on-planning-imports": {
        "task": "bhod.tasks.work_on_planning_imports",
        "schedule": timedelta(seconds=2),
        "options": {"expires": timedelta(seconds=2).total_seconds()},
    },
    "begin-nights": {
        "task": "bhod.tasks.begin_nights",
        "schedule": timedelta(minutes=1),
        "options": {"expires": timedelta(minutes=1).total_seconds()},
    },
    "work-on-payments": {
        "task": "bhod.tasks.work_on_payments",
        "schedule": timedelta(seconds=2),
        "options": {"expires": timedelta(seconds=2).total_seconds()},
    },
    "purge-sessions": {
        "task": "csam.tasks.purge_sessions",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": timedelta(hours=12).total_seconds()},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "keyvalue": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"]),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "keyvalue"}},
    # A tick every two seconds is no news; what it applied is logged by its task.
    "loggers": {
        name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat")
    },
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
}
