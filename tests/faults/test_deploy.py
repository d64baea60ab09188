"""A new version is put in place while changes that the former one wrote are pending."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import redis
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, QualityMember, RoleChange
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from tests.csam.login import log_in
from tests.faults.scene import LONG_SINCE, nothing_waits, page_of, states
from tests.faults.servers import DATABASE, own_postgres
from tests.faults.telling import LATE, OVERDUE, told
from tests.processes.asking import ask
from tests.processes.running import running_worker, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]

# What commit a7c7bc9 (the version before issue 4) left behind: its migrations were run, its factories and services
# gave three users their functions, its sweep applied the first three changes, eight more were asked after that, and
# its beat sent a tick. Then every table that had rows was written down with json_agg, and the queue with LRANGE.
FORMER = json.loads((Path(__file__).parent / "former_version.json").read_text(encoding="utf-8"))


def leave_what_the_former_version_left():
    executor = MigrationExecutor(connection)
    executor.migrate(list(FORMER["migrations"].items()))
    with connection.cursor() as cursor:
        # Tables come in any order: nothing of theirs was broken when they were written down.
        cursor.execute("SET session_replication_role = replica")
        for table, rows in FORMER["tables"].items():
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)",  # noqa: S608  (of our own)
                [json.dumps(rows)],
            )
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(row["id"] for row in rows)]
            )
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_new_version_applies_what_the_former_one_left(tmp_path, redis_url, client):
    broker = redis.Redis.from_url(redis_url)
    with own_postgres(tmp_path) as server:
        leave_what_the_former_version_left()
        broker.rpush("ticks", *[json.dumps(tick) for tick in FORMER["ticks"]])
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)

        pending = RoleChange.objects.pending().count()
        manager, *users = QualityMember.objects.order_by("pk")
        log_in(client, manager.person)
        pages = [states(client.get(page_of(user)).content.decode()) for user in users]
        assert pending == 8
        assert all("en attente" in page for page in pages)
        late = told(client, users[0], manager, after=LATE)
        assert late.notice.startswith(OVERDUE)
        assert late.unwell["oldest_pending"] == "degraded"

        with running_worker(server.url(DATABASE), redis_url, beat=True, folder=tmp_path):
            wait_until(nothing_waits, "the new worker applies what the former version left")
            # And what is asked of the new version goes on from there.
            asked = ask(manager, year=2030)
            wait_until(nothing_waits, "the new worker applies what is asked of it")

        guards, circle = Function.GUARDPOST_CIRCLE, Function.FILEMANAGER_CIRCLE
        seen = Counter(
            (role.person_id, role.function, Period(role.valid_from, role.valid_until))
            for role in EffectiveRole.objects.known()
        )
        assert seen == Counter(
            [
                (users[0].person_id, guards, Period(LONG_SINCE)),
                (users[0].person_id, circle, Period(date(2027, 1, 1), date(2027, 12, 31))),
                (users[1].person_id, circle, Period(date(2028, 1, 1), date(2028, 6, 30))),
                (users[2].person_id, guards, Period(LONG_SINCE, date(2026, 12, 31))),
                (manager.person_id, circle, Period(asked.valid_from, asked.valid_until)),
            ]
        )
        granted = RoleChange.objects.filter(grants__isnull=False)
        assert EffectiveRole.objects.count() == granted.count()
        for change in RoleChange.objects.filter(withdraws__isnull=False):
            role = EffectiveRole.objects.get(assignment=change.withdraws_id)
            assert (
                role.applied_at <= role.withdrawn_at == change.applied_at <= clock.now(manager.person.world)
            )
        page = states(client.get(page_of(users[0])).content.decode())
        assert "en attente" not in page
        assert "active" in page
        assert told(client, users[0], manager, after=LATE).notice == ""
