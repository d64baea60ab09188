"""What managers ask while something breaks, and what must be seen of it in the end: each change once, in order."""

import re
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
from django.db import connection
from django.urls import reverse

from access_mgmt import selectors
from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, PropagationDay, RoleAssignment, RoleChange
from access_mgmt.services import role_assignments
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.login import log_in
from tests.processes.asking import make_manager
from tests.processes.running import url_of_test_database

FIRST = date(2030, 1, 1)
DAY = timedelta(days=1)
LONG_SINCE = date(2020, 1, 1)
GATE = 4711

_STATE = re.compile(r'<span class="state state-\w+(?: text-nowrap)?">([^<]+)</span>')


class Scene:
    """A manager, a user whose page he looks at, and what he asked of all sorts in a world that propagates at once."""

    def __init__(self):
        self.manager = make_manager()
        self.user = self.newcomer()
        self.wanted = Counter()
        self.asked = 0

    def newcomer(self):
        return QualityMemberFactory(quality=self.manager.quality)

    # What is asked

    def grant(self, member, period, function=Function.FILEMANAGER_CIRCLE):
        assignment = role_assignments.assign_role(
            member=member, function=function, period=period, **self._by_and_at()
        )
        return self._want(assignment)

    def edit(self, assignment, period):
        self._want_no_more(assignment)
        return self._want(
            role_assignments.change_period(assignment=assignment, period=period, **self._by_and_at())
        )

    def delete(self, assignment):
        role_assignments.revoke_role(assignment=assignment, **self._by_and_at())
        self._want_no_more(assignment)
        self.asked += 1

    def chain(self, member, year):
        """Grant, edit, edit, and in odd years delete: what stands at the end is the last of it."""
        assignment = self.grant(member, Period(date(year, 1, 1), date(year, 12, 31)))
        for month in (6, 3):
            assignment = self.edit(assignment, Period(date(year, 1, 1), date(year, month, 1)))
        if year % 2:
            self.delete(assignment)

    def crowd(self, number):
        """Ask thousands of changes in a few statements: grants, edits of every third, and a member who loses all."""
        stays, leaves = self.newcomer(), self.newcomer()
        days = [FIRST + 3 * place * DAY for place in range(number)]
        grants = [
            (member, Function.FILEMANAGER_CIRCLE, Period(day, day))
            for member in (stays, leaves)
            for day in days
        ]
        role_assignments.give_all(grants=grants, moves=[], **self._by_and_at())
        moved = list(RoleAssignment.objects.filter(member=stays).order_by("valid_from")[::3])
        role_assignments.give_all(
            grants=[],
            moves=[(each, Period(each.valid_from, each.valid_from + DAY)) for each in moved],
            **self._by_and_at(),
        )
        role_assignments.revoke_all(members=[leaves], **self._by_and_at())
        for place, day in enumerate(days):
            until = day if place % 3 else day + DAY
            self.wanted[stays.person_id, Function.FILEMANAGER_CIRCLE.value, day, until] += 1
        self.asked += 2 * number + len(moved) + number

    def _by_and_at(self):
        world = self.manager.person.world
        return {"by": self.manager.person, "at": clock.now(world)}

    def _want(self, assignment):
        self.wanted[_row(assignment, assignment.member.person_id)] += 1
        self.asked += 1
        return assignment

    def _want_no_more(self, assignment):
        self.wanted[_row(assignment, assignment.member.person_id)] -= 1

    # What is seen

    def sees(self, member):
        """The functions that applications see of a member today."""
        return selectors.effective_functions(
            person=member.person,
            enterprise_id=member.quality.enterprise_id,
            on=clock.today(self.manager.person.world),
        )

    def open_page(self, client, member):
        """« Fonctions exercées » of a member, as his manager reads it."""
        log_in(client, self.manager.person)
        response = client.get(page_of(member))
        assert response.status_code == 200
        return states(response.content.decode())

    def assert_page_shows_all_applied(self, client):
        """The page of the user, who was given a function of today beside others."""
        shown = self.open_page(client, self.user)
        assert "en attente" not in shown
        assert shown.count("active") == 1

    def assert_each_change_was_applied_once_and_in_order(self):
        changes = list(RoleChange.objects.all())
        roles = {role.assignment_id: role for role in EffectiveRole.objects.all()}
        grants = {change.grants_id: change for change in changes if change.grants_id}

        assert [change.pk for change in changes if change.applied_at is None] == []
        assert len(changes) == self.asked == sum(day.applied for day in PropagationDay.objects.all())
        assert EffectiveRole.objects.count() == len(roles)
        assert set(roles) == set(grants)
        for key, change in grants.items():
            assert roles[key].applied_at == change.applied_at
        for change in changes:
            if change.withdraws_id:
                role = roles[change.withdraws_id]
                # A clock that was set back meanwhile gives the earlier instant to the later act.
                assert role.withdrawn_at == max(change.applied_at, role.applied_at)
        known = Counter(_row(role, role.person_id) for role in EffectiveRole.objects.known())
        assert known == +self.wanted


def _row(role, person):
    return person, str(role.function), role.valid_from, role.valid_until


def page_of(member):
    return reverse("access_mgmt:role_list", kwargs={"member_pk": member.pk})


def states(html):
    """The words in the column « État » of a page."""
    return _STATE.findall(html)


def nothing_waits():
    return not RoleChange.objects.pending().exists()


def applied_by(worker):
    return sum(int(count) for count in re.findall(r"role changes applied: (\d+)", worker.log.read_text()))


class Gate:
    """Holds a statement in its middle: while it is closed, what begins so waits at one row before it writes it."""

    def __init__(self, statement):
        self._statement = statement
        self._key = psycopg.connect(url_of_test_database(), autocommit=True)
        self._key.execute("SELECT pg_advisory_lock(%s)", [GATE])

    def held(self):
        """The server processes of batches that are in their middle: at the gate, or behind one that is there."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s",
                [f"%{self._statement}%"],
            )
            return {pid for (pid,) in cursor.fetchall()}

    def open(self):
        self._key.close()


@contextmanager
def closed_gate(rows, *, table="access_mgmt_effectiverole", statement="WITH due AS"):
    """A gate before the rows of a table that the SQL condition on NEW says; `statement` is what writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER gate BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN ({rows}) EXECUTE FUNCTION wait_at_the_gate()"
        )
    gate = Gate(statement)
    try:
        yield gate
    finally:
        gate.open()
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION wait_at_the_gate CASCADE")
