"""The demo world for tests of the whole portal: loaded once per module, since loading it takes longer than a page."""

import pytest
from django.core.management import call_command

from tests.personas import make_demo


@pytest.fixture(scope="module")
def demo_world(django_db_setup, django_db_blocker):
    """The demo world, in the database for a module's tests; what each of them writes is rolled back as always."""
    with django_db_blocker.unblock():
        world = make_demo().world
    yield world
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
