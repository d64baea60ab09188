"""What the settings read from the environment; no other settings module reads it itself.

`VARIABLES` is the whole list; the container files are held to it by a test.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

VARIABLES = {
    "DATABASE_URL": "PostgreSQL ≥ 15 ; absent en développement : base embarquée sous .var/",
    "REDIS_URL": "courtier Celery et cache ; absent en développement : fichiers sous .var/ et cache en base",
    "SECRET_KEY": "clé secrète de Django, au moins 50 caractères",
    "ALLOWED_HOSTS": "noms d'hôte servis, séparés par des virgules",
    "CSRF_TRUSTED_ORIGINS": "origines https des formulaires, séparées par des virgules",
    "EMAIL_URL": "serveur SMTP qui reçoit aussi chaque message ; absent : rien ne sort du simulateur",
    "DEFAULT_FROM_EMAIL": "expéditeur des messages",
    "SECURE_SSL_REDIRECT": "renvoyer vers https (oui par défaut en production) ; non, sans mandataire : essai en http",
    "TRUST_PROXY_HEADERS": "croire X-Forwarded-Proto du mandataire qui précède (non par défaut)",
    "TRUSTED_PROXY_COUNT": "nombre de mandataires de confiance avant le portail (0 par défaut)",
    "PORTAL_URL": "adresse du portail, que donnent les messages, sans barre finale",
    "METRICS_TOKEN": "jeton que montre Prometheus pour lire /metrics ; absent en production : la page n'existe pas",
    "LOG_LEVEL": "DEBUG, INFO, WARNING… (INFO par défaut)",
    "DEBUG": "pages d'erreur détaillées, en développement seulement",
    "VAR_DIR": "dossier des données locales (.var par défaut)",
}

BASE_DIR = Path(__file__).resolve().parent.parent.parent

_env = Env()


def _checked(name: str) -> str:
    if name not in VARIABLES:
        raise ImproperlyConfigured(f"{name} n'est pas dans la liste des variables de settings/env.py.")
    return name


def env_str(name: str, default: str = "") -> str:
    return str(_env.str(_checked(name), default))


def env_required(name: str) -> str:
    """The value of a variable that must be there; its absence stops the start with a sentence."""
    value = env_str(name)
    if not value:
        raise ImproperlyConfigured(f"Définissez la variable {name} : {VARIABLES[name]}.")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    try:
        return bool(_env.bool(_checked(name), default))
    except EnvError as error:
        raise ImproperlyConfigured(
            f"La variable {name} doit valoir true ou false : {VARIABLES[name]}."
        ) from error


def env_int(name: str, default: int) -> int:
    try:
        return int(_env.int(_checked(name), default))
    except EnvError as error:
        raise ImproperlyConfigured(
            f"La variable {name} doit être un nombre entier : {VARIABLES[name]}."
        ) from error


def env_list(name: str) -> list[str]:
    return [item.strip() for item in env_str(name).split(",") if item.strip()]


def env_secret(name: str) -> str:
    """Like `env_required`, but also read from the file named in NAME_FILE, as container secrets are."""
    path = _env.str(f"{_checked(name)}_FILE", "")
    if not path:
        return env_required(name)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Le fichier {path} de {name}_FILE ne peut pas être lu.") from error
