from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from bhod_portal.core import clock
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry, World
from bhod_portal.core.prepared import Prepared
from csam.enums import Country, ItsmeIcon, ItsmeState, ManagerKind
from csam.models import (
    AccessManager,
    DesignationDocument,
    DesignationRequest,
    EidasIdentity,
    Employment,
    Enterprise,
    ItsmeRequest,
    LegalFunction,
    Person,
    sort_name,
)
from csam.models.managers import GAP_KEEPS_ACCESS
from csam.permissions import Capacity, capacities_that_may_name

DEMO_WORLD_CODE = "demo"
# What the audit trail calls the acts that make someone an access manager.
DESIGNATING_ACTS = ("csam.gap.designated", "csam.gap.replaced", "csam.manager.named")
# From which likeness of words (0 to 1) a name is found: « meuze » finds « meuse ».
ALIKE = 0.4
SHORTEST_TRIGRAM = 3
ITSME_LAPSES_AFTER = timedelta(minutes=3)


def world_of(user: Person | AnonymousUser) -> World:
    """The world in which a visitor finds himself: his own, else the demo world."""
    if isinstance(user, Person):
        return user.world
    for demo in _worlds.rows(code=DEMO_WORLD_CODE):
        return demo
    raise World.DoesNotExist(DEMO_WORLD_CODE)


@Prepared
def _worlds(*, code: str) -> QuerySet[World]:
    return World.objects.filter(code=code)


def person_with_niss(world: World, niss: str) -> Person | None:
    """The person of that world with this NISS (11 digits)."""
    return Person.objects.filter(world=world, niss=niss).exclude(niss="").first()


def person_with_pk(world: World, pk: int | None) -> Person | None:
    """The person of that world whom a draft of ours names by his key; none when it names nobody."""
    return Person.objects.filter(world=world, pk=pk).first() if pk else None


def card_holders(world: World) -> QuerySet[Person]:
    """The persons of a world whose eID card the simulated reader can take, by name."""
    persons = Person.objects.filter(world=world, eid_card__isnull=False)
    return persons.select_related("eid_card").order_by("sort_name", "pk")


def second_factors(person: Person) -> QuerySet[Authenticator]:
    """The application, the paper token and the passkeys of a person, in the order in which he got them."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    return found


def itsme_requests_of(person: Person, at: datetime) -> QuerySet[ItsmeRequest]:
    """The itsme requests of the last day that have reached this person's phone, the newest first.

    `at` is the world's time. Which of them wait for an answer, state and `itsme_has_lapsed` say.
    """
    requests = ItsmeRequest.objects.filter(person=person, requested_at__gt=at - timedelta(days=1))
    return requests.select_related("world").order_by("-requested_at", "-pk")


def itsme_request_with_token(world: World, token: str) -> ItsmeRequest | None:
    """The itsme request of that world which a browser made and whose token its session keeps."""
    return ItsmeRequest.objects.filter(world=world, token=token).first()


def itsme_has_lapsed(request: ItsmeRequest, at: datetime) -> bool:
    """Whether an itsme request waits for its answer, or for its use, longer than it may; `at` is the world's time."""
    match request.state:
        case ItsmeState.PENDING:
            return request.requested_at + ITSME_LAPSES_AFTER <= at
        case ItsmeState.APPROVED:
            return request.answered_at is not None and request.answered_at + ITSME_LAPSES_AFTER <= at
        case _:
            return False


def icons_offered(request: ItsmeRequest) -> list[ItsmeIcon]:
    """The three icons among which the phone asks for the browser's one: the same three at every look."""
    others = list(combinations((icon for icon in ItsmeIcon if icon != request.icon), 2))
    shown = {request.icon, *others[request.token.int % len(others)]}
    return [icon for icon in ItsmeIcon if icon in shown]


def eidas_holders(world: World, country: str) -> QuerySet[Person]:
    """The persons of a world who have an electronic identity of that country, by name."""
    persons = Person.objects.filter(world=world, eidas_identity__country=country)
    return persons.select_related("eidas_identity").order_by("sort_name", "pk")


def eidas_countries(world: World) -> frozenset[Country]:
    """The countries of which someone of that world has an electronic identity."""
    countries = EidasIdentity.objects.filter(person__world=world).values_list("country", flat=True)
    return frozenset(Country(country) for country in countries.distinct())


def enterprises_of(world: World) -> QuerySet[Enterprise]:
    """The enterprises that the BCE of a world knows."""
    return Enterprise.objects.filter(world=world)


def enterprise_with_number(world: World, bce_number: str) -> Enterprise | None:
    """The enterprise of that world with this number (10 digits)."""
    return enterprises_of(world).filter(bce_number=bce_number).first()


def enterprises_named(world: World, words: Sequence[str]) -> QuerySet[Enterprise]:
    """The enterprises of a world whose name holds these words (plain ones) or resembles them, the best first.

    To be read in the transaction in which it was asked for: how alike is alike enough holds in that one only.
    """
    if not words:
        return Enterprise.objects.none()
    typed = " ".join(words)
    wanted = Q(search_name__trigram_word_similar=typed)
    # A word too short to have a trigram would have every name of the index read.
    if long_words := [word for word in words if len(word) >= SHORTEST_TRIGRAM]:
        wanted |= _holding(long_words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
    found = enterprises_of(world).filter(wanted)
    return found.annotate(
        holds_all=Case(When(_holding(words), then=1), default=0),
        likeness=TrigramWordSimilarity(typed, "search_name"),
        closeness=TrigramSimilarity("search_name", typed),
    ).order_by("-holds_all", "-likeness", "-closeness", "search_name", "pk")


def _holding(words: Sequence[str]) -> Q:
    return Q(*(Q(search_name__contains=word) for word in words))


def legal_functions_of(enterprise: Enterprise, on: date) -> QuerySet[LegalFunction]:
    """Every legal function of an enterprise with its person: those in force on that day, those to come, those over."""
    functions = LegalFunction.objects.filter(enterprise=enterprise).select_related("person")
    over, to_come = Q(valid_until__lt=on), Q(valid_from__gt=on)
    stage = Case(When(over, then=2), When(to_come, then=1), default=0)
    return functions.order_by(stage, "person__sort_name", "valid_from", "pk")


def current_legal_functions(person: Person, on: date) -> QuerySet[LegalFunction]:
    """The legal functions that the BCE recognises to this person on that day, with their enterprises."""
    functions = LegalFunction.objects.covering(on).filter(person=person)
    return functions.select_related("enterprise").order_by("enterprise__name", "valid_from", "pk")


def is_legal_representative(person: Person, enterprise: Enterprise, on: date) -> bool:
    return current_legal_functions(person, on).filter(enterprise=enterprise).exists()


def is_linked(person: Person, enterprise: Enterprise, on: date) -> bool:
    """Whether this person is a worker or a legal representative of the enterprise on that day."""
    if person.world_id != enterprise.world_id:
        return False
    works = Employment.objects.covering(on).filter(person=person, enterprise=enterprise)
    return is_legal_representative(person, enterprise, on) or works.exists()


def manager_roles(person: Person) -> QuerySet[AccessManager]:
    """What this person manages at present: one row per enterprise, kind and domain."""
    roles = AccessManager.objects.active().filter(person=person)
    return roles.select_related("enterprise").order_by("enterprise__name", "kind", "domain", "pk")


def manager_kinds(person: Person, enterprise: Enterprise) -> frozenset[ManagerKind]:
    """The capacities in which this person manages the accesses of the enterprise at present."""
    kinds = manager_roles(person).filter(enterprise=enterprise).values_list("kind", flat=True)
    return frozenset(ManagerKind(kind) for kind in kinds)


def gap_of(enterprise: Enterprise) -> AccessManager | None:
    """The Gestionnaire d'Accès Principal of an enterprise, with his person; none before it is registered."""
    gaps = AccessManager.objects.active().filter(enterprise=enterprise, kind=ManagerKind.MAIN)
    return gaps.select_related("person").first()


# Who manages the accesses of an enterprise, and who may change that.


@dataclass(frozen=True, slots=True)
class GapLink:
    """How a GAP is tied to his enterprise: `ended_on` is his last day as worker or legal representative.

    None while he is one. He keeps his accesses until `access_until`, included, then must be replaced.
    """

    enterprise: Enterprise
    gap: AccessManager
    ended_on: date | None
    on: date

    @property
    def access_until(self) -> date | None:
        return self.ended_on + GAP_KEEPS_ACCESS if self.ended_on else None

    @property
    def has_access(self) -> bool:
        return self.access_until is None or self.on <= self.access_until


@Prepared
def _gap_with_ties(*, enterprise: int, on: date) -> QuerySet[AccessManager]:
    """The GAP in office, with whether he is tied to the enterprise on that day, and his last day before it."""
    tie = Q(person=OuterRef("person"), enterprise=OuterRef("enterprise"))
    ties = Employment.objects.filter(tie), LegalFunction.objects.filter(tie)
    tied = [Exists(each.covering(on)) for each in ties]
    last_days = [
        Subquery(each.filter(valid_until__lt=on).order_by("-valid_until").values("valid_until")[:1])
        for each in ties
    ]
    gaps = AccessManager.objects.active().filter(enterprise=enterprise, kind=ManagerKind.MAIN)
    return gaps.annotate(tied=Q(tied[0]) | Q(tied[1]), last_tied_on=Greatest(last_days[0], last_days[1]))


def gap_link(enterprise: Enterprise, on: date) -> GapLink | None:
    """Whether the GAP in office is still tied to the enterprise on that day, in one query; none without a GAP."""
    gaps: list[Any] = _gap_with_ties.rows(enterprise=enterprise.pk, on=on)
    if not gaps:
        return None
    [gap] = gaps
    # On the day of his designation he was tied, whatever the registers say today.
    last_days_known = filter(None, [gap.last_tied_on, clock.day_of(gap.designated_at)])
    return GapLink(enterprise, gap, None if gap.tied else max(last_days_known), on)


def capacities(person: Person, enterprise: Enterprise, on: date) -> frozenset[Capacity]:
    """In what capacities a person has a say about the access managers of an enterprise on that day."""
    managed = AccessManager.objects.with_access(on).filter(person=person, enterprise=enterprise)
    found = {Capacity(kind) for kind in managed.values_list("kind", flat=True)}
    if is_legal_representative(person, enterprise, on):
        found.add(Capacity.REPRESENTATIVE)
    return frozenset(found)


def those_who_may_name(
    enterprise: Enterprise, kinds: Iterable[ManagerKind], on: date
) -> dict[ManagerKind, list[tuple[Capacity, list[Person]]]]:
    """For each kind of access manager, who may name and remove it, by capacity; only capacities that someone has."""
    managers = AccessManager.objects.with_access(on).filter(enterprise=enterprise).select_related("person")
    functions = LegalFunction.objects.covering(on).filter(enterprise=enterprise).select_related("person")
    persons: dict[Capacity, list[Person]] = {}
    for capacity, person in [
        *((Capacity.REPRESENTATIVE, each.person) for each in functions.order_by("person__sort_name", "pk")),
        *((Capacity(each.kind), each.person) for each in managers.order_by("person__sort_name", "pk")),
    ]:
        known = persons.setdefault(capacity, [])
        if person not in known:
            known.append(person)
    return {
        kind: [
            (capacity, persons[capacity])
            for capacity in capacities_that_may_name(kind)
            if capacity in persons
        ]
        for kind in kinds
    }


@dataclass(slots=True)
class ManagedEnterprise:
    """An enterprise with what a person is there: legal representative, access manager, or both."""

    enterprise: Enterprise
    capacities: list[Capacity]

    @property
    def represented(self) -> bool:
        return Capacity.REPRESENTATIVE in self.capacities


def managed_enterprises(person: Person, on: date) -> list[ManagedEnterprise]:
    """The enterprises that a person represents legally on that day, or of which he is an access manager; by name."""
    found: dict[int, ManagedEnterprise] = {}
    ties = [
        *((each.enterprise, Capacity.REPRESENTATIVE) for each in current_legal_functions(person, on)),
        *((each.enterprise, Capacity(each.kind)) for each in manager_roles(person)),
    ]
    for enterprise, capacity in ties:
        managed = found.setdefault(enterprise.pk, ManagedEnterprise(enterprise, []))
        if capacity not in managed.capacities:
            managed.capacities.append(capacity)
    return sorted(found.values(), key=lambda managed: (managed.enterprise.search_name, managed.enterprise.pk))


def managers_ever(enterprise: Enterprise) -> QuerySet[AccessManager]:
    """All access managers that an enterprise has or had, with who named and who ended them; the latest first."""
    managers = AccessManager.objects.filter(enterprise=enterprise)
    persons = managers.select_related("person", "designated_by", "ended_by", "enterprise")
    return persons.order_by("-designated_at", "-pk")


def designation_entry(manager: AccessManager) -> AuditEntry | None:
    """The line of the trail that a designation wrote; none for those that the demo world came with."""
    enterprise = manager.enterprise
    return (
        AuditEntry.objects.filter(
            world=enterprise.world_id,
            subject=subject_of(enterprise),
            act__in=DESIGNATING_ACTS,
            details__manager=manager.pk,
        )
        .order_by("pk")
        .first()
    )


def person_meant(world: World, *, niss: str, email: str) -> Person | None:
    """Whom a message is for that goes to an address somebody typed: by NISS, else the only one with that address."""
    if niss:
        return person_with_niss(world, niss)
    found = list(Person.objects.filter(world=world, email__iexact=email)[:2])
    return found[0] if len(found) == 1 else None


def designation_requests(world: World) -> QuerySet[DesignationRequest]:
    """The requests of the exceptional procedure of a world, the oldest first."""
    requests = DesignationRequest.objects.filter(world=world)
    return requests.select_related("enterprise", "decided_by", "gap").order_by("submitted_at", "pk")


def followed_request(world: World, *, reference: str, email: str) -> DesignationRequest | None:
    """The request with this reference, for who also knows its applicant's address."""
    return designation_requests(world).filter(reference=reference, applicant_email__iexact=email).first()


def documents_of(request: DesignationRequest) -> QuerySet[DesignationDocument]:
    """The documents joined to a request, without their content."""
    return DesignationDocument.objects.filter(request=request).defer("content").order_by("pk")


def legal_functions_of_applicant(request: DesignationRequest, on: date) -> QuerySet[LegalFunction]:
    """The legal functions at the enterprise, on that day, of who has the applicant's NISS, else only his name.

    Someone of that name with another NISS is another person, unless the applicant gave none.
    """
    functions = LegalFunction.objects.covering(on).filter(enterprise=request.enterprise)
    functions = functions.select_related("person").order_by("valid_from", "pk")
    namesakes = functions.filter(
        person__sort_name=sort_name(request.applicant_first_name, request.applicant_last_name)
    )
    if not request.applicant_niss:
        return namesakes
    same = functions.filter(person__niss=request.applicant_niss)
    return same if same.exists() else namesakes.filter(person__niss="")


def gap_candidates(request: DesignationRequest) -> QuerySet[Person]:
    """Who the GAP of a request may already be: whoever has his NISS, else who has his name and no NISS."""
    persons = Person.objects.filter(world_id=request.world_id, staff_role="", is_active=True).order_by("pk")
    if request.gap_niss and Person.objects.filter(world_id=request.world_id, niss=request.gap_niss).exists():
        return persons.filter(niss=request.gap_niss)
    return persons.filter(niss="", sort_name=sort_name(request.gap_first_name, request.gap_last_name))
