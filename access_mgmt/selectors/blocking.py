from datetime import date

from django.db.models import Q

from access_mgmt.enums import MemberKind
from access_mgmt.models import QualityMember, RoleAssignment, Subdivision
from access_mgmt.selectors.access_memory import MEMBER_BLOCKED
from access_mgmt.selectors.members import has_account
from access_mgmt.selectors.rights import in_office
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.periods import Period
from csam.models import Enterprise, LegalFunction, Person


def functions_to_give_back(member: QualityMember, *, on: date) -> list[RoleAssignment]:
    """The functions that ended because a member was blocked, and that he gets again once he is not; in the old order.

    Those that have run out meanwhile stay over, and so does what overlaps a function that stands.
    """
    if member.blocked_at is None:
        return []
    withdrawn = RoleAssignment.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        member=member,
        revoked_at=member.blocked_at,
        revoked_by=member.blocked_by_id,
    )
    # Where the clock stands still, what the same manager took away before has the same instant.
    act = AuditEntry.objects.filter(
        world=member.person.world_id,
        act=MEMBER_BLOCKED,
        subject=subject_of(member),
        done_at=member.blocked_at,
    )
    if entry := act.order_by("-pk").first():
        withdrawn = withdrawn.filter(pk__in=entry.details["assignments"])
    taken = [*RoleAssignment.objects.standing().filter(member=member)]
    found = []
    for each in withdrawn.order_by("valid_from", "pk"):
        period = Period(each.valid_from, each.valid_until)
        same = (other for other in taken if other.function == each.function)
        if not any(period.overlaps(Period(other.valid_from, other.valid_until)) for other in same):
            taken.append(each)
            found.append(each)
    return found


def branch_only_of(member: QualityMember) -> Subdivision | None:
    """The branch that nobody but this subdivision manager manages, local and co-local managers aside."""
    branch = member.subdivision if member.kind == MemberKind.SUBDIVISION_MANAGER else None
    if branch is None:
        return None
    others = QualityMember.objects.subdivision_managers().exclude(pk=member.pk)
    return None if others.filter(subdivision__in=[branch.pk, *branch.ancestors]).exists() else branch


def needs_codes(person: Person) -> bool:
    """Whether someone is needed with user name and password: an unblocked member somewhere, or manager of an entity."""
    places = QualityMember.objects.unblocked().filter(person=person, quality__deactivated_at=None)
    return places.exists() or in_office().filter(person=person).exists()


def is_blocked_somewhere(person: Person) -> bool:
    """Whether someone has a place in an active quality from which he is kept at present."""
    places = QualityMember.objects.active().filter(person=person, quality__deactivated_at=None)
    return places.exclude(blocked_at=None).exists()


def address_for_link(member: QualityMember) -> str:
    """Where a link goes that opens a person's account; empty where no address is safe.

    An account belongs to its person wherever he works: the address of his file is his, the one that a manager typed
    may be anybody's. That one serves only for who has nothing to lose by it: no place elsewhere, now or before, no
    entity to manage or to represent, no role in the simulator.
    """
    person = member.person
    if person.email:
        return person.email
    elsewhere = QualityMember.objects.filter(person=person).exclude(quality=member.quality_id)
    held = (
        elsewhere.exists(),
        person.access_managers.exists(),
        LegalFunction.objects.filter(person=person).exists(),
        bool(person.staff_role),
    )
    return "" if any(held) else member.email


def has_managing_account(person: Person) -> bool:
    """Whether more than a place hangs on someone's account: an entity of which he manages the accesses, or a quality."""
    return bool(enterprises_managed_by(person))


def enterprises_managed_by(person: Person) -> set[int]:
    """The keys of the entities of which someone manages the accesses, or a quality as local manager."""
    led = QualityMember.objects.managers().filter(
        person=person, kind=MemberKind.LOCAL_MANAGER, quality__deactivated_at=None
    )
    return {
        *led.values_list("quality__enterprise", flat=True),
        *in_office().filter(person=person).values_list("enterprise", flat=True),
    }


def asks_first_password(person: Person, enterprise: Enterprise, *, by: Person) -> bool:
    """Whether who names somebody in an enterprise chooses the first password of his account (seed 000, line 189).

    Not where he has one; nor where more hangs on his account than that enterprise, now or before, for who knows the
    password could use it there: he then chooses it himself.
    """
    if has_account(person):
        return False
    held = (
        QualityMember.objects.filter(person=person).exclude(quality__enterprise=enterprise).exists(),
        person.access_managers.exclude(enterprise=enterprise).exists(),
        LegalFunction.objects.filter(person=person).exclude(enterprise=enterprise).exists(),
        bool(person.staff_role),
    )
    return person == by or not any(held)
