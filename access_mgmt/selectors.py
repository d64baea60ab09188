from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import MANAGING_KINDS, AssignmentState, Function, MemberKind, MemberLink, QualityKind
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period, covering
from csam.enums import AccessDomain, ManagerKind, Title
from csam.models import AccessManager, Employment, Enterprise, LegalFunction, Person, sort_name

# Who manages all accesses of an entity, and which domains of a GA reach this portal (design 4, Gestion des accès).
_ENTITY_MANAGERS = (ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO)
_DOMAINS = (AccessDomain.SOCIAL_SECURITY, AccessDomain.HEALTH_CARE)
_ENTITY_ROLES = {
    ManagerKind.MAIN: _("Responsable Accès Entité"),
    ManagerKind.CO_MAIN: _("co-Responsable Accès Entité"),
    ManagerKind.DOMAIN: _("Gestionnaire d'Accès"),
    ManagerKind.DPO: _("Data protection officer"),
}


def administers(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """GAP, co-GAP, DPO, or GA of the domain: sees the entity, activates qualities, names local managers.

    A GAP who has left the enterprise does so for 30 days more.
    """
    return _administering(on).filter(person=person, enterprise=enterprise).exists()


def manages(person: Person, quality: Quality, *, on: date) -> bool:
    """May change members and functions of a quality: its local managers, and who administers the entity."""
    return QualityMember.objects.managers().filter(person=person, quality=quality).exists() or administers(
        person, quality.enterprise, on=on
    )


def effective_functions(*, person: Person, enterprise_id: int, on: date) -> frozenset[str]:
    """Functions that the applications grant to this person for this organisation on that day of the world."""
    roles = _effective_on(on).filter(person=person, enterprise=enterprise_id)
    return frozenset(roles.values_list("function", flat=True))


def enterprises_with_effective_functions(*, person: Person, prefix: str, on: date) -> QuerySet[Enterprise]:
    """Organisations in which a person holds an effective function whose code starts so; by name."""
    roles = _effective_on(on).filter(person=person, function__startswith=prefix)
    return Enterprise.objects.filter(pk__in=roles.values("enterprise")).order_by("name", "pk")


def pending_changes(world: World) -> QuerySet[RoleChange]:
    """Changes of a world that wait for propagation, the next one first."""
    return (
        RoleChange.objects.pending()
        .filter(requested_by__world=world)
        .select_related(
            "grants__member__person",
            "grants__member__quality__enterprise",
            "withdraws__member__person",
            "withdraws__member__quality__enterprise",
        )
        .order_by("due_at", "pk")
    )


def _effective_on(day: date) -> QuerySet[EffectiveRole]:
    return EffectiveRole.objects.known().filter(covering(day))


# Who may know that something exists (else 404); what one may do with it is `administers` and `manages` (else 403).


def enterprises_known_to(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Enterprises that a person has to do with: access manager of any kind, legal representative, or member."""
    return Enterprise.objects.filter(
        _at_enterprise(person, "pk", on) | Exists(_memberships_in_entity(person)), world=person.world_id
    )


def qualities_known_to(person: Person, *, on: date) -> QuerySet[Quality]:
    """Active qualities of which a person is a member, or whose enterprise he manages or represents."""
    qualities = Quality.objects.active().filter(enterprise__world=person.world_id)
    member = QualityMember.objects.active().filter(person=person, quality=OuterRef("pk"))
    return qualities.filter(Exists(member) | _at_enterprise(person, "enterprise", on)).select_related(
        "enterprise"
    )


def members_known_to(person: Person, *, on: date) -> QuerySet[QualityMember]:
    """Members of the qualities that a person manages, or whose enterprise he manages or represents; and himself."""
    colleague = QualityMember.objects.managers().filter(person=person, quality=OuterRef("quality"))
    return (
        QualityMember.objects.active()
        .filter(quality__deactivated_at=None, person__world=person.world_id)
        .filter(Exists(colleague) | Q(person=person) | _at_enterprise(person, "quality__enterprise", on))
        .select_related("person", "quality__enterprise")
    )


def assignments_known_to(person: Person, *, on: date) -> QuerySet[RoleAssignment]:
    """Functions asked for the members that a person may know of."""
    return RoleAssignment.objects.filter(member__in=members_known_to(person, on=on)).select_related(
        "member__person", "member__quality__enterprise"
    )


def _at_enterprise(person: Person, path: str, on: date) -> Q:
    managed = AccessManager.objects.active().filter(person=person, enterprise=OuterRef(path))
    represented = LegalFunction.objects.covering(on).filter(person=person, enterprise=OuterRef(path))
    return Q(Exists(managed)) | Q(Exists(represented))


def _memberships_in_entity(person: Person) -> QuerySet[QualityMember]:
    """For a query of enterprises: what ties a person to one by an active quality."""
    return QualityMember.objects.active().filter(
        person=person, quality__enterprise=OuterRef("pk"), quality__deactivated_at=None
    )


# The entities and roles of a person.


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as the home page lists it: in the entity itself, or in one of its qualities; `open` when it opens a page."""

    enterprise: Enterprise
    quality: Quality | None
    name: str
    open: bool


def entities_of(person: Person) -> QuerySet[Enterprise]:
    """Enterprises in which a person is registered here: those he administers or of which he is a member; by name."""
    managed = _in_office().filter(person=person, enterprise=OuterRef("pk"))
    entities = Enterprise.objects.filter(
        Exists(managed) | Exists(_memberships_in_entity(person)), world=person.world_id
    )
    return entities.order_by("name", "pk")


def roles_held(person: Person, enterprise: Enterprise, *, on: date) -> list[HeldRole]:
    """What a person is in an entity; who administers it opens each of its qualities.

    The role of a GAP who left the enterprise more than 30 days ago is listed, and opens nothing.
    """
    entity = (
        _in_office()
        .filter(person=person, enterprise=enterprise)
        .annotate(open=Exists(_administering(on).filter(pk=OuterRef("pk"))))
        .order_by("-open", "designated_at", "pk")
        .first()
    )
    role = str(_ENTITY_ROLES[ManagerKind(entity.kind)]) if entity else ""
    entity_role = role if entity and entity.open else ""
    memberships = QualityMember.objects.active().filter(person=person)
    qualities = (
        Quality.objects.active()
        .filter(enterprise=enterprise)
        .prefetch_related(Prefetch("members", queryset=memberships, to_attr="own_memberships"))
        .order_by("activated_at", "pk")
    )
    roles = [HeldRole(enterprise, None, role, open=bool(entity_role))] if role else []
    for quality in qualities:
        own: QualityMember | None = next(iter(quality.own_memberships), None)
        if own and (own.kind in MANAGING_KINDS or not entity_role):
            name, opens = str(own.get_kind_display()), own.kind in MANAGING_KINDS
        elif entity_role:
            name, opens = entity_role, True
        else:
            continue
        roles.append(HeldRole(enterprise, quality, name, open=opens))
    return roles


def only_quality(person: Person) -> Quality | None:
    """The quality of a local or co-local manager who is nothing else anywhere (seed 000, line 263)."""
    memberships = QualityMember.objects.active().filter(person=person, quality__deactivated_at=None)
    found = list(memberships.select_related("quality")[:2])
    alone = len(found) == 1 and found[0].kind in MANAGING_KINDS
    if not alone or _in_office().filter(person=person).exists():
        return None
    return found[0].quality


_ADMINISTERING = Q(kind__in=_ENTITY_MANAGERS) | Q(kind=ManagerKind.DOMAIN, domain__in=_DOMAINS)


def _in_office() -> QuerySet[AccessManager]:
    return AccessManager.objects.active().filter(_ADMINISTERING)


def _administering(on: date) -> QuerySet[AccessManager]:
    return AccessManager.objects.with_access(on).filter(_ADMINISTERING)


# Qualities, members and functions, as the screens list them.


def employers_without_quality() -> QuerySet[Enterprise]:
    """Registered ONSS employers in business that have a GAP and never had « Employeur ONSS » (design 4)."""
    gap = AccessManager.objects.active().filter(enterprise=OuterRef("pk"), kind=ManagerKind.MAIN)
    opened = Quality.objects.filter(enterprise=OuterRef("pk"), kind=QualityKind.EMPLOYER)
    return Enterprise.objects.filter(
        Exists(gap), ~Exists(opened), registered_at__isnull=False, stopped_on=None
    ).exclude(onss_number="")


def qualities_of(enterprise: Enterprise) -> QuerySet[Quality]:
    """All qualities that an enterprise has or had, with their local manager in `local_managers`; oldest first."""
    managers = QualityMember.objects.active().filter(kind=MemberKind.LOCAL_MANAGER).select_related("person")
    return (
        Quality.objects.filter(enterprise=enterprise)
        .select_related("enterprise")
        .prefetch_related(Prefetch("members", queryset=managers, to_attr="local_managers"))
        .order_by("activated_at", "pk")
    )


def active_quality(enterprise: Enterprise, kind: QualityKind) -> Quality | None:
    """The quality of that kind that an enterprise has at present."""
    return Quality.objects.active().filter(enterprise=enterprise, kind=kind).first()


def managers_of(quality: Quality) -> QuerySet[QualityMember]:
    """Local and co-local managers of a quality, the local manager first."""
    return (
        QualityMember.objects.managers()
        .filter(quality=quality)
        .select_related("person")
        .order_by("-kind", "pk")
    )


def members_of(quality: Quality) -> QuerySet[QualityMember]:
    """Members of a quality by name, each with his person."""
    return (
        QualityMember.objects.active()
        .filter(quality=quality)
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )


def members_with_functions(quality: Quality, *, on: date) -> QuerySet[QualityMember]:
    """Members of a quality by name, each with `functions_count`: what was asked for him and is not over."""
    current = Q(assignments__revoked_at=None) & (
        Q(assignments__valid_until=None) | Q(assignments__valid_until__gte=on)
    )
    return members_of(quality).annotate(functions_count=Count("assignments", filter=current))


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A row of « Fonctions exercées »: what was asked, how far it is, and the change that is still on its way."""

    assignment: RoleAssignment
    state: AssignmentState
    pending: RoleChange | None

    @property
    def editable(self) -> bool:
        return self.assignment.revoked_at is None


def is_assigned(member: QualityMember, function: Function, period: Period) -> bool:
    """Whether a function stands for exactly these days already."""
    asked = RoleAssignment.objects.standing().filter(member=member, function=function)
    return asked.filter(valid_from=period.start, valid_until=period.end).exists()


def function_rows(member: QualityMember, *, on: date) -> list[FunctionRow]:
    """All that was ever asked for a member, what stands or still works first; withdrawn rows last."""
    assignments = (
        RoleAssignment.objects.filter(member=member)
        .select_related("granted_by_change", "withdrawn_by_change")
        .order_by("-valid_from", "-pk")
    )
    rows = [_function_row(assignment, on) for assignment in assignments]
    return sorted(rows, key=lambda row: row.state == AssignmentState.WITHDRAWN)


def _function_row(assignment: RoleAssignment, on: date) -> FunctionRow:
    change = _change_of(assignment)
    if change is not None and change.applied_at is None:
        return FunctionRow(assignment, AssignmentState.PENDING, change)
    if assignment.revoked_at is not None:
        state = AssignmentState.WITHDRAWN
    elif on < assignment.valid_from:
        state = AssignmentState.FUTURE
    elif assignment.valid_until is not None and assignment.valid_until < on:
        state = AssignmentState.EXPIRED
    else:
        state = AssignmentState.ACTIVE
    return FunctionRow(assignment, state, None)


def _change_of(assignment: RoleAssignment) -> RoleChange | None:
    name = "granted_by_change" if assignment.revoked_at is None else "withdrawn_by_change"
    return getattr(assignment, name, None)


# Persons and their accounts.


def link_between(person: Person, enterprise: Enterprise, *, on: date) -> MemberLink | None:
    """What ties a person to an enterprise on a day, as the ONSS and the BCE know it; None when nothing does."""
    if Employment.objects.covering(on).filter(person=person, enterprise=enterprise).exists():
        return MemberLink.WORKER
    if LegalFunction.objects.covering(on).filter(person=person, enterprise=enterprise).exists():
        return MemberLink.BOARD
    return None


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
    name = sort_name(person.first_name, person.last_name)
    base = "".join(letter for letter in name if letter.isascii() and letter.isalnum())[:40]
    taken = Person.objects.filter(world=person.world_id, username__istartswith=base).exclude(pk=person.pk)
    names = {username.lower() for username in taken.values_list("username", flat=True)}
    proposals = (base if number == 1 else f"{base}{number}" for number in range(1, len(names) + 2))
    return next(proposal for proposal in proposals if proposal not in names)
