"""A guard cut in two."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from bhod.enums import GuardAct, GuardState
from bhod.models import Guard
from bhod.services.batches import undo_batch, undoing_of
from bhod.services.guards import confirm_guard
from bhod.services.proposals import do_as_shown, preview
from bhod.services.splits import split_of
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory

START, END = datetime(2026, 3, 5, 18, tzinfo=UTC), datetime(2026, 3, 6, 7, tzinfo=UTC)
CUT = datetime(2026, 3, 5, 23, tzinfo=UTC)


@pytest.fixture
def colleague(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise).provider


@pytest.fixture
def guard(unit):
    provider = CircleDoctorFactory(enterprise=unit.enterprise).provider
    return GuardFactory(unit=unit, provider=provider, starts_at=START, ends_at=END)


@pytest.fixture
def split(manager):
    def act(guard, provider, cut_at=CUT):
        proposal = split_of(guard=guard, cut_at=cut_at, provider=provider)
        shown = preview(proposal=proposal, by=manager, at=AT).fingerprint
        return do_as_shown(proposal=proposal, shown=shown, click="page", by=manager, at=AT)

    return act


def test_gives_the_second_part_to_a_colleague(guard, colleague, split):
    done = split(guard, colleague)

    first, second = Guard.objects.order_by("starts_at")
    assert (first.pk, first.provider, first.starts_at, first.ends_at) == (
        guard.pk,
        guard.provider,
        START,
        CUT,
    )
    assert (second.provider, second.starts_at, second.ends_at) == (colleague, CUT, END)
    assert first.changes.get().act == GuardAct.CHANGED
    assert first.changes.get().before_ends_at == END
    assert done.told == 2


def test_may_stay_with_the_same_doctor(guard, split):
    split(guard, guard.provider)
    assert Guard.objects.filter(provider=guard.provider).count() == 2


def test_leaves_both_parts_of_a_confirmed_guard_to_confirm_anew(guard, colleague, split, manager):
    confirm_guard(guard=guard, by=manager, at=AT)
    split(guard, colleague)
    assert set(Guard.objects.values_list("state", flat=True)) == {GuardState.REGISTERED}


def test_keeps_a_draft_a_draft(guard, colleague, split):
    Guard.objects.update(state=GuardState.DRAFT, is_published=False)
    guard.refresh_from_db()
    split(guard, colleague)
    assert set(Guard.objects.values_list("state", flat=True)) == {GuardState.DRAFT}


@pytest.mark.parametrize("cut_at", [START, END, START - timedelta(hours=1), END + timedelta(hours=1)])
def test_refuses_a_cut_outside_of_the_guard(guard, colleague, cut_at):
    with pytest.raises(ValidationError) as refusal:
        split_of(guard=guard, cut_at=cut_at, provider=colleague)
    assert refusal_codes(refusal.value) == {"cut_outside"}


def test_does_both_parts_or_none(guard, unit, manager):
    ended = CircleDoctorFactory(enterprise=unit.enterprise, ended=True).provider
    proposal = split_of(guard=guard, cut_at=CUT, provider=ended)
    shown = preview(proposal=proposal, by=manager, at=AT)
    assert shown.accepted == []
    with pytest.raises(ValidationError):
        do_as_shown(proposal=proposal, shown=shown.fingerprint, click="page", by=manager, at=AT)
    guard.refresh_from_db()
    assert guard.ends_at == END


def test_undone_it_is_one_guard_again(guard, colleague, split, manager):
    batch = split(guard, colleague).batch
    shown = preview(proposal=undoing_of(batch), by=manager, at=AT)
    undo_batch(batch=batch, shown=shown.fingerprint, by=manager, at=AT)
    guard.refresh_from_db()
    assert (guard.ends_at, guard.version) == (END, 3)
    assert Guard.objects.get(provider=colleague).state == GuardState.CANCELLED
