"""What a file of users would do to a quality: line by line, and in sets; nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ADDED_KINDS, CIRCLE_FUNCTIONS, Function, MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember, RoleAssignment
from access_mgmt.services.import_files import COLUMNS, Asked, read_line
from access_mgmt.services.import_results import Plan, days_of, period_of, shown
from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.file_lines import Change, ImportLine, LineResult, Problem
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.names import plain
from bhod_portal.core.periods import Period, months_later
from csam.models import Person

# A date further away than that is a wrong year rather than a wish.
_FAR = 10 * 12
_FIELDS = ("kind", "title", "language", "email", "local_email", "link", "secured_applications")


def plan_import(*, quality: Quality, lines: Sequence[ImportLine], by: Person, on: date) -> Plan:
    """What these lines mean to a quality on a day, asked by one of its managers; queries in sets."""
    return _Planner(quality, [read_line(line) for line in lines], by, on).plan()


class _Planner:
    def __init__(self, quality: Quality, asked: Sequence[Asked], by: Person, on: date) -> None:
        self._quality, self._asked, self._by, self._on = quality, asked, by, on
        nisses = {line.niss for line in asked if line.niss}
        self._by_niss = {
            person.niss: person
            for person in Person.objects.filter(world=quality.enterprise.world_id, niss__in=nisses)
        }
        keys = []
        for person in self._by_niss.values():
            # One world and one quality for all: no query for each.
            person.world = quality.enterprise.world
            keys.append(person.pk)
        members = list(selectors.members_of(quality).filter(person__in=keys))
        for member in members:
            member.quality, member.person.world = quality, quality.enterprise.world
        self._plan = Plan(members={member.person_id: member for member in members})
        self._links = selectors.links_between(keys, quality.enterprise, on=on)
        self._standing: dict[int, list[RoleAssignment]] = {}
        person_of = {member.pk: pk for pk, member in self._plan.members.items()}
        for each in (
            RoleAssignment.objects.standing().filter(member__in=list(person_of)).order_by("valid_from", "pk")
        ):
            self._standing.setdefault(person_of[each.member_id], []).append(each)
        self._taken: set[str] | None = None
        # Of each person: the number of the line that said so first.
        self._said: dict[int, dict[str, tuple[Any, int]]] = {}
        self._periods: dict[tuple[int, Function], list[tuple[Period, int]]] = {}
        self._moved: set[int] = set()
        self._exact = self._exact_matches()

    def plan(self) -> Plan:
        self._plan.results = [self._result(line) for line in self._asked]
        return self._plan

    def _exact_matches(self) -> set[int]:
        """Functions that some line names with the very days that they have: no other line moves them."""
        found = set()
        for line in self._asked:
            person = self._by_niss.get(line.niss)
            if person and line.function and line.period and not line.problems:
                found |= {
                    each.pk for each in self._same_function(person, line) if period_of(each) == line.period
                }
        return found

    def _same_function(self, person: Person, line: Asked) -> list[RoleAssignment]:
        return [each for each in self._standing.get(person.pk, ()) if each.function == line.function]

    # One line

    def _result(self, line: Asked) -> LineResult:
        person = self._by_niss.get(line.niss)
        problems = list(line.problems)
        name = f"{line.first_name} {line.last_name}".strip()
        if not problems:
            problems = self._refused_person(line, person)
        changes: list[Change] = []
        if person is not None and not problems:
            name = str(person)
            changes, problems = self._accept(line, person)
        return LineResult(
            line.number,
            self._outcome(person, changes, problems),
            name,
            format_niss(line.niss),
            [] if problems else changes,
            problems,
        )

    def _outcome(
        self, person: Person | None, changes: Sequence[Change], problems: Sequence[Problem]
    ) -> ImportOutcome:
        if problems or person is None:
            return ImportOutcome.REFUSED
        if not changes:
            return ImportOutcome.UNCHANGED
        return ImportOutcome.CHANGED if person.pk in self._plan.members else ImportOutcome.ADDED

    def _refused_person(self, line: Asked, person: Person | None) -> list[Problem]:
        if person is None:
            text = _(
                "Aucune personne connue n'a ce NISS. Vérifiez chaque chiffre sur la carte d'identité de la personne ; sans "
                "numéro de registre national, elle doit d'abord demander un numéro BIS."
            )
            return [Problem("unknown_person", text)]
        if not (_same(line.last_name, person.last_name) and _same(line.first_name, person.first_name)):
            text = _(
                "Le registre connaît ce NISS sous un autre nom : vérifiez le NISS, puis le nom et le prénom, tels que sur la "
                "carte d'identité."
            )
            return [Problem("name_differs", text)]
        if not person.is_active:
            text = _("Cette personne est arrêtée au registre (décédée ou radiée) : retirez cette ligne.")
            return [Problem("stopped_person", text)]
        if person.pk == self._by.pk and person.pk not in self._plan.members:
            return [_oneself()]
        return []

    def _accept(self, line: Asked, person: Person) -> tuple[list[Change], list[Problem]]:
        """What the line changes; it counts for the lines below only if nothing is wrong with it."""
        member = self._plan.members.get(person.pk)
        problems = self._contradictions(line, person)
        problems += self._refused_data(line, person, member)
        role, role_problems = self._role(line, person, member)
        problems += role_problems
        if problems:
            return [], problems
        data, username = self._new_data(line, person, member)
        changes = self._changes_of(data, username, person, member)
        if role:
            changes.append(role.change)
        if changes and person.pk == self._by.pk:
            return [], [_oneself()]
        if changes and member and member.blocked_at is not None:
            text = _("Cette personne est bloquée dans la qualité : débloquez-la d'abord.")
            return [], [Problem("member_blocked", text)]
        if not (email := self._email_of(data, person, member)):
            text = _("Le registre ne connaît pas d'adresse e-mail de cette personne : remplissez la colonne.")
            return [], [Problem("email_missing", text)]
        if member is None and person.pk not in self._plan.added:
            data["email"] = email
        self._keep(line, person, _News(data, username, role))
        if changes:
            self._plan.changes.setdefault(person.pk, []).extend(changes)
        return changes, []

    # The member's data

    def _contradictions(self, line: Asked, person: Person) -> list[Problem]:
        said = self._said.get(person.pk, {})
        return [
            Problem(
                "contradicts",
                _("« %(name)s » dit autre chose qu'à la ligne %(number)d pour la même personne.")
                % {"name": COLUMNS[key], "number": said[key][1]},
            )
            for key, value in line.given.items()
            if key in said and said[key][0] != value
        ]

    def _refused_data(self, line: Asked, person: Person, member: QualityMember | None) -> list[Problem]:
        kind = line.given.get("kind")
        if member and kind is not None and kind != member.kind:
            text = _("Cette personne est déjà « %(kind)s » ici : un import ne change pas le type.") % {
                "kind": member.type_name
            }
            return [Problem("kind_differs", text)]
        if member is None and kind is not None and kind not in ADDED_KINDS:
            text = _(
                "Un import ajoute des utilisateurs et des Co-Gestionnaires Locaux : les autres se désignent ailleurs."
            )
            return [Problem("not_offered", text)]
        username = line.given.get("username")
        if username is None or username.lower() == self._username_of(person).lower():
            return []
        if self._username_of(person):
            text = _("Cette personne a déjà un autre nom d'utilisateur et le garde : videz la cellule.")
            return [Problem("username_kept", text)]
        if username.lower() in self._usernames_taken():
            return [Problem("username_taken", _("Ce nom d'utilisateur est déjà pris."))]
        return []

    def _username_of(self, person: Person) -> str:
        return person.username or self._plan.usernames.get(person.pk, "")

    def _usernames_taken(self) -> set[str]:
        if self._taken is None:
            named = Person.objects.filter(world=self._quality.enterprise.world_id).exclude(username="")
            self._taken = {username.lower() for username in named.values_list("username", flat=True)}
        return self._taken

    def _new_data(
        self, line: Asked, person: Person, member: QualityMember | None
    ) -> tuple[dict[str, Any], str]:
        """What is new of the member, and his new user name if he gets one."""
        known = self._known(person, member)
        if known is None:
            known, proposed = {}, self._proposed(person)
        else:
            proposed = {}
        wanted = proposed | {key: line.given[key] for key in _FIELDS if key in line.given}
        data = {key: value for key, value in wanted.items() if key not in known or known[key] != value}
        username = ""
        if not self._username_of(person) and ("username" in line.given or not known):
            username = line.given.get("username") or selectors.free_username(person, self._usernames_taken())
        return data, username

    def _known(self, person: Person, member: QualityMember | None) -> dict[str, Any] | None:
        """The member's data with what lines above change; None for who is still to be added."""
        if member is None:
            return self._plan.added.get(person.pk)
        return {key: getattr(member, key) for key in _FIELDS} | self._plan.changed.get(person.pk, {})

    def _proposed(self, person: Person) -> dict[str, Any]:
        """What the creation form proposes."""
        return {
            "kind": MemberKind.USER,
            "title": selectors.title_of(person),
            "language": person.language,
            "email": person.email,
            "link": self._links[person.pk],
        }

    def _email_of(self, data: Mapping[str, Any], person: Person, member: QualityMember | None) -> str:
        known = self._known(person, member) or {}
        return str(data.get("email") or known.get("email") or "")

    def _changes_of(
        self, data: Mapping[str, Any], username: str, person: Person, member: QualityMember | None
    ) -> list[Change]:
        known = self._known(person, member) or {}
        changes = [Change(str(COLUMNS["username"]), "", username)] if username else []
        return changes + [
            Change(str(COLUMNS[key]), shown(key, known.get(key)), shown(key, value))
            for key, value in data.items()
            if shown(key, value) or shown(key, known.get(key))
        ]

    def _keep(self, line: Asked, person: Person, news: "_News") -> None:
        said = self._said.setdefault(person.pk, {})
        for key, value in line.given.items():
            said.setdefault(key, (value, line.number))
        self._plan.persons[person.pk] = person
        if news.username:
            self._plan.usernames[person.pk] = news.username
            self._usernames_taken().add(news.username.lower())
        if person.pk not in self._plan.members:
            self._plan.added.setdefault(person.pk, {}).update(news.data)
        elif news.data:
            self._plan.changed.setdefault(person.pk, {}).update(news.data)
        if line.function and line.period:
            self._periods.setdefault((person.pk, line.function), []).append((line.period, line.number))
        if news.role and news.role.moves:
            self._moved.add(news.role.moves.pk)
            self._plan.moves.append((news.role.moves, news.role.period))
        elif news.role:
            self._plan.grants.append((person.pk, news.role.function, news.role.period))

    # Functions

    def _role(
        self, line: Asked, person: Person, member: QualityMember | None
    ) -> tuple["_Role | None", list[Problem]]:
        """What the line does to the person's functions, if anything."""
        if line.function is None or line.period is None:
            return None, []
        for period, number in self._periods.get((person.pk, line.function), ()):
            if period.overlaps(line.period):
                text = _("La ligne %(number)d donne déjà cette fonction pour une partie de ces jours.") % {
                    "number": number
                }
                return None, [Problem("role_overlap", text)]
        same = self._same_function(person, line) if member else []
        if any(period_of(each) == line.period for each in same):
            return None, []
        if problem := self._refused_period(line.function, line.period):
            return None, [problem]
        touched = [
            each for each in same if each.pk not in self._moved and period_of(each).overlaps(line.period)
        ]
        if len(touched) > 1 or any(each.pk in self._exact for each in touched):
            text = _(
                "Cette fonction est déjà attribuée pour une partie de la période. Modifiez la ligne existante ou choisissez "
                "d'autres dates."
            )
            return None, [Problem("role_overlap", text)]
        moves = touched[0] if touched else None
        return _Role(line.function, line.period, moves), []

    def _refused_period(self, function: Function, period: Period) -> Problem | None:
        if function in CIRCLE_FUNCTIONS and self._quality.kind != QualityKind.EHEALTH:
            text = _("Cette fonction ne se donne que sous la qualité « eHealth Soins de Santé ».")
            return Problem("function_not_offered", text)
        if period.start < months_later(self._on, -_FAR):
            text = _("La date de début remonte à plus de dix ans : vérifiez l'année.")
            return Problem("far_past", text)
        if period.start > months_later(self._on, _FAR):
            text = _("La date de début est dans plus de dix ans : vérifiez l'année.")
            return Problem("far_future", text)
        return None


@dataclass(frozen=True, slots=True)
class _Role:
    function: Function
    period: Period
    moves: RoleAssignment | None

    @property
    def change(self) -> Change:
        old = days_of(period_of(self.moves)) if self.moves else ""
        return Change(str(self.function.label), old, days_of(self.period))


@dataclass(frozen=True, slots=True)
class _News:
    data: dict[str, Any]
    username: str
    role: _Role | None


def _same(typed: str, registered: str) -> bool:
    return _letters(typed) == _letters(registered)


def _letters(name: str) -> str:
    return "".join(letter for letter in plain(name) if letter.isalnum())


def _oneself() -> Problem:
    return Problem(
        "oneself",
        _(
            "Cette ligne vous concerne vous-même : demandez ce changement à un autre gestionnaire de l'entité ou de la qualité."
        ),
    )
