"""Bulk acts as their check pages show them: what is done, what is refused and why, who is told; then exactly that.

A proposal is built from what somebody asked (`confirmations`, `series`, `copies`, `splits`, `batches`), shown, and built
again when he confirms: where the world has changed since, nothing is done and it is shown anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.eligibility import Eligible, eligible
from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard, GuardBatch, GuardUnit
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors.plans import Entry, Plan, settle
from bhod.services.notices import doctors_told
from bhod.services.planning import Done, PlanRefusedError, carry_out
from bhod.services.rights import check_capability
from bhod_portal.core import drafts
from csam.models import Person
from prosante_login.models import CareProvider

FLOW = "guard_batch"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A guard of which nothing can be made, whatever the rules say; `day` is where it would have gone."""

    guard: Guard
    problem: Problem
    day: date | None = None


@dataclass(frozen=True)
class Proposal:
    """What somebody asks of the guards of one circle, under a name that the list of bulk acts shows.

    One that `is_whole` is done without anything refused, or not at all.
    """

    kind: BatchKind
    label: str
    plan: Plan
    left_out: Sequence[LeftOut] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class Line:
    """A guard as it shall be, or as it stays when there are problems; `day` is where to enter it by hand."""

    entry: Entry
    unit: str
    provider: CareProvider
    problems: Sequence[Problem] = ()
    day: date | None = None

    @cached_property
    def eligible(self) -> Eligible:
        if self.entry.state == GuardState.CANCELLED:
            return Eligible()
        return eligible(self.entry.starts_at, self.entry.ends_at)

    @property
    def becomes(self) -> str:
        return str(self.entry.state.label)


@dataclass(frozen=True, slots=True)
class DoctorSum:
    """What the guards of one doctor come to."""

    provider: CareProvider
    guards: int
    eligible: Eligible


@dataclass(frozen=True)
class Preview:
    """A proposal under the eyes of its author, in order of time; `fingerprint` knows it again."""

    proposal: Proposal
    plan: Plan
    accepted: Sequence[Line]
    refused: Sequence[Line]
    told: Sequence[CareProvider]
    fingerprint: str

    @cached_property
    def by_doctor(self) -> list[DoctorSum]:
        """The doctors by name."""
        sums: dict[int, DoctorSum] = {}
        for line in self.accepted:
            pk = line.provider.pk
            before = sums.get(pk) or DoctorSum(line.provider, 0, Eligible())
            sums[pk] = DoctorSum(line.provider, before.guards + 1, before.eligible + line.eligible)
        return sorted(sums.values(), key=lambda each: (each.provider.person.sort_name, each.provider.pk))

    @property
    def eligible(self) -> Eligible:
        return sum((each.eligible for each in self.accepted), Eligible())


def preview(*, proposal: Proposal, by: Person, at: datetime) -> Preview:
    """What would become of a proposal now; the number of queries does not grow with it."""
    plan, refused = settle(proposal.plan, at=at)
    if proposal.is_whole and refused:
        plan = Plan(plan.enterprise_id, [])
    told = doctors_told(plan, by=by)
    stays = [(Entry.of(each.guard, act=GuardAct.CHANGED), each) for each in proposal.left_out]
    entries = [*plan.entries, *(entry for entry, _found in refused), *(entry for entry, _left in stays)]
    units, providers = _named(proposal.plan.enterprise_id, entries)

    def line(entry: Entry, problems: Sequence[Problem] = (), day: date | None = None) -> Line:
        return Line(entry, units.get(entry.unit_id, ""), providers[entry.provider_id], problems, day)

    rejected = [line(entry, found) for entry, found in refused]
    rejected += [line(entry, [left.problem], left.day) for entry, left in stays]
    return Preview(
        proposal=proposal,
        plan=plan,
        accepted=_in_order(line(entry) for entry in plan.entries),
        refused=_in_order(rejected),
        told=told,
        fingerprint=_fingerprint(plan, rejected, told),
    )


@transaction.atomic
def do_as_shown(*, proposal: Proposal, shown: str, click: str, by: Person, at: datetime) -> Done | None:
    """Do what a page showed of a proposal, without what is refused; None when a first click has done it already.

    `shown` is the fingerprint of what was shown, `click` marks the page from which it comes. Refuses with
    `changed_meanwhile` when something else would be done now.
    """
    enterprise_id = proposal.plan.enterprise_id
    check_capability(by=by, enterprise_id=enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)
    if not click:
        raise outdated()
    if not drafts.first_click(person=by, flow=FLOW, subject=str(enterprise_id), mark=click):
        return None
    plan = as_shown(proposal, shown, by=by, at=at)
    return carried_out(plan, by=by, at=at, batch=(proposal.kind, proposal.label))


def as_shown(proposal: Proposal, shown: str, *, by: Person, at: datetime) -> Plan:
    """What of a proposal can be done, if it is still what was shown."""
    current = preview(proposal=proposal, by=by, at=at)
    if current.fingerprint != shown or not current.accepted:
        raise outdated()
    return current.plan


def carried_out(
    plan: Plan,
    *,
    by: Person,
    at: datetime,
    batch: tuple[BatchKind, str] | None = None,
    undone: GuardBatch | None = None,
) -> Done:
    """Carry out a plan that was judged a moment ago: whatever refuses it now has come in between."""
    try:
        return carry_out(plan=plan, by=by, at=at, batch=batch, undone=undone)
    except PlanRefusedError as refusal:
        raise outdated() from refusal


def outdated() -> ValidationError:
    return ValidationError(
        _(
            "Les gardes ont changé depuis que cette page a été affichée : rien n'a été fait. Vérifiez à nouveau ce qui "
            "sera fait, puis confirmez."
        ),
        code="changed_meanwhile",
    )


def _named(enterprise_id: int, entries: Iterable[Entry]) -> tuple[dict[int, str], dict[int, CareProvider]]:
    units = dict(GuardUnit.objects.filter(enterprise=enterprise_id).values_list("pk", "name"))
    pks = {each.provider_id for each in entries}
    return units, CareProvider.objects.select_related("person").in_bulk(pks)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda each: (each.entry.starts_at, each.unit, each.provider.person.sort_name))


def _fingerprint(plan: Plan, refused: Sequence[Line], told: Sequence[CareProvider]) -> str:
    return drafts.mark_of(
        {
            "done": [_facts(each) for each in plan.entries],
            "refused": [[*_facts(line.entry), *(each.text for each in line.problems)] for line in refused],
            "told": [each.pk for each in told],
        }
    )


def _facts(entry: Entry) -> list[int | str | None]:
    guard = entry.guard
    hours = [each.astimezone(UTC).isoformat() for each in (entry.starts_at, entry.ends_at)]
    known = [guard.pk, guard.version] if guard else []
    return [entry.unit_id, entry.provider_id, *hours, entry.state.value, entry.act.value, *known]
