"""Migrations are in step with the models, form one line per app, and say what they do."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

LABELS = [label.split(".")[-1] for label in settings.FIRST_PARTY_APPS]


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_models_are_without_fault():
    """django-linear-migrations holds each max_migration.txt by a system check."""
    call_command("check", tags=["models"], fail_level="WARNING")


@pytest.mark.parametrize("label", LABELS)
def test_migrations_of_an_app_form_one_line(label):
    loader = MigrationLoader(None)
    own = [name for app, name in loader.disk_migrations if app == label]
    if not own:
        assert not list(apps.get_app_config(label).get_models())
        return
    [(_, last)] = loader.graph.leaf_nodes(label)
    written = Path(apps.get_app_config(label).path, "migrations", "max_migration.txt").read_text(
        encoding="utf-8"
    )
    assert written.strip() == last == max(own)


def nameless(migrations):
    return [name for name in migrations if re.search(r"_auto_|\d{8}_\d{4}", name)]


def test_every_migration_says_what_it_does():
    """The first ones of a new app keep Django's name; later ones have a name of their own."""
    loader = MigrationLoader(None)
    assert nameless(name for app, name in loader.disk_migrations if app in LABELS) == []


def test_a_planted_name_of_django_is_caught():
    planted = ["0001_initial", "0002_guards", "0003_auto_20260310_0900"]
    assert nameless(planted) == ["0003_auto_20260310_0900"]
