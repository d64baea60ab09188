from collections.abc import Collection, Container
from datetime import date
from itertools import count

from django.db.models import QuerySet

from access_mgmt.enums import MemberLink
from access_mgmt.models import Quality, QualityMember
from bhod_portal.core.models import World
from csam.enums import Title
from csam.models import Employment, Enterprise, LegalFunction, Person, sort_name


def managers_of(quality: Quality) -> QuerySet[QualityMember]:
    """Local and co-local managers of a quality, the local manager first."""
    return (
        QualityMember.objects.managers()
        .filter(quality=quality)
        .select_related("person")
        .order_by("-kind", "pk")
    )


def managers_by_quality(qualities: Collection[int]) -> dict[int, list[Person]]:
    """Who manages each of these qualities, by its key, the local manager first."""
    managers = QualityMember.objects.managers().filter(quality__in=qualities).select_related("person")
    found: dict[int, list[Person]] = {}
    for member in managers.order_by("-kind", "pk"):
        found.setdefault(member.quality_id, []).append(member.person)
    return found


def members_of(quality: Quality) -> QuerySet[QualityMember]:
    """Members of a quality by name, each with his person."""
    return (
        QualityMember.objects.active()
        .filter(quality=quality)
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )


def link_between(person: Person, enterprise: Enterprise, *, on: date) -> MemberLink | None:
    """What ties a person to an enterprise on a day, as the ONSS and the BCE know it; None when nothing does."""
    if Employment.objects.covering(on).filter(person=person, enterprise=enterprise).exists():
        return MemberLink.WORKER
    if LegalFunction.objects.covering(on).filter(person=person, enterprise=enterprise).exists():
        return MemberLink.BOARD
    return None


def links_between(persons: Collection[int], enterprise: Enterprise, *, on: date) -> dict[int, MemberLink]:
    """By the key of each of many persons, what ties him to an enterprise on a day; a member or associate where nothing does."""
    tied = {"enterprise": enterprise, "person__in": persons}
    links = dict.fromkeys(persons, MemberLink.MEMBER)
    for person in LegalFunction.objects.covering(on).filter(**tied).values_list("person_id", flat=True):
        links[person] = MemberLink.BOARD
    for person in Employment.objects.covering(on).filter(**tied).values_list("person_id", flat=True):
        links[person] = MemberLink.WORKER
    return links


def has_account(person: Person) -> bool:
    """Whether a person can log in with a user name and a password of his own."""
    return bool(person.username and person.password) and person.has_usable_password()


def title_of(person: Person) -> Title:
    """A person's title; where the register has none, what the parity of his NISS says (domain.md 5.1)."""
    if person.title:
        return Title(person.title)
    odd = not person.niss or int(person.niss[6:9]) % 2
    return Title.MR if odd else Title.MRS


def is_username_free(world: World, username: str, *, but_of: Person) -> bool:
    """Whether nobody else of the world has this user name, upper or lower case."""
    return not Person.objects.filter(world=world, username__iexact=username).exclude(pk=but_of.pk).exists()


def proposed_username(person: Person) -> str:
    """*nomprénom* (seed 000, line 189), with a number behind it when someone of the world has it already."""
    base = _name_part(person)
    taken = Person.objects.filter(world=person.world_id, username__istartswith=base).exclude(pk=person.pk)
    return free_username(person, {username.lower() for username in taken.values_list("username", flat=True)})


def free_username(person: Person, taken: Container[str]) -> str:
    """As `proposed_username`, where the names taken, in lower case, are known already."""
    base = _name_part(person)
    proposals = (base if number == 1 else f"{base}{number}" for number in count(1))
    return next(proposal for proposal in proposals if proposal not in taken)


def _name_part(person: Person) -> str:
    name = sort_name(person.first_name, person.last_name)
    return "".join(letter for letter in name if letter.isascii() and letter.isalnum())[:40] or "utilisateur"
