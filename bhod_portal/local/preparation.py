"""What the demo does with Django itself before its servers start."""

# ruff: noqa: PLC0415  (Django is imported only once the environment of the demo is set)

from io import StringIO


class NewerDatabaseError(Exception):
    """The database was made by a later version of the portal; the text is one French sentence."""


def prepare() -> str:
    """Bring the database to this version with the demo world in it; returns the personas, ready to print.

    Changes nothing that is there already. Raises NewerDatabaseError.
    """
    import django

    django.setup()

    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    loader = executor.loader
    known = set(loader.disk_migrations) | {
        replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces
    }
    if unknown := sorted(set(loader.applied_migrations) - known):
        app, name = unknown[-1]
        raise NewerDatabaseError(
            f"La base de données vient d'une version plus récente du portail (migration « {app}.{name} ») : prenez "
            "cette version, ou repartez de zéro avec « make demo-reset »."
        )
    if executor.migration_plan(loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo_world", stdout=StringIO())
    personas = StringIO()
    call_command("show_personas", stdout=personas)
    connection.close()
    _declare_queues()
    return personas.getvalue()


def _declare_queues() -> None:
    # Over the filesystem broker, a worker and beat that declare the same queue at the same moment can read each
    # other's half-written file: it is there before they start.
    from bhod_portal.celery import app

    with app.connection_for_write() as broker:
        for queue in app.amqp.queues.values():
            queue(broker.default_channel).declare()
