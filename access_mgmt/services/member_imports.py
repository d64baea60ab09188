"""A file of users with roles and dates: shown first line by line, then done as shown, all accepted lines or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services.accounts import open_accounts
from access_mgmt.services.code_blocks import lift_code_blocks
from access_mgmt.services.import_files import read_import_file
from access_mgmt.services.import_plans import plan_import
from access_mgmt.services.import_results import Plan, days_of
from access_mgmt.services.new_passwords import make_links
from access_mgmt.services.notices import tell_all
from access_mgmt.services.role_assignments import give_all
from bhod_portal.core import audit, clock
from bhod_portal.core.file_lines import ImportLine
from csam.models import Person
from csam.services.password_links import LINK_LASTS

_BATCH = 1000
# A race with another manager that no lock of ours excludes.
_OVERTAKEN = ("quality_member_once", "role_assignment_no_overlap")


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would do, and what there is to say of the file itself."""

    lines: Sequence[ImportLine]
    remarks: Sequence[str]
    plan: Plan


def try_file(*, quality: Quality, content: bytes, size: int, by: Person, at: datetime) -> DryRun:
    """Read a file and say what it would do; that so many persons were looked up is kept in the trail.

    Raises PermissionDenied, or ValidationError `quality_over` and what `import_files.read_import_file` does.
    """
    _check_right(quality, by, at)
    file = read_import_file(content=content, size=size)
    return DryRun(file.lines, file.remarks, try_lines(quality=quality, lines=file.lines, by=by, at=at))


def try_lines(*, quality: Quality, lines: Sequence[ImportLine], by: Person, at: datetime) -> Plan:
    """What the lines of a file read before would do now; refusals and trail as of `try_file`."""
    _check_right(quality, by, at)
    plan = plan_import(quality=quality, lines=lines, by=by, on=clock.day_of(at))
    audit.record(
        "access_mgmt.member.looked_up",
        quality,
        world=quality.enterprise.world,
        by=by,
        at=at,
        count=len({line.cells["niss"] for line in lines if "niss" in line.cells}),
    )
    return plan


@transaction.atomic
def import_members(
    *, quality: Quality, lines: Sequence[ImportLine], shown: str, by: Person, at: datetime
) -> Plan:
    """Do what a dry run with the fingerprint `shown` showed, all of it or nothing; each person touched is told.

    Raises PermissionDenied, or ValidationError `quality_over`, and `changed_meanwhile` when these lines would do
    something else by now.
    """
    # One manager at a time per quality: what was planned under this lock still holds when it is done.
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality.pk)
    )
    _check_right(quality, by, at)
    # No function is given meanwhile to those whom the file may name.
    active = QualityMember.objects.active().filter(quality=quality)
    list(active.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    plan = plan_import(quality=quality, lines=lines, by=by, on=clock.day_of(at))
    if plan.fingerprint != shown:
        raise _changed()
    # All at once and in one order: two files with the same persons, in two qualities, don't wait for each other.
    persons = Person.objects.filter(pk__in=plan.persons).order_by("pk")
    list(persons.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            open_accounts(usernames=plan.usernames)
            added = _add(quality, plan, by, at)
            before = _change(plan)
            members = plan.members | {member.person_id: member for member in added}
            grants = [(members[pk], function, period) for pk, function, period in plan.grants]
            give_all(grants=grants, moves=plan.moves, by=by, at=at)
    except IntegrityError as error:
        if not any(name in str(error) for name in _OVERTAKEN):
            raise
        raise _changed() from error
    except ValidationError as refusal:
        raise _changed() from refusal
    _record(quality, plan, added, by, at)
    _welcome(plan, added, by, at)
    _tell(plan, before, by, at)
    return plan


def _check_right(quality: Quality, by: Person, at: datetime) -> None:
    if not selectors.manages(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent y importer des utilisateurs.")
        )
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")


def _changed() -> ValidationError:
    return ValidationError(
        _("La situation a changé depuis le contrôle : voici ce que le fichier ferait maintenant."),
        code="changed_meanwhile",
    )


def _add(quality: Quality, plan: Plan, by: Person, at: datetime) -> list[QualityMember]:
    for pk, username in plan.usernames.items():
        plan.persons[pk].username = username
    return QualityMember.objects.bulk_create(
        (
            QualityMember(quality=quality, person=plan.persons[pk], added_at=at, added_by=by, **data)
            for pk, data in plan.added.items()
        ),
        batch_size=_BATCH,
    )


def _change(plan: Plan) -> dict[int, str]:
    """Change the data of members; returns the addresses that are no longer theirs, by member's key."""
    before = {}
    changed = []
    for pk, data in plan.changed.items():
        member = plan.members[pk]
        if data.get("email", member.email) != member.email:
            before[member.pk] = member.email
        for key, value in data.items():
            setattr(member, key, value)
        changed.append(member)
    names = sorted({key for data in plan.changed.values() for key in data})
    if names:
        QualityMember.objects.bulk_update(changed, names, batch_size=_BATCH // 4)
    return before


def _record(quality: Quality, plan: Plan, added: Sequence[QualityMember], by: Person, at: datetime) -> None:
    world = quality.enterprise.world
    if not (added or plan.changed or plan.grants or plan.moves):
        return
    audit.record("access_mgmt.member.imported", quality, world=world, by=by, at=at, **plan.counts)
    audit.record_all(
        "access_mgmt.member.added",
        ((member, {"kind": str(member.kind), "person": member.person_id}) for member in added),
        world=world,
        by=by,
        at=at,
    )
    audit.record_all(
        selectors.MEMBER_CHANGED,
        ((plan.members[pk], {"changed": sorted(data)}) for pk, data in plan.changed.items()),
        world=world,
        by=by,
        at=at,
    )


def _welcome(plan: Plan, added: Sequence[QualityMember], by: Person, at: datetime) -> None:
    """Tell those who were added, as `members.add_member` tells one; who has no password gets a link to choose one."""
    lift_code_blocks(members=added, by=by, at=at)
    links = make_links(
        members=[
            member
            for member in added
            # A password without user name is none that he could have used.
            if member.person_id in plan.usernames or not selectors.has_account(member.person)
        ],
        by=by,
        at=at,
    )
    functions: dict[int, list[str]] = {}
    for pk, function, period in plan.grants:
        functions.setdefault(pk, []).append(f"{function.label} {days_of(period)}")
    own = {}
    for member in added:
        link = links.get(member.pk)
        own[member.pk] = {
            "to": link.address if link else "",
            "new_account": member.pk in links,
            "keeps_password": member.pk not in links,
            "link": link.url if link else "",
            "functions": functions.get(member.person_id, ()),
        }
    tell_all(added, "access_mgmt/emails/member_added", at=at, own=own, days=LINK_LASTS.days)


def _tell(plan: Plan, before: Mapping[int, str], by: Person, at: datetime) -> None:
    """Tell those who were there already what changes; a new address also to the old one."""
    known = [member for pk, member in plan.members.items() if pk in plan.changes]
    tell_all(
        known,
        "access_mgmt/emails/member_import_changed",
        at=at,
        own={member.pk: {"changes": plan.changes[member.person_id]} for member in known},
        by=by,
    )
    moved = [member for member in known if member.pk in before]
    # Whoever reads the new address knows of it.
    own = {member.pk: {"to": before[member.pk], "address": member.email} for member in moved}
    tell_all(moved, "access_mgmt/emails/member_address_changed", at=at, own=own, by=by)
