"""What a file of doctors would do to the list of a circle: line by line, read in sets; nothing here writes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.eligibility import ONE_DAY
from bhod.models import CircleDoctor, Guard
from bhod.selectors.doctors import doctors_of
from bhod.selectors.guards import midnight
from bhod.services.doctor_files import COLUMNS, Asked
from bhod.services.doctors import check_eligible_code, check_supervisor
from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.file_lines import Change, LineResult, problems_of
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class Enrolling:
    """An enrolment that a line adds."""

    provider: CareProvider
    supervisor: CareProvider | None
    period: Period
    acquired_rights: bool


@dataclass(slots=True)
class DoctorPlan:
    """What the accepted lines would do; `results` has every line of the file. `changed` are enrolments not saved yet,
    each with its last day and rights as they were.
    """

    results: list[LineResult] = field(default_factory=list)
    added: list[Enrolling] = field(default_factory=list)
    changed: list[tuple[CircleDoctor, date | None, bool]] = field(default_factory=list)


def plan_import(*, enterprise: Enterprise, asked: Sequence[Asked]) -> DoctorPlan:
    """What these lines mean to a circle; three queries, whatever the number of lines."""
    return _Planner(enterprise, asked).plan()


def providers_named(enterprise: Enterprise, asked: Sequence[Asked]) -> set[int]:
    """The keys of all the doctors and supervisors whom the lines name by a number that INAMI knows."""
    return {provider.pk for provider in _providers(enterprise, asked).values()}


def _providers(enterprise: Enterprise, asked: Sequence[Asked]) -> dict[str, CareProvider]:
    numbers = {each.inami for each in asked} | {each.supervisor for each in asked}
    providers = CareProvider.objects.filter(
        person__world=enterprise.world_id, inami_number__in=numbers - {""}
    )
    found: dict[str, CareProvider] = {}
    for provider in providers.select_related("person").order_by("pk"):
        found.setdefault(provider.inami_number, provider)
    return found


class _Planner:
    def __init__(self, enterprise: Enterprise, asked: Sequence[Asked]) -> None:
        self._asked = asked
        self._providers = _providers(enterprise, asked)
        keys = [provider.pk for provider in self._providers.values()]
        self._enrolled: dict[int, list[CircleDoctor]] = defaultdict(list)
        for doctor in doctors_of(enterprise.pk).filter(provider__in=keys):
            self._enrolled[doctor.provider_id].append(doctor)
        self._guards: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        guards = Guard.objects.standing().filter(unit__enterprise=enterprise.pk, provider__in=keys)
        for provider, starts_at, ends_at in guards.values_list("provider_id", "starts_at", "ends_at"):
            self._guards[provider].append((starts_at, ends_at))
        # Of each doctor: the days that a line above gives him, and its number.
        self._said: dict[int, list[tuple[Period, int]]] = defaultdict(list)
        self._plan = DoctorPlan()

    def plan(self) -> DoctorPlan:
        self._plan.results = [self._result(line) for line in self._asked]
        return self._plan

    def _result(self, line: Asked) -> LineResult:
        provider = self._providers.get(line.inami)
        name = str(provider.person) if provider else ""
        outcome, problems = ImportOutcome.REFUSED, list(line.problems)
        changes: list[Change] = []
        if not problems:
            try:
                outcome, changes = self._accepted(line, provider)
            except ValidationError as refusal:
                problems = problems_of(refusal)
        return LineResult(line.number, outcome, name, format_inami(line.inami), changes, problems)

    def _accepted(self, line: Asked, provider: CareProvider | None) -> tuple[ImportOutcome, list[Change]]:
        if provider is None:
            raise _unknown(COLUMNS["inami"])
        supervisor = self._providers.get(line.supervisor)
        if line.supervisor and supervisor is None:
            raise _unknown(COLUMNS["supervisor"])
        period = line.period
        for said, number in self._said[provider.pk]:
            if said.overlaps(period):
                text = _(
                    "La ligne %(number)d dit déjà quelque chose de ce médecin pour une partie de ces jours."
                )
                raise ValidationError(text, code="duplicate_line", params={"number": number})
        own = self._enrolled[provider.pk]
        same = next((doctor for doctor in own if doctor.valid_from == period.start), None)
        done = self._changed(line, same, own) if same else self._added(line, provider, supervisor, own)
        last = same.valid_until if same else period.end
        self._said[provider.pk].append((Period(period.start, last), line.number))
        return done

    def _added(
        self,
        line: Asked,
        provider: CareProvider,
        supervisor: CareProvider | None,
        own: Sequence[CircleDoctor],
    ) -> tuple[ImportOutcome, list[Change]]:
        rights = bool(line.acquired_rights)
        check_supervisor(check_eligible_code(provider, acquired_rights=rights), supervisor)
        _check_free(line.period, own)
        self._plan.added.append(Enrolling(provider, supervisor, line.period, rights))
        changes = [Change(str(COLUMNS["valid_from"]), "", _day(line.period.start))]
        if line.until:
            changes.append(Change(str(COLUMNS["valid_until"]), "", _day(line.until)))
        if supervisor:
            changes.append(Change(str(COLUMNS["supervisor"]), "", str(supervisor.person)))
        if rights:
            changes.append(Change(str(COLUMNS["acquired_rights"]), "", _("oui")))
        return ImportOutcome.ADDED, changes

    def _changed(
        self, line: Asked, doctor: CircleDoctor, own: Sequence[CircleDoctor]
    ) -> tuple[ImportOutcome, list[Change]]:
        """An empty cell changes nothing."""
        if line.supervisor and line.supervisor != getattr(doctor.supervisor, "inami_number", ""):
            text = _(
                "Un import ne change pas le maître de stage d'un candidat inscrit : faites-le sur la page de son inscription."
            )
            raise ValidationError(text, code="supervisor_differs")
        changes, before = [], (doctor.valid_until, doctor.acquired_rights)
        rights = doctor.acquired_rights if line.acquired_rights is None else line.acquired_rights
        if rights != doctor.acquired_rights:
            check_eligible_code(doctor.provider, acquired_rights=rights)
            changes.append(
                Change(str(COLUMNS["acquired_rights"]), _word(doctor.acquired_rights), _word(rights))
            )
        if line.until and line.until != doctor.valid_until:
            _check_free(line.period, [each for each in own if each is not doctor])
            self._check_guards_within(doctor, line.until)
            changes.append(Change(str(COLUMNS["valid_until"]), _day(doctor.valid_until), _day(line.until)))
        if not changes:
            return ImportOutcome.UNCHANGED, []
        doctor.acquired_rights, doctor.valid_until = rights, line.until or doctor.valid_until
        self._plan.changed.append((doctor, *before))
        return ImportOutcome.CHANGED, changes

    def _check_guards_within(self, doctor: CircleDoctor, last_day: date) -> None:
        """As `doctors.check_guards_within`, from what was read at once for all lines."""
        if doctor.valid_until and last_day > doctor.valid_until:
            return
        after = midnight(last_day + ONE_DAY)
        until = midnight(doctor.valid_until + ONE_DAY) if doctor.valid_until else None
        left = sum(
            ends_at > after and (until is None or starts_at < until)
            for starts_at, ends_at in self._guards[doctor.provider_id]
        )
        if left:
            text = ngettext(
                "%(number)d garde de ce médecin se termine après ce jour : modifiez-la ou annulez-la d'abord.",
                "%(number)d gardes de ce médecin se terminent après ce jour : modifiez-les ou annulez-les d'abord.",
                left,
            )
            raise ValidationError(text, code="guards_after_end", params={"number": left})


def _check_free(period: Period, own: Sequence[CircleDoctor]) -> None:
    """Refuses with `already_enrolled` where another enrolment of the doctor has some of the days."""
    for doctor in own:
        if Period(doctor.valid_from, doctor.valid_until).overlaps(period):
            text = _(
                "Ce médecin est déjà inscrit à partir du %(start)s, pour une partie de ces jours : reprenez ce premier jour, "
                "ou choisissez d'autres dates."
            )
            raise ValidationError(text, code="already_enrolled", params={"start": _day(doctor.valid_from)})


def _unknown(column: object) -> ValidationError:
    return ValidationError(
        _("%(column)s : l'INAMI ne connaît pas ce numéro."),
        code="unknown_provider",
        params={"column": column},
    )


def _day(day: date | None) -> str:
    return shown_day(day) if day else _("sans fin")


def _word(rights: bool) -> str:
    return _("oui") if rights else _("non")
