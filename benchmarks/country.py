"""The rows of a whole Belgium, of any size, with the volumes of domain.md 6.3 unless others are asked for.

Every number is valid in form and nobody's: days have no 900th birth, and no enterprise number begins with 09990.
The same seed gives the same rows, but for their keys.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.loading import Loader
from benchmarks.users import FIRST, LAST, PIN

SEED = 1
FIRST_YEAR = 2024
PROVINCES = 10
# Two candidates in fifteen doctors: 14,300 recognised and 2,200 candidates.
CANDIDATES = 2_200 / 16_500
FOUNDED = date(2010, 1, 1)
OPENED_AT = datetime(2023, 1, 9, 9, tzinfo=UTC)
# How far apart act and effect were, for everything that is long past.
DELAY = timedelta(minutes=9)
# A doctor in twenty is on the list of the next circle too; one in thirty left within these years, as many came.
ELSEWHERE, LEFT, CAME = 1 / 20, 1 / 30, 1 / 30


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a Belgium is; guards are those of a year, so many for each unit."""

    circles: int = 130
    doctors: int = 16_500
    units: int = 400
    users: int = 500
    guards: int = 210_000
    years: int = 3


@dataclass
class Belgium:
    """Who and what there is, by position; the keys of a table begin where they were free."""

    sizes: Sizes
    world: int
    draw: random.Random
    keys: dict[str, int]
    doctors: list[list[Any]] = field(default_factory=list)
    units: list[list[int]] = field(default_factory=list)

    @property
    def persons(self) -> int:
        """Presidents of the circles, then users, then doctors."""
        return self.sizes.circles + self.sizes.users + self.sizes.doctors

    def key(self, table: str, place: int = 0) -> int:
        return self.keys[table] + place

    def president(self, circle: int) -> int:
        return self.key("person", circle)

    def user(self, number: int) -> int:
        return self.key("person", self.sizes.circles + number)

    def doctor(self, number: int) -> int:
        return self.key("person", self.sizes.circles + self.sizes.users + number)

    def is_candidate(self, number: int) -> bool:
        """Spread evenly over the circles, whatever their number."""
        return int((number + 1) * CANDIDATES) > int(number * CANDIDATES)


def niss(place: int) -> tuple[str, bool]:
    """The number of a person, valid in form, and whether a woman; of people born from 1955 to 1999."""
    days, serial = divmod(place, 98)
    years, day = divmod(days, 28 * 12)
    base = f"{55 + years:02}{day // 28 + 1:02}{day % 28 + 1:02}{900 + serial:03}"
    if years >= 45:  # noqa: PLR2004  (the next formula is that of the next century)
        raise ValueError(f"no NISS is left for person {place}")
    return f"{base}{97 - int(base) % 97:02}", (900 + serial) % 2 == 0


def bce(circle: int) -> str:
    base = 9_990_000 + circle
    return f"{base:08}{97 - base % 97:02}"


def inami(number: int, code: str) -> str:
    """Of a physician; the provinces by turns."""
    base = 100_000 + number % PROVINCES * 10_000 + number // PROVINCES % 10_000
    return f"{base}{97 - base % 97:02}{code}"


def load(sizes: Sizes | None = None, *, seed: int = SEED, loader: Loader | None = None) -> Any:
    """Load a world « belgique », in one transaction; returns the world. Everything else of ours is left alone."""
    from bhod_portal.core.models import World

    loader, sizes = loader or Loader(), sizes or Sizes()
    with transaction.atomic(), connection.cursor() as cursor:
        # A server gives each of its statements fifteen seconds.
        cursor.execute("SET LOCAL statement_timeout = 0")
        world = World.objects.create(code="belgique", name="Belgique entière")
        country = Belgium(sizes, world.pk, random.Random(seed), keys=_first_keys(loader))  # noqa: S311  (no secret)
        for step in (_people, _enterprises, _accesses, _functions, _lists, _guards):
            step(country, loader)
    return world


def _first_keys(loader: Loader) -> dict[str, int]:
    from access_mgmt.models import Quality, QualityMember, RoleAssignment
    from bhod.models import GuardUnit
    from csam.models import Enterprise, Person
    from prosante_login.models import CareProvider

    models = Person, Enterprise, Quality, QualityMember, RoleAssignment, GuardUnit, CareProvider
    return {model._meta.model_name: loader.first_key(model) for model in models}


def _people(country: Belgium, loader: Loader) -> None:
    from django.contrib.auth.hashers import make_password

    from csam.enums import Language, Title
    from csam.models import EidCard, Person, sort_name

    with_access = country.sizes.circles + country.sizes.users

    def persons() -> Iterator[tuple[Any, ...]]:
        for place in range(country.persons):
            number, is_woman = niss(place * 37 % 1_481_760)
            first, last = country.draw.choice(FIRST), f"{country.draw.choice(LAST)} {place}"
            yield (
                country.key("person", place),
                uuid.uuid5(uuid.NAMESPACE_OID, f"{country.world} {place}"),
                country.world,
                f"belge{place}" if place < with_access else "",
                "!",
                number,
                first,
                last,
                sort_name(first, last),
                f"belge{place}@exemple.invalid",
                Title.MRS if is_woman else Title.MR,
                Language.DUTCH if place % 9 < 5 else Language.FRENCH,  # noqa: PLR2004  (their share of the doctors)
                OPENED_AT,
            )

    columns = (
        "id public_id world_id username password niss first_name last_name sort_name email title language"
    )
    loader.load(Person, [*columns.split(), "date_joined"], persons(), about=country.persons)
    pin, expires_on = make_password(PIN), date(FIRST_YEAR + country.sizes.years + 5, 12, 31)
    cards = ((country.key("person", place), pin, expires_on) for place in range(with_access))
    loader.load(EidCard, ["person_id", "pin", "expires_on"], cards, about=with_access)


def _enterprises(country: Belgium, loader: Loader) -> None:
    from bhod.models import GuardUnit, Tariff
    from csam.models import Enterprise, LegalFunction

    circles = country.sizes.circles
    rows = (
        (
            country.key("enterprise", circle),
            country.world,
            bce(circle),
            f"Cercle de médecins généralistes {circle + 1}",
            f"cercle de medecins generalistes {circle + 1}",
            "Association sans but lucratif",
            f"Rue du Cercle {circle + 1}, {1000 + circle * 64} Exemple",
            FOUNDED,
            OPENED_AT,
            country.president(circle),
        )
        for circle in range(circles)
    )
    columns = (
        "id world_id bce_number name search_name legal_form address started_on registered_at registered_by_id"
    )
    loader.load(Enterprise, columns.split(), rows, about=circles)
    mandates = (
        (country.key("enterprise", circle), country.president(circle), "Président", FOUNDED)
        for circle in range(circles)
    )
    loader.load(LegalFunction, ["enterprise_id", "person_id", "name", "valid_from"], mandates, about=circles)
    units: Counter[int] = Counter()

    def all_units() -> Iterator[tuple[Any, ...]]:
        country.units.extend([] for _ in range(circles))
        for number in range(country.sizes.units):
            circle, key = number % circles, country.key("guardunit", number)
            units[circle] += 1
            country.units[circle].append(key)
            yield key, country.key("enterprise", circle), f"Unité {units[circle]}"

    loader.load(GuardUnit, ["id", "enterprise_id", "name"], all_units(), about=country.sizes.units)
    tariff = [(country.world, date(2019, 1, 1), "6.30", "domain.md 1.5, arrondi", True)]
    loader.load(Tariff, ["world_id", "valid_from", "amount", "source", "is_simulated"], tariff, about=1)


def _accesses(country: Belgium, loader: Loader) -> None:
    """A GAP for each circle, its quality, and its users; the first user of each is its local manager."""
    from access_mgmt.enums import MemberKind, MemberLink, QualityKind, SecuredApplication
    from access_mgmt.models import Quality, QualityMember
    from csam.enums import Language, ManagerKind, Title
    from csam.models import AccessManager

    circles, users = range(country.sizes.circles), range(country.sizes.users)
    gaps = (
        (
            country.key("enterprise", circle),
            country.president(circle),
            ManagerKind.MAIN,
            f"cercle{circle}@exemple.invalid",
            f"324700{circle:05}",
            OPENED_AT,
            country.president(circle),
            OPENED_AT,
        )
        for circle in circles
    )
    columns = "enterprise_id person_id kind email phone designated_at designated_by_id activated_at"
    loader.load(AccessManager, columns.split(), gaps, about=len(circles))
    qualities = (
        (
            country.key("quality", circle),
            country.key("enterprise", circle),
            QualityKind.EHEALTH,
            f"cercle{circle}@exemple.invalid",
            OPENED_AT,
            country.president(circle),
        )
        for circle in circles
    )
    columns = "id enterprise_id kind contact_email activated_at activated_by_id"
    loader.load(Quality, columns.split(), qualities, about=len(circles))
    members = (
        (
            country.key("qualitymember", number),
            country.key("quality", number % len(circles)),
            country.user(number),
            MemberKind.LOCAL_MANAGER if number < len(circles) else MemberKind.USER,
            MemberLink.WORKER,
            Title.MR,
            Language.FRENCH,
            f"belge{len(circles) + number}@exemple.invalid",
            [SecuredApplication.BHOD.value],
            OPENED_AT,
            country.president(number % len(circles)),
        )
        for number in users
    )
    columns = (
        "id quality_id person_id kind link title language email secured_applications added_at added_by_id"
    )
    loader.load(QualityMember, columns.split(), members, about=len(users))


def _functions(country: Belgium, loader: Loader) -> None:
    """What each user may do in BHOD, asked and long in effect; one in ten had another function before."""
    from access_mgmt.enums import ChangeKind, Function
    from access_mgmt.models import EffectiveRole, RoleAssignment, RoleChange

    asked: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    effective: list[tuple[Any, ...]] = []

    def give(number: int, function: Function, at: datetime, until: datetime | None) -> None:
        circle = number % country.sizes.circles
        by, key = country.president(circle), country.key("roleassignment", len(asked))
        member = country.key("qualitymember", number)
        asked.append((key, member, function, at.date(), at, by, until, by if until else None))
        changes.append((ChangeKind.GRANTED, None, key, at, by, at + DELAY, at + DELAY))
        if until:
            changes.append((ChangeKind.REVOKED, key, None, until, by, until + DELAY, until + DELAY))
        withdrawn = until + DELAY if until else None
        person, enterprise = country.user(number), country.key("enterprise", circle)
        effective.append((key, person, enterprise, function, at.date(), at + DELAY, withdrawn))

    for number in range(country.sizes.users):
        at = OPENED_AT + timedelta(minutes=number)
        # The second of each circle is its head; the others, its local manager among them, are administrators.
        is_head = number // country.sizes.circles == 1
        if number % 10 == 0:
            give(number, Function.FILEMANAGER_CIRCLE, at, at + timedelta(days=200))
        function = Function.FILEMANAGER_CIRCLE if is_head else Function.GUARDPOST_CIRCLE
        give(number, function, at + timedelta(days=300), None)
    columns = "id member_id function valid_from requested_at requested_by_id revoked_at revoked_by_id"
    loader.load(RoleAssignment, columns.split(), asked, about=len(asked))
    columns = "kind withdraws_id grants_id requested_at requested_by_id due_at applied_at"
    loader.load(RoleChange, columns.split(), changes, about=len(changes))
    columns = "assignment_id person_id enterprise_id function valid_from applied_at withdrawn_at"
    loader.load(EffectiveRole, columns.split(), effective, about=len(effective))


def _lists(country: Belgium, loader: Loader) -> None:
    """The doctors, and on which lists they are: that of their circle, some on a second one; candidates supervised."""
    from benchmarks.guards import Doctor
    from bhod.enums import Qualification
    from bhod.models import CircleDoctor
    from prosante_login.enums import Profession
    from prosante_login.models import CareProvider

    sizes, draw = country.sizes, country.draw

    def providers() -> Iterator[tuple[Any, ...]]:
        for number in range(sizes.doctors):
            recognised = Qualification.RECOGNISED_003, Qualification.RECOGNISED_004
            candidate = Qualification.CANDIDATE_005, Qualification.CANDIDATE_006
            code = draw.choice(candidate if country.is_candidate(number) else recognised)
            number_of_inami = inami(number, code)
            yield (
                country.key("careprovider", number),
                country.doctor(number),
                Profession.PHYSICIAN,
                number_of_inami,
                FOUNDED,
            )

    columns = "id person_id profession inami_number file_ready_on"
    loader.load(CareProvider, columns.split(), providers(), about=sizes.doctors)

    def enrolments() -> Iterator[tuple[Any, ...]]:
        for circle in range(sizes.circles):
            of_circle = range(circle, sizes.doctors, sizes.circles)
            masters = [number for number in of_circle if not country.is_candidate(number)]
            country.doctors.append([])
            for number in of_circle:
                key = country.key("careprovider", number)
                is_candidate = country.is_candidate(number)
                master = country.key("careprovider", draw.choice(masters)) if is_candidate else None
                days, chance = draw.randrange(365 * sizes.years), draw.random()
                day = date(FIRST_YEAR, 1, 1) + timedelta(days=days)
                # Who supervises stays: his candidates are supervised on every day of theirs.
                since = day if is_candidate and chance < CAME / CANDIDATES else date(2020, 1, 1)
                until = day if is_candidate and chance > 1 - LEFT / CANDIDATES else None
                country.doctors[circle].append(Doctor(key, since, until, master))
                by = country.user(circle % sizes.users)
                yield country.key("enterprise", circle), key, master, since, until, OPENED_AT, by
                if not is_candidate and draw.random() < ELSEWHERE and sizes.circles > 1:
                    other = (circle + 1) % sizes.circles
                    by = country.user(other % sizes.users)
                    yield country.key("enterprise", other), key, None, since, None, OPENED_AT, by

    columns = "enterprise_id provider_id supervisor_id valid_from valid_until enrolled_at enrolled_by_id"
    loader.load(CircleDoctor, columns.split(), enrolments(), about=int(sizes.doctors * (1 + ELSEWHERE)))


def _guards(country: Belgium, loader: Loader) -> None:
    from benchmarks.guards import guards_of
    from bhod.models import Guard

    sizes = country.sizes
    years = range(FIRST_YEAR, FIRST_YEAR + sizes.years)

    def guards() -> Iterator[tuple[Any, ...]]:
        for circle, (units, doctors) in enumerate(zip(country.units, country.doctors, strict=True)):
            by = country.user(circle % sizes.users)
            for year in years:
                yield from guards_of(
                    units, doctors, year=year, per_unit=sizes.guards // sizes.units, by=by, draw=country.draw
                )

    columns = "unit_id provider_id starts_at ends_at state registered_at registered_by_id cancelled_at"
    columns += " cancelled_by_id cancel_reason"
    loader.load(Guard, columns.split(), guards(), about=sizes.guards * sizes.years)
