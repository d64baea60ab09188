import json
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from bhod_portal.settings import env

COMPLETE = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://portal:secret@database/portal",
    "REDIS_URL": "redis://redis:6379/0",
    "ALLOWED_HOSTS": "portal.example, www.portal.example",
    "PORTAL_URL": "https://portal.example",
}


def start(variables, expression="None"):
    """Read the production settings in a process of their own, with these variables only."""
    code = f"import json; from bhod_portal.settings import prod; print(json.dumps({expression}))"
    # What measures coverage goes along; nothing else of this process does.
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PATH", "COVERAGE"))}
    environment = kept | variables
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


class TestProduction:
    def test_starts_with_its_variables(self):
        result = start(COMPLETE, "[prod.ALLOWED_HOSTS, prod.DATABASES['default']['HOST'], prod.DEBUG]")

        assert json.loads(result.stdout) == [["portal.example", "www.portal.example"], "database", False]

    @pytest.mark.parametrize("missing", COMPLETE)
    def test_says_which_variable_is_missing(self, missing):
        result = start({name: value for name, value in COMPLETE.items() if name != missing})

        assert result.returncode != 0
        assert f"Définissez la variable {missing}" in result.stderr

    @pytest.mark.parametrize("name", ["SECURE_SSL_REDIRECT", "TRUSTED_PROXY_COUNT"])
    def test_says_which_variable_is_malformed(self, name):
        result = start(COMPLETE | {name: "peut-être"})

        assert result.returncode != 0
        assert f"La variable {name} doit" in result.stderr

    def test_reads_a_secret_from_a_file(self, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("f" * 60 + "\n")
        variables = {name: value for name, value in COMPLETE.items() if name != "SECRET_KEY"}

        result = start(variables | {"SECRET_KEY_FILE": str(secret)}, "prod.SECRET_KEY")

        assert json.loads(result.stdout) == "f" * 60

    def test_says_that_a_secret_s_file_is_missing(self, tmp_path):
        result = start(COMPLETE | {"SECRET_KEY_FILE": str(tmp_path / "nowhere")})

        assert result.returncode != 0
        assert "SECRET_KEY_FILE ne peut pas être lu" in result.stderr

    def test_trusts_a_proxy_only_when_told(self):
        expression = "getattr(prod, 'SECURE_PROXY_SSL_HEADER', None)"

        assert json.loads(start(COMPLETE, expression).stdout) is None
        told = start(COMPLETE | {"TRUST_PROXY_HEADERS": "true"}, expression)
        assert json.loads(told.stdout) == ["HTTP_X_FORWARDED_PROTO", "https"]

    @pytest.mark.parametrize(
        ("variables", "secure"),
        [
            ({}, True),
            ({"SECURE_SSL_REDIRECT": "false", "TRUST_PROXY_HEADERS": "true"}, True),
            pytest.param({"SECURE_SSL_REDIRECT": "false"}, False, id="a trial over plain http"),
        ],
    )
    def test_keeps_cookies_to_https(self, variables, secure):
        result = start(COMPLETE | variables, "[prod.SESSION_COOKIE_SECURE, prod.CSRF_COOKIE_SECURE]")

        assert json.loads(result.stdout) == [secure, secure]


class TestVariables:
    def test_the_readme_tells_each(self):
        rows = re.findall(
            r"^\| `([A-Z_]+)` \|", (env.BASE_DIR / "README.md").read_text("utf-8"), re.MULTILINE
        )

        assert sorted(rows) == sorted(env.VARIABLES)

    def test_a_variable_off_the_list_is_refused(self):
        with pytest.raises(ImproperlyConfigured, match="n'est pas dans la liste"):
            env.env_str("DATABSE_URL")

    @pytest.mark.parametrize(
        ("typed", "items"), [("", []), ("un", ["un"]), (" un , deux,", ["un", "deux"])], ids=str
    )
    def test_reads_a_list(self, monkeypatch, typed, items):
        monkeypatch.setenv("ALLOWED_HOSTS", typed)

        assert env.env_list("ALLOWED_HOSTS") == items

    def test_the_required_one_may_not_be_empty(self, monkeypatch):
        monkeypatch.setenv("REDIS_URL", "")

        with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
            env.env_required("REDIS_URL")


def test_passwords_are_hashed_for_real_outside_of_tests():
    code = "from bhod_portal.settings import dev; print(hasattr(dev, 'PASSWORD_HASHERS'))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "False"
