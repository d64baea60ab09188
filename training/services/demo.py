"""Fills a world with the people, enterprises and rights of the demo world."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_noop

from access_mgmt.enums import MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services import (
    members,
    propagation,
    qualities,
    role_assignments,
    subdivision_members,
    subdivisions,
)
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.identifiers import read_phone
from bhod_portal.core.models import World
from bhod_portal.core.names import plain
from bhod_portal.core.periods import Period
from csam.enums import Language, StaffRole, Title
from csam.models import (
    AccessManager,
    EidasIdentity,
    EidCard,
    Employment,
    Enterprise,
    ItsmeAccount,
    LegalFunction,
    Person,
    sort_name,
)
from csam.selectors import DEMO_WORLD_CODE
from prosante_login.enums import Profession
from prosante_login.models import CareProvider
from training.demo import accesses, circles, enterprises, payments, people
from training.services import demo_circles, demo_files, demo_payments

DEMO_WORLD_NAME = gettext_noop("Monde de démonstration")
MORNING = time(10)
# Longer than any world's delay.
PROPAGATED = timedelta(hours=2)


@dataclass(slots=True)
class Made:
    """What has been made so far, by the slugs of `training.demo`; `at` is the world's time at which it is made."""

    world: World
    real_now: datetime
    at: datetime
    password: str
    persons: dict[str, Person] = field(default_factory=dict)
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    providers: dict[str, CareProvider] = field(default_factory=dict)

    def days_ago(self, days: int) -> datetime:
        """Ten o'clock in Brussels that many days before the world was made, in UTC."""
        day = clock.day_of(self.at) - timedelta(days=days)
        return datetime.combine(day, MORNING, tzinfo=clock.BRUSSELS).astimezone(self.at.tzinfo)


@transaction.atomic
def load_demo_world(*, real_now: datetime, code: str = DEMO_WORLD_CODE, name: str = DEMO_WORLD_NAME) -> World:
    """Make a world with the demo data, whole or not at all; a world in which anyone lives is left as it is.

    `real_now` is the machine's time; « today » of the data is the world's day at that instant.
    """
    World.objects.get_or_create(code=code, defaults={"name": name})
    world = World.objects.select_for_update(of=("self",), no_key=True).get(code=code)
    if world.persons.exists():
        return world
    world.mode = PropagationMode.NORMAL
    world.save(update_fields=["mode"])
    made = Made(world, real_now, clock.at(world, real_now), make_password(people.PASSWORD))
    _make_persons(made)
    _make_enterprises(made)
    _make_access_managers(made)
    _make_providers(made)
    quality_of = _activate_qualities(made)
    member_of = _add_members(made, quality_of)
    _make_subdivisions(made, quality_of, member_of)
    _give_roles(made, member_of)
    qualities.open_employer_qualities(real_now=real_now)
    demo_circles.make_circles(
        world=world, at=made.at, days_ago=made.days_ago, persons=made.persons, enterprises=made.enterprises,
        providers=made.providers,
    )  # fmt: skip
    demo_files.make_files(
        days_ago=made.days_ago, persons=made.persons, enterprises=made.enterprises, physicians=made.providers
    )
    past = payments.past_payment(made.at)
    confirm = partial(demo_circles.confirm_months_past, persons=made.persons, enterprises=made.enterprises)
    confirm(at=past.opened_at)
    demo_payments.make_payment(world=world, past=past, agent=world.persons.get(staff_role=StaffRole.INAMI))
    confirm(at=made.at)
    return world


def _make_persons(made: Made) -> None:
    personas = [_person(made, persona) for persona in people.PEOPLE]
    staff = [
        Person(
            world=made.world,
            username=each.username,
            password=made.password,
            first_name=each.first_name,
            last_name=each.last_name,
            sort_name=sort_name(each.first_name, each.last_name),
            email=f"{each.username}@{people.MAIL_DOMAIN}",
            is_staff=True,
            staff_role=each.role,
            date_joined=made.real_now,
        )
        for each in people.STAFF
    ]
    Person.objects.bulk_create(personas + staff)
    made.persons = dict(zip((each.slug for each in people.PEOPLE), personas, strict=True))
    pin = make_password(people.PIN)
    today = clock.day_of(made.at)
    EidCard.objects.bulk_create(
        EidCard(
            person=made.persons[persona.slug],
            pin=pin,
            expires_on=today + timedelta(days=400 + 60 * persona.number),
        )
        for persona in people.with_key(people.Key.EID)
    )
    ItsmeAccount.objects.bulk_create(
        ItsmeAccount(person=made.persons[persona.slug], phone=read_phone(persona.phone))
        for persona in people.with_key(people.Key.ITSME)
    )
    EidasIdentity.objects.bulk_create(
        EidasIdentity(
            person=made.persons[each.person],
            country=each.country,
            identifier=each.identifier,
            born_on=each.born_on,
        )
        for each in people.EUROPEANS
    )
    _make_second_factors(made)


def _make_second_factors(made: Made) -> None:
    apps = [
        Authenticator(
            user=made.persons[persona.slug],
            type=Authenticator.Type.TOTP,
            data={"secret": encrypt(people.app_secret(persona))},
            created_at=made.at,
        )
        for persona in people.with_key(people.Key.APP)
    ]
    tokens = [
        Authenticator(
            user=made.persons[persona.slug],
            type=Authenticator.Type.RECOVERY_CODES,
            data={"seed": encrypt(people.token_seed(persona)), "used_mask": 0},
            created_at=made.at,
        )
        for persona in people.with_key(people.Key.TOKEN)
    ]
    Authenticator.objects.bulk_create(apps + tokens)


def _person(made: Made, persona: people.Persona) -> Person:
    return Person(
        world=made.world,
        niss=persona.niss,
        username=persona.username,
        password=made.password if persona.username else make_password(None),
        title=persona.title,
        first_name=persona.first_name,
        last_name=persona.last_name,
        sort_name=sort_name(persona.first_name, persona.last_name),
        language=persona.language,
        email=persona.email,
        phone=persona.phone,
        date_joined=made.real_now,
    )


def _make_enterprises(made: Made) -> None:
    rows = [
        Enterprise(
            world=made.world,
            bce_number=company.bce_number,
            name=company.name,
            search_name=plain(company.name),
            legal_form=enterprises.ASSOCIATION,
            address=company.address,
            onss_number=company.onss_number,
            started_on=company.started_on,
            stopped_on=company.stopped_on,
            registered_at=made.days_ago(enterprises.REGISTERED) if company.registered_by else None,
            registered_by=made.persons.get(company.registered_by),
        )
        for company in enterprises.COMPANIES
    ]
    Enterprise.objects.bulk_create(rows)
    made.enterprises = dict(zip((each.slug for each in enterprises.COMPANIES), rows, strict=True))
    LegalFunction.objects.bulk_create(
        LegalFunction(
            person=made.persons[tie.person],
            enterprise=made.enterprises[tie.company],
            name=enterprises.ADMINISTRATOR,
            valid_from=tie.since,
            valid_until=tie.until,
        )
        for tie in enterprises.REPRESENTATIVES
    )
    Employment.objects.bulk_create(
        Employment(
            person=made.persons[tie.person],
            enterprise=made.enterprises[tie.company],
            valid_from=tie.since,
            valid_until=tie.until,
        )
        for tie in enterprises.WORKERS
    )


def _make_access_managers(made: Made) -> None:
    registered_by = {each.slug: made.persons.get(each.registered_by) for each in enterprises.COMPANIES}
    AccessManager.objects.bulk_create(
        AccessManager(
            person=made.persons[manager.person],
            enterprise=made.enterprises[manager.company],
            kind=manager.kind,
            domain=manager.domain or "",
            email=made.persons[manager.person].email,
            phone=made.persons[manager.person].phone,
            designated_at=made.days_ago(enterprises.REGISTERED),
            designated_by=registered_by[manager.company],
            activated_at=made.days_ago(enterprises.REGISTERED),
        )
        for manager in enterprises.MANAGERS
    )


def _make_providers(made: Made) -> None:
    today = clock.day_of(made.at)
    rows = [
        CareProvider(
            person=made.persons[provider.person],
            profession=provider.profession,
            inami_number=provider.inami_number,
            file_ready_on=today + provider.file_ready_in,
        )
        for provider in circles.PROVIDERS
    ]
    CareProvider.objects.bulk_create(rows)
    # Circles know physicians only, and nobody is a physician twice.
    made.providers = {
        provider.person: row
        for provider, row in zip(circles.PROVIDERS, rows, strict=True)
        if provider.profession == Profession.PHYSICIAN
    }


def _activate_qualities(made: Made) -> dict[str, Quality]:
    """The qualities by company, activated by the GAP; those of `accesses` only."""
    gap_of = {each.slug: made.persons.get(each.registered_by) for each in enterprises.COMPANIES}
    activated = {}
    for quality in accesses.QUALITIES:
        gap, manager = gap_of[quality.company], made.persons[quality.local_manager]
        assert gap is not None  # noqa: S101  (only registered companies have qualities, says test_demo)
        activated[quality.company] = qualities.activate_quality(
            enterprise=made.enterprises[quality.company],
            kind=quality.kind,
            contact_email=f"{quality.company}@{people.MAIL_DOMAIN}",
            manager=manager,
            username=f"{manager.last_name}{manager.first_name}".lower(),
            password_hash=made.password,
            email=manager.email,
            by=gap,
            at=made.days_ago(accesses.ACTIVATED),
        )
    return activated


def _add_members(made: Made, quality_of: dict[str, Quality]) -> dict[tuple[str, str], QualityMember]:
    manager_of = {each.company: made.persons[each.local_manager] for each in accesses.QUALITIES}
    added = {}
    for membership in accesses.MEMBERSHIPS:
        person = made.persons[membership.person]
        assert quality_of[membership.company].kind == QualityKind.EHEALTH  # noqa: S101  (test_demo says so too)
        added[membership.company, membership.person] = members.add_member(
            quality=quality_of[membership.company],
            # Nobody begins as manager of a subdivision.
            kind=MemberKind.USER if membership.subdivision else membership.kind,
            person=person,
            link=membership.link,
            title=Title(person.title),
            language=Language(person.language),
            email=person.email,
            local_email="",
            secured_applications=membership.applications,
            username=person.username,
            by=manager_of[membership.company],
            at=made.days_ago(accesses.ADDED),
        )
    return added


def _make_subdivisions(
    made: Made, quality_of: dict[str, Quality], member_of: dict[tuple[str, str], QualityMember]
) -> None:
    manager_of = {each.company: made.persons[each.local_manager] for each in accesses.QUALITIES}
    at = made.days_ago(accesses.ADDED)
    parts = {
        (part.company, part.name): subdivisions.create_subdivision(
            quality=quality_of[part.company], parent=None, name=part.name, by=manager_of[part.company], at=at
        )
        for part in accesses.SUBDIVISIONS
    }
    for membership in (each for each in accesses.MEMBERSHIPS if each.subdivision):
        member = member_of[membership.company, membership.person]
        by = manager_of[membership.company]
        subdivision_members.place_members(
            quality=quality_of[membership.company],
            members=[member.pk],
            subdivision=parts[membership.company, membership.subdivision],
            by=by,
            at=at,
        )
        if membership.kind == MemberKind.SUBDIVISION_MANAGER:
            subdivision_members.name_subdivision_manager(member=member, by=by, at=at)


def _give_roles(made: Made, member_of: dict[tuple[str, str], QualityMember]) -> None:
    manager_of = {each.company: made.persons[each.local_manager] for each in accesses.QUALITIES}
    # In the order of the days, so that each is carried to the applications before the next is given.
    for role in sorted(accesses.ROLES, key=lambda role: -role.days_ago):
        at = made.days_ago(role.days_ago)
        role_assignments.assign_role(
            member=member_of[role.company, role.person],
            function=role.function,
            period=Period(clock.day_of(at)),
            by=manager_of[role.company],
            at=at,
        )
        propagation.apply_due_changes(real_now=at - made.world.clock_offset + PROPAGATED)
