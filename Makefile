# make demo    the portal on http://localhost:8000 (PORT=…), with everything it needs; make demo-reset starts afresh
# make test    the whole suite, with the coverage gate         make lint    every check of the code
# make format  what can be put right by itself                 make lock    the lock files, from pyproject.toml
# make messages  the message catalogues, in step with the sources (needs gettext)    make styles  the style sheet
# make screenshots  every screen at two widths, light and dark, into screenshots/ with an index.html
# make bench   identification beside a peer's, users list of 10,000, imports, in five minutes; writes benchmarks/RESULTS.md
#              python -m benchmarks planning_import (one minute), login, belgium (two), circle, feeds, lag, payments (three), pages (four, in Chromium), propagation (ten):
#              by name only; --record writes them

PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
TEST_PROCESSES ?= 2
PYTEST_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
# Their states stand among the screenshots too.
JOURNEYS := $(addprefix tests/browser/test_,manual.py manager_day.py key_codes.py key_itsme.py key_eidas.py exceptional.py \
	managers.py member_list.py planning_import.py prosante_questions.py swap.py payment.py waiting_roles.py)
# Any values that settings/prod.py accepts: the check reads settings and opens no connection.
PROD := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	DATABASE_URL=postgres://check@localhost/check REDIS_URL=redis://localhost ALLOWED_HOSTS=portal.invalid \
	PORTAL_URL=https://portal.invalid

.PHONY: demo demo-reset test lint format lock messages schema styles screenshots bench

demo: .venv/.installed-demo
	@exec $(BIN)/python -m bhod_portal.local.demo --port $(PORT) --with-parent

demo-reset: .venv/.installed-demo
	@exec $(BIN)/python -m bhod_portal.local.demo --port $(PORT) --with-parent --reset

test: .venv/.installed-dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal $(PYTEST_ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: .venv/.installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PROD) $(BIN)/python manage.py check --deploy --settings bhod_portal.settings.prod --fail-level WARNING

format: .venv/.installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2

lock: .venv/.installed-dev
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-dev.lock --constraints requirements.lock --group dev
	$(LOCK) --output-file requirements-bench.lock --constraints requirements.lock benchmarks/requirements.in

messages: .venv/.installed-dev
	$(BIN)/python -m bhod_portal.local.catalogues

schema: .venv/.installed-demo
	$(BIN)/python -m bhod_portal.local.schema

styles: .venv/.installed-dev
	$(BIN)/python -m bhod_portal.local.styles

screenshots: export SCREENSHOTS := screenshots
screenshots: .venv/.installed-dev
	rm -rf screenshots
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --quiet $(JOURNEYS)
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --quiet tests/browser/screenshots.py

bench: .venv/.installed-demo .venv-bench/.installed
	@exec $(BIN)/python -m benchmarks

.venv/.installed-demo: requirements.lock | $(BIN)/python
	@echo "Installation des dépendances (moins d'une minute)…"
	@$(PIP) --requirement requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed-demo
	@$(PIP) --requirement requirements.lock --requirement requirements-dev.lock
	@touch $@

.venv-bench/.installed: requirements-bench.lock
	@"$(PYTHON)" -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement $<
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Il faut Python 3.11 ou plus récent ; nommez-le par « make PYTHON=/chemin/vers/python3 »." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv \
		|| { rm -rf .venv; echo "Python ne peut pas créer .venv ; sous Debian : apt-get install python3-venv." >&2; exit 1; }
