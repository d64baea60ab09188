"""Mails to doctors whose guards changed: one each per act, in his language, with what was and what is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bhod.enums import GuardAct, GuardState
from bhod.models import GuardChange, GuardUnit
from bhod.selectors.plans import Entry, Plan
from bhod_portal.core.messages import Email, absolute, send_emails
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider

# Acts of which a doctor's calendar shows nothing.
_SILENT = {GuardAct.CONFIRMED, GuardAct.REOPENED}
_KNOWN = {GuardState.REGISTERED, GuardState.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Place:
    """When and where a guard is, or was."""

    unit: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed for one doctor: `was` is empty for a guard that he gets, `now` for one that he no longer has."""

    was: Place | None
    now: Place | None
    reason: str

    @property
    def place(self) -> Place:
        """Where the guard is now, or was last."""
        place = self.now or self.was
        if place is None:
            raise ValueError("A difference has something before or after.")
        return place


def doctors_told(plan: Plan, *, by: Person) -> list[CareProvider]:
    """Whom a plan would tell, by name: the preview of « 3 médecins prévenus »."""
    pks = {pk for entry in plan.entries for pk in _touched(entry)}
    providers = CareProvider.objects.filter(pk__in=pks).exclude(person=by).exclude(person__email="")
    return list(providers.select_related("person").order_by("person__sort_name", "pk"))


def tell_doctors(changes: Sequence[GuardChange], *, enterprise: Enterprise, by: Person, at: datetime) -> int:
    """Mail each doctor who has an address, but the author himself, what changed in his guards; returns how many."""
    differences = _by_doctor(changes)
    providers = CareProvider.objects.filter(pk__in=differences).select_related("person")
    emails = [
        _email(each.person, differences[each.pk], enterprise=enterprise, by=by)
        for each in providers.order_by("pk")
        if each.person_id != by.pk and each.person.email
    ]
    return send_emails(emails, world=enterprise.world, at=at)


def _touched(entry: Entry) -> set[int]:
    """The doctors for whom an entry changes something that they know of."""
    if entry.act in _SILENT:
        return set()
    guard = entry.guard
    was = guard.provider_id if guard and guard.state in _KNOWN else None
    now = entry.provider_id if entry.state in _KNOWN else None
    same = guard and (
        (guard.unit_id, guard.starts_at, guard.ends_at) == (entry.unit_id, entry.starts_at, entry.ends_at)
    )
    if was == now and same:
        return set()
    return {pk for pk in (was, now) if pk is not None}


def _by_doctor(changes: Iterable[GuardChange]) -> dict[int, list[Difference]]:
    told = [each for each in changes if each.act not in _SILENT]
    units = GuardUnit.objects.in_bulk(
        {pk for each in told for pk in (each.before_unit_id, each.guard.unit_id) if pk}
    )
    found: dict[int, list[Difference]] = defaultdict(list)
    for change in told:
        guard, was, now = change.guard, None, None
        # Whole or not at all, says the constraint.
        if change.before_unit_id and change.before_starts_at and change.before_ends_at:
            was = Place(units[change.before_unit_id].name, change.before_starts_at, change.before_ends_at)
        if change.before_state not in _KNOWN:
            was = None
        if guard.state in _KNOWN:
            now = Place(units[guard.unit_id].name, guard.starts_at, guard.ends_at)
        if was and now and change.before_provider_id == guard.provider_id:
            if was != now:
                found[guard.provider_id].append(Difference(was, now, change.reason))
            continue
        if was and change.before_provider_id:
            found[change.before_provider_id].append(Difference(was, None, change.reason))
        if now:
            found[guard.provider_id].append(Difference(None, now, change.reason))
    return found


def _email(person: Person, differences: list[Difference], *, enterprise: Enterprise, by: Person) -> Email:
    differences.sort(key=lambda each: each.place.starts_at)
    with translation.override(person.language):
        told = {
            "person": person,
            "circle": enterprise.name,
            "by": by,
            "gained": [each for each in differences if each.was is None],
            "changed": [each for each in differences if each.was and each.now],
            "lost": [each for each in differences if each.now is None],
            "address": absolute(reverse("bhod:own_guards")),
        }
        subject = render_to_string("bhod/emails/guards_changed_subject.txt", told).strip()
        return Email(
            person.email, subject, render_to_string("bhod/emails/guards_changed_body.txt", told), person
        )
