"""Whatever managers do and clocks show, the applications see what a small model of the rules says."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, RoleAssignment
from access_mgmt.services import propagation, role_assignments
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AT

FIRST = date(2026, 1, 1)
DELAYS = {PropagationMode.SLOW: 60 * 60, PropagationMode.IMMEDIATE: 0}


@dataclass
class Model:
    """The rules of design 5 in a few lines: a list of acts, each applied at the first sweep after its due instant."""

    mode: str = PropagationMode.NORMAL
    waiting: list = field(default_factory=list)  # (due, withdrawn, granted), by assignment keys
    rows: dict = field(default_factory=dict)  # granted: [applied, withdrawn]

    def ask(self, now, drawn, withdrawn, granted):
        due = now + timedelta(seconds=DELAYS.get(self.mode, drawn))
        earlier = [when for when, _, other in self.waiting if other is not None and other == withdrawn]
        self.waiting.append((max([due, *earlier]), withdrawn, granted))

    def sweep(self, now):
        for act in list(self.waiting):
            due, withdrawn, granted = act
            if self.mode != PropagationMode.STUCK and due <= now:
                self.waiting.remove(act)
                if withdrawn is not None:
                    self.rows[withdrawn][1] = now
                if granted is not None:
                    self.rows[granted] = [now, None]


days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
periods = st.tuples(days, st.none() | st.integers(0, 20)).map(
    lambda both: Period(both[0], both[0] + timedelta(days=both[1]) if both[1] is not None else None)
)
places, draws = st.integers(0, 9), st.integers(1, 1190)
acts = st.one_of(
    st.tuples(st.just("grant"), st.sampled_from(list(Function)[:3]), periods, draws),
    st.tuples(st.just("edit"), places, periods, draws),
    st.tuples(st.just("delete"), places, st.none(), draws),
    st.tuples(st.just("clock"), st.sampled_from([1, 60, 600, 1200, 3600, 90_000]), st.none(), st.none()),
    st.tuples(st.just("mode"), st.sampled_from(list(PropagationMode)), st.none(), st.none()),
    st.tuples(st.just("sweep"), st.none(), st.none(), st.none()),
)


class Run:
    """The acts done for real, and in the model beside."""

    def __init__(self, monkeypatch):
        self.manager = QualityMemberFactory(local_manager=True)
        self.member = QualityMemberFactory(quality=self.manager.quality)
        self.world = self.manager.person.world
        self.now: datetime = AT
        self.model, self.standing, self.drawn = Model(), [], 0
        monkeypatch.setattr(propagation, "_draw", lambda _low, _high: self.drawn)

    def do(self, act, which, period, drawn):
        getattr(self, act)(which, period, drawn)

    def grant(self, function, period, drawn):
        self._ask(
            drawn, None, role_assignments.assign_role, member=self.member, function=function, period=period
        )

    def edit(self, place, period, drawn):
        self._change(place, drawn, role_assignments.change_period, period=period)

    def delete(self, place, _period, drawn):
        self._change(place, drawn, role_assignments.revoke_role)

    def clock(self, seconds, _period, _drawn):
        clock.advance(self.world, by=timedelta(seconds=seconds))
        self.now += timedelta(seconds=seconds)

    def mode(self, mode, _period, _drawn):
        self.model.mode = self.world.mode = mode
        self.world.save()

    def sweep(self, *_nothing):
        propagation.apply_due_changes(real_now=AT)
        self.model.sweep(self.now)

    def _change(self, place, drawn, service, **asked):
        if self.standing:
            old = self.standing[place % len(self.standing)]
            self._ask(drawn, old, service, assignment=RoleAssignment.objects.get(pk=old), **asked)

    def _ask(self, drawn, old, service, **asked):
        self.drawn = drawn
        by = type(self.manager.person).objects.get(pk=self.manager.person_id)
        try:
            new = service(**asked, by=by, at=self.now)
        except ValidationError:
            return
        granted = new.pk if new else None
        if granted != old:
            self.model.ask(self.now, drawn, old, granted)
            self.standing = [each for each in self.standing if each != old] + ([granted] if granted else [])


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=25))
def test_what_is_seen_is_what_the_rules_say(monkeypatch, sequence):
    with transaction.atomic(), monkeypatch.context() as patched:
        run = Run(patched)
        for act in sequence:
            run.do(*act)
        for end in (("mode", PropagationMode.NORMAL), ("sweep", None), ("clock", 7200), ("sweep", None)):
            run.do(*end, None, None)

        seen = {
            role.assignment_id: [role.applied_at, role.withdrawn_at] for role in EffectiveRole.objects.all()
        }
        known = set(EffectiveRole.objects.known().values_list("assignment_id", flat=True))
        transaction.set_rollback(True)

    assert seen == run.model.rows
    assert known == set(run.standing)
