from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from bhod_portal.core.models import World
from csam.enums import Country, ItsmeIcon, ItsmeState, ManagerKind
from csam.models import (
    AccessManager,
    EidasIdentity,
    Employment,
    Enterprise,
    ItsmeRequest,
    LegalFunction,
    Person,
)

DEMO_WORLD_CODE = "demo"
# From which likeness of words (0 to 1) a name is found: « meuze » finds « meuse ».
ALIKE = 0.4
SHORTEST_TRIGRAM = 3
ITSME_LAPSES_AFTER = timedelta(minutes=3)


def world_of(user: Person | AnonymousUser) -> World:
    """The world in which a visitor finds himself: his own, else the demo world."""
    if isinstance(user, Person):
        return user.world
    return World.objects.get(code=DEMO_WORLD_CODE)


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
