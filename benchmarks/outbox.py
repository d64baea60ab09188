"""Changes that are due, on a Belgium without guards whose doctors are all users of their circle's quality.

`python -m benchmarks.outbox 100000` fills the database of DATABASE_URL. Of a hundred changes, 45 grant a function, 30
edit one that is in effect, 20 withdraw one, and 5 edit what another of them grants, and which must come before. Beside
them a hundred thousand functions are in effect that nobody touches; all that is came through the outbox too.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import country
from benchmarks.databases import settle
from benchmarks.loading import Loader

MIX = ("grant",) * 45 + ("edit",) * 30 + ("withdrawal",) * 20 + ("edit of a grant",) * 5
UNTOUCHED = 100_000
FIRST_YEAR = 2025
GRANTED_AT = datetime.fromisoformat("2025-03-03T08:00:00+00:00")
# Asked over a morning, due within twenty minutes, and swept when the last of them is due.
ASKED_AT = datetime.fromisoformat("2026-09-01T07:00:00+00:00")
MORNING, LONGEST = timedelta(hours=4), timedelta(minutes=19, seconds=50)
DUE_AT = ASKED_AT + MORNING + 2 * LONGEST


class Outbox:
    """Assignments, changes and effective roles to be loaded; keys go up as managers asked."""

    def __init__(self, members: list[tuple[int, int, int, int]], draw: random.Random, loader: Loader) -> None:
        """`members`: key, person, enterprise, and who manages."""
        from access_mgmt.enums import Function
        from access_mgmt.models import RoleAssignment

        self.draw = draw
        self.keys = count(loader.first_key(RoleAssignment))
        self.places = self._places(members, list(Function))
        self.assignments: list[list[Any]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.effective: list[tuple[Any, ...]] = []

    def _places(
        self, members: list[tuple[int, int, int, int]], functions: list[str]
    ) -> Iterator[tuple[Any, ...]]:
        """A member, a function and a year of validity, never the same twice, members by turns."""
        for year in count(FIRST_YEAR):
            for function in functions:
                self.draw.shuffle(members)
                for member in members:
                    yield member, function, date(year, 1, 1), date(year, 12, 31)

    def standing(self) -> list[Any]:
        """A function that was granted and took effect long ago."""
        asked = self._assignment(next(self.places), GRANTED_AT)
        self._change(GRANTED_AT, None, asked, applied_at=GRANTED_AT + LONGEST)
        (_, person, enterprise, _), function, first, last = asked[-1]
        self.effective.append((asked[0], person, enterprise, function, first, last, GRANTED_AT + LONGEST))
        return asked

    def grant(self, at: datetime) -> list[Any]:
        asked = self._assignment(next(self.places), at)
        self._change(at, None, asked)
        return asked

    def withdraw(self, standing: list[Any], at: datetime, *, edit: bool) -> None:
        """Delete it, or shorten it by a month."""
        member, function, first, last = standing[-1]
        standing[6:8] = at, member[3]
        place = member, function, first, last - timedelta(days=30)
        self._change(at, standing, self._assignment(place, at) if edit else None)

    def _assignment(self, place: tuple[Any, ...], at: datetime) -> list[Any]:
        member, function, first, last = place
        asked = [next(self.keys), member[0], function, first, last, at, None, None, member[3], place]
        self.assignments.append(asked)
        return asked

    def _change(
        self, at: datetime, old: list[Any] | None, new: list[Any] | None, applied_at: datetime | None = None
    ) -> None:
        from access_mgmt.enums import ChangeKind

        kind = ChangeKind.GRANTED if old is None else ChangeKind.EDITED if new else ChangeKind.REVOKED
        # An edit of what waits itself is never due before it.
        waits = timedelta() if old is None or old[5] == GRANTED_AT else LONGEST
        due_at = applied_at or at + waits + self.draw.random() * LONGEST
        keys = old and old[0], new and new[0]
        self.changes.append((kind, *keys, at, (old or new or [])[8], due_at, applied_at))

    def load(self, loader: Loader) -> None:
        from access_mgmt.models import EffectiveRole, RoleAssignment, RoleChange

        columns = "id member_id function valid_from valid_until requested_at revoked_at revoked_by_id requested_by_id"
        rows = (tuple(asked[:-1]) for asked in self.assignments)
        loader.load(RoleAssignment, columns.split(), rows, about=len(self.assignments))
        columns = "kind withdraws_id grants_id requested_at requested_by_id due_at applied_at"
        loader.load(RoleChange, columns.split(), self.changes, about=len(self.changes))
        columns = "assignment_id person_id enterprise_id function valid_from valid_until applied_at"
        loader.load(EffectiveRole, columns.split(), self.effective, about=len(self.effective))


def load(
    due: int, *, untouched: int = UNTOUCHED, sizes: country.Sizes | None = None, loader: Loader | None = None
) -> Any:
    """Load so many changes into a new world; returns the world."""
    loader = loader or Loader()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        world = country.load(replace(sizes or country.Sizes(), guards=0), loader=loader)
        _doctors_join(world, loader)
        draw = random.Random(country.SEED)  # noqa: S311  (no secret)
        outbox = Outbox(_members(world), draw, loader)
        for _place in range(untouched):
            outbox.standing()
        _ask(outbox, due, draw)
        outbox.load(loader)
    return world


def _ask(outbox: Outbox, due: int, draw: random.Random) -> None:
    kinds = [MIX[place % len(MIX)] for place in range(due)]
    draw.shuffle(kinds)
    standing = [outbox.standing() for kind in kinds if kind in {"edit", "withdrawal"}]
    draw.shuffle(standing)
    # What is edited before it took effect was granted among these, at the latest just before.
    granted: list[list[Any]] = []
    for place, kind in enumerate(kinds):
        at = ASKED_AT + MORNING * (place / due)
        if kind == "grant":
            granted.append(outbox.grant(at))
        elif kind == "edit of a grant" and granted:
            outbox.withdraw(granted.pop(draw.randrange(len(granted))), at, edit=True)
        elif kind == "edit of a grant":
            outbox.grant(at)
        else:
            outbox.withdraw(standing.pop(), at, edit=kind == "edit")


def _doctors_join(world: Any, loader: Loader) -> None:
    from access_mgmt.enums import MemberKind, MemberLink
    from access_mgmt.models import Quality, QualityMember
    from csam.enums import Language, Title
    from prosante_login.models import CareProvider

    quality_of = {each.enterprise_id: each for each in Quality.objects.filter(enterprise__world=world)}
    doctors = (
        CareProvider.objects.filter(person__world=world)
        .distinct("pk")
        .order_by("pk", "enrolments__enterprise")
        .values_list("person", "person__email", "enrolments__enterprise")
    )
    rows = [
        (
            quality_of[enterprise].pk,
            person,
            MemberKind.USER,
            MemberLink.MEMBER,
            Title.MR,
            Language.FRENCH,
            email,
            country.OPENED_AT,
            quality_of[enterprise].activated_by_id,
        )
        for person, email, enterprise in doctors
    ]
    columns = "quality_id person_id kind link title language email added_at added_by_id"
    loader.load(QualityMember, columns.split(), rows, about=len(rows))


def _members(world: Any) -> list[tuple[int, int, int, int]]:
    from access_mgmt.enums import MemberLink
    from access_mgmt.models import QualityMember

    members = QualityMember.objects.filter(person__world=world, link=MemberLink.MEMBER).order_by("pk")
    return list(members.values_list("pk", "person", "quality__enterprise", "added_by"))


def main(due: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    load(int(due))
    settle(os.environ["DATABASE_URL"])
    print(json.dumps({"due": int(due)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
