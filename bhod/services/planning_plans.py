"""What a file of a planning would do to the guards of a circle: each line against what stands; nothing here writes."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bhod.eligibility import ONE_DAY, eligible
from bhod.enums import GuardState, PlanningOutcome
from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod.rules.checks import age_problem
from bhod.selectors.guards import midnight
from bhod.selectors.planning_results import TO_DO, Options, Place, Problem, Result
from bhod.selectors.plans import Entry, Plan, judge
from bhod.services.planning_lines import Asked
from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.tables import words
from csam.models import Enterprise
from prosante_login.models import CareProvider

# Beyond that a start is a wrong year, and would make us read all that there is.
_FAR = timedelta(days=5 * 366)
_NAMES_SHOWN = 10
_TITLES = {"dr", "docteur", "dokter", "med"}
# Longer than any guard may be: what lies beyond is refused for its length, and not counted.
_LONG = timedelta(days=4)


def plan_import(
    *, enterprise: Enterprise, lines: Sequence[Asked], options: Options, at: datetime
) -> list[Result]:
    """What becomes of each line, and of each guard that a whole planning does not name; queries in sets."""
    planner = _Planner(enterprise, lines, options, at)
    return planner.results()


def standing_now(*, enterprise_id: int, results: Iterable[Result], options: Options) -> str:
    """What tells two states of a circle's guards apart, on the days of these results."""
    kept = (each for each in results if each.outcome != PlanningOutcome.REFUSED)
    moments = [each.now[2] for each in kept if each.now[2]]
    guards = _guards_about(enterprise_id, moments, options)
    rows = list(guards.order_by("pk").values_list("pk", "version"))
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _guards_about(enterprise_id: int, starts: Sequence[datetime], options: Options) -> Any:
    """The guards of a circle that stand on the days that a file speaks of."""
    days = Q(pk__in=[])
    if starts:
        days |= Q(starts_at__gt=min(starts) - 2 * ONE_DAY, starts_at__lt=max(starts) + 2 * ONE_DAY)
    if options.period:
        last = options.period.end or options.period.start
        days |= Q(starts_at__gte=midnight(options.period.start), starts_at__lt=midnight(last + ONE_DAY))
    return Guard.objects.standing().filter(days, unit__enterprise=enterprise_id)


class _Register:
    """Units and doctors of a circle, by what files call them."""

    def __init__(self, enterprise: Enterprise, lines: Sequence[Asked]) -> None:
        self._units = list(GuardUnit.objects.filter(enterprise=enterprise).select_related("zone"))
        self._by_name = {words(unit.name): unit for unit in self._units}
        self._zones = {words(unit.zone.name) for unit in self._units if unit.zone}
        self._numbered: dict[str, int] = {}
        self._named: dict[str, set[int]] = defaultdict(set)
        enrolled = CircleDoctor.objects.filter(enterprise=enterprise).select_related("provider__person")
        for provider in {each.provider_id: each.provider for each in enrolled}.values():
            person = provider.person
            self._numbered[provider.inami_number] = provider.pk
            for name in (
                f"{person.last_name} {person.first_name}",
                f"{person.first_name} {person.last_name}",
            ):
                self._named[words(name)].add(provider.pk)
            self._named[words(person.last_name)].add(provider.pk)
        asked = {line.inami for line in lines if line.inami} - self._numbered.keys()
        others = CareProvider.objects.filter(person__world=enterprise.world_id, inami_number__in=asked)
        self._numbered |= dict(others.values_list("inami_number", "pk"))

    def unit(self, line: Asked, chosen: int | None) -> int | Problem | None:
        if line.zone and self._zones and words(line.zone) not in self._zones:
            return "zone_unknown", _("La zone « %(zone)s » n'est pas une zone du cercle.") % {
                "zone": line.zone
            }
        if not line.unit:
            only = chosen or (self._units[0].pk if len(self._units) == 1 else None)
            return only or ("unit_missing", _("Indiquez l'unité : %(units)s.") % {"units": self._offered()})
        unit = self._by_name.get(words(line.unit))
        if unit is None:
            return "unit_unknown", _(
                "L'unité « %(unit)s » n'est pas connue. Unités du cercle : %(units)s."
            ) % {"unit": line.unit, "units": self._offered()}
        if line.zone and unit.zone and words(unit.zone.name) != words(line.zone):
            return "unit_in_another_zone", _(
                "L'unité %(unit)s est dans la zone %(zone)s, pas dans « %(asked)s »."
            ) % {"unit": unit.name, "zone": unit.zone.name, "asked": line.zone}
        return unit.pk

    def doctor(self, line: Asked) -> int | Problem | None:
        if line.inami:
            return self._numbered.get(line.inami) or (
                "inami_unknown",
                _("Aucun médecin n'a ce numéro INAMI : vérifiez chaque chiffre."),
            )
        if not line.doctor:
            return None
        name = " ".join(part for part in words(line.doctor).split() if part not in _TITLES)
        found = self._named.get(name, set())
        if len(found) > 1:
            return "doctor_ambiguous", _(
                "Plusieurs médecins inscrits s'appellent « %(name)s » : indiquez le numéro INAMI."
            ) % {"name": line.doctor}
        return next(iter(found), None) or (
            "doctor_unknown",
            _(
                "Aucun médecin inscrit dans le cercle ne s'appelle « %(name)s » : inscrivez-le d'abord, ou indiquez son "
                "numéro INAMI."
            )
            % {"name": line.doctor},
        )

    def _offered(self) -> str:
        names = sorted(unit.name for unit in self._units)
        return ", ".join([*names[:_NAMES_SHOWN], *(["…"] if len(names) > _NAMES_SHOWN else [])])


class _Planner:
    def __init__(
        self, enterprise: Enterprise, lines: Sequence[Asked], options: Options, at: datetime
    ) -> None:
        self._enterprise, self._lines, self._options, self._at = enterprise, lines, options, at
        register = _Register(enterprise, lines)
        self._places = [self._place(register, line) for line in lines]
        starts = [each[2] for each in self._places if each[2] and abs(each[2] - at) < _FAR]
        guards = _guards_about(enterprise.pk, starts, options).order_by("starts_at", "pk")
        self._guards: dict[int, Guard] = {guard.pk: guard for guard in guards}
        references = [line.reference for line in lines if line.reference]
        named = list(Guard.objects.standing().filter(reference__in=references, unit__enterprise=enterprise))
        self._by_reference = {str(guard.reference): guard.pk for guard in named}
        self._guards |= {guard.pk: guard for guard in named}
        # By the place of a line in the file: the guard that it speaks of, and the number of the line that said the same.
        self._claims: dict[int, Guard] = {}
        self._claimed: set[int] = set()
        self._repeated: dict[int, int] = {}

    def _place(self, register: _Register, line: Asked) -> Place:
        if line.is_example:
            return None, None, None, None
        if line.circle and line.circle != self._enterprise.bce_number:
            line.problems.append(
                (
                    "another_circle",
                    _("Cette ligne est d'un autre cercle : %(number)s.")
                    % {"number": format_bce(line.circle)},
                )
            )
        found = []
        for each in (register.unit(line, self._options.unit_id), register.doctor(line)):
            if isinstance(each, tuple):
                line.problems.append(each)
            found.append(None if isinstance(each, tuple) else each)
        return found[0], found[1], line.starts_at, line.ends_at

    def results(self) -> list[Result]:
        self._find_repeated()
        self._claim()
        results = [self._result(number) for number in range(len(self._lines))]
        results += self._unnamed()
        _judge(results, self._guards, self._enterprise.pk, self._at)
        return results

    # Which guard stands where

    def _find_repeated(self) -> None:
        first: dict[Any, int] = {}
        for number, (line, place) in enumerate(zip(self._lines, self._places, strict=True)):
            if None in place or line.problems:
                continue
            said = first.setdefault((place, line.is_cancelled), number)
            if said != number:
                self._repeated[number] = self._lines[said].number

    def _claim(self) -> None:
        """Give each line the guard that it speaks of: named, the same, at the same start, or of that doctor that day."""
        for number, line in enumerate(self._lines):
            guard = self._guards.get(self._by_reference.get(line.reference, 0))
            if guard and guard.pk not in self._claimed and number not in self._repeated:
                self._take(number, guard)
        for key_of, is_sure in (
            (_whole, True),
            (_doctor_at_start, True),
            (_start_in_unit, False),
            (_doctor_on_day, False),
        ):
            free: dict[Any, list[Guard]] = defaultdict(list)
            for guard in self._guards.values():
                if guard.pk not in self._claimed:
                    free[key_of(_place_of(guard))].append(guard)
            for number, (line, place) in enumerate(zip(self._lines, self._places, strict=True)):
                if (
                    number in self._claims
                    or number in self._repeated
                    or not (is_sure or not line.is_cancelled)
                ):
                    continue
                key = key_of(place)
                if None not in key and free.get(key):
                    self._take(number, free[key].pop(0))

    def _take(self, number: int, guard: Guard) -> None:
        self._claims[number] = guard
        self._claimed.add(guard.pk)

    # What becomes of each

    def _result(self, number: int) -> Result:
        line, place, guard = self._lines[number], self._places[number], self._claims.get(number)
        notes = list(line.notes)
        result = Result(
            line.number,
            PlanningOutcome.UNCHANGED,
            place,
            named=(line.unit, line.doctor or line.inami),
            problems=_problems_of(line, place, self._at),
            notes=notes,
        )
        if line.is_example:
            notes.append(_("La ligne d'exemple du modèle : sans effet."))
            result.problems = []
            return result
        if number in self._repeated:
            notes.append(_("La même garde est déjà à la ligne %(line)d.") % {"line": self._repeated[number]})
            return result
        if guard:
            result.guard_id, result.version, result.was = guard.pk, guard.version, _place_of(guard)
        if result.problems:
            result.outcome = PlanningOutcome.REFUSED
        elif line.is_cancelled:
            self._remove(result, guard)
        elif guard is None:
            result.outcome = PlanningOutcome.ADDED
            result.state = GuardState.DRAFT if self._options.as_drafts else GuardState.REGISTERED
        elif _place_of(guard) != place:
            result.outcome = PlanningOutcome.CHANGED
            result.state = GuardState.DRAFT if guard.state == GuardState.DRAFT else GuardState.REGISTERED
            if guard.state == GuardState.CONFIRMED:
                notes.append(_("Cette garde est confirmée : modifiée, elle devra l'être à nouveau."))
        if line.category and not line.is_cancelled and not result.problems:
            notes += _contradiction(line)
        return result

    def _unnamed(self) -> list[Result]:
        """The guards that a whole planning doesn't name, on its days and in its units."""
        period, found = self._options.period, []
        if period is None:
            return []
        for guard in self._guards.values():
            if (
                guard.pk not in self._claimed
                and guard.unit_id in self._options.replaced
                and period.covers(clock.day_of(guard.starts_at))
            ):
                result = Result(0, PlanningOutcome.UNCHANGED, _place_of(guard))
                result.guard_id, result.version, result.was = guard.pk, guard.version, _place_of(guard)
                result.notes.append(_("Le fichier ne la nomme pas."))
                self._remove(result, guard)
                found.append(result)
        return found

    def _remove(self, result: Result, guard: Guard | None) -> None:
        if guard is None:
            result.notes.append(_("Annulée dans le fichier, et le cercle n'a pas cette garde."))
        elif guard.state == GuardState.CONFIRMED:
            result.outcome = PlanningOutcome.REFUSED
            result.problems = [
                (
                    "confirmed_stays",
                    _(
                        "Cette garde est confirmée : un import ne la retire pas. Retirez d'abord sa confirmation."
                    ),
                )
            ]
        else:
            result.outcome = PlanningOutcome.REMOVED


def _judge(results: Sequence[Result], guards: dict[int, Guard], enterprise_id: int, at: datetime) -> None:
    """Refuse what the rules refuse. A guard that stays as it is may then be in the way of others: they are asked again."""
    pending = [each for each in results if each.outcome in TO_DO]
    while pending:
        entries = [_entry(each, guards) for each in pending]
        verdict = judge(Plan(enterprise_id, entries), at=at)
        stays = False
        for result, entry, problems in zip(pending, entries, verdict.problems, strict=True):
            if problems:
                result.outcome = PlanningOutcome.REFUSED
                result.problems = [(each.code, each.text) for each in problems]
                stays = stays or entry.guard is not None
        pending = [each for each in pending if each.outcome in TO_DO] if stays else []


def _entry(result: Result, guards: dict[int, Guard]) -> Entry:
    entry = result.entry(guards, reason="")
    if entry is None:
        raise ValueError("Only for what is to be done.")
    return entry


def _problems_of(line: Asked, place: Place, at: datetime) -> list[Problem]:
    """What its cells say wrong; and of a guard long past that it is, before anything of those years is read."""
    problems = list(line.problems)
    if not problems and place[3] and (too_old := age_problem(place[3], at=at)):
        problems.append((too_old.code, too_old.text))
    return problems


def _contradiction(line: Asked) -> list[str]:
    if (
        line.starts_at is None
        or line.ends_at is None
        or line.category is None
        or line.ends_at <= line.starts_at
    ):
        return []
    counted = eligible(line.starts_at, min(line.ends_at, line.starts_at + _LONG)).by_category
    if line.category in counted:
        return []
    return [
        _("Le fichier dit « %(type)s » ; d'après ses heures, cette garde compte comme : %(counted)s.")
        % {
            "type": line.category.label,
            "counted": ", ".join(str(each.label) for each in counted) or _("aucune heure honorée"),
        }
    ]


def _place_of(guard: Guard) -> Place:
    return guard.unit_id, guard.provider_id, guard.starts_at, guard.ends_at


# By what a line and a guard are held to be the same; no key has a part that is missing.


def _whole(place: Place) -> tuple[Any, ...]:
    return place


def _doctor_at_start(place: Place) -> tuple[Any, ...]:
    return place[:3]


def _start_in_unit(place: Place) -> tuple[Any, ...]:
    return place[0], place[2]


def _doctor_on_day(place: Place) -> tuple[Any, ...]:
    return place[0], place[1], clock.day_of(place[2]) if place[2] else None
