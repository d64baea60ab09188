"""« Hiérarchie des responsabilités »: a member answers for another one, a doctor for his secretary (domain.md 3.6)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember, Responsibility
from access_mgmt.services.notices import tell
from bhod_portal.core import audit, clock
from csam.models import Person

# Deep enough for any organisation, and a tree that still fits a page.
MOST_LEVELS = 10


@transaction.atomic
def make_responsible(
    *, responsible: QualityMember, member: QualityMember, by: Person, at: datetime
) -> Responsibility:
    """Let a member answer for another one of the same quality; both are told. It changes nobody's functions.

    Raises PermissionDenied, or ValidationError `quality_over`, `not_member`, `for_oneself`, `already_responsible`,
    `cycle`, `too_deep`.
    """
    quality = _quality_under_lock(member.quality_id)
    _check_manager({responsible.pk, member.pk}, quality, by, at)
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    found = {
        each.pk: each
        for each in QualityMember.objects.unblocked()
        .filter(quality=quality, pk__in=[responsible.pk, member.pk])
        .select_related("person__world", "quality__enterprise")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    }
    if found.keys() != {responsible.pk, member.pk}:
        raise ValidationError(
            _(
                "L'une de ces personnes est bloquée ou ne figure plus parmi les utilisateurs de la qualité : "
                "débloquez-la ou choisissez-en une autre."
            ),
            code="not_member",
        )
    responsibility = Responsibility(
        responsible=found[responsible.pk], member=found[member.pk], given_at=at, given_by=by
    )
    responsibility.full_clean()
    _check_place(responsibility, selectors.responsibility_edges(quality))
    responsibility.save()
    _record("access_mgmt.responsibility.given", responsibility, by, at)
    _tell_both(responsibility, "access_mgmt/emails/responsibility_given", by, at)
    return responsibility


@transaction.atomic
def end_responsibility(*, responsibility: Responsibility, by: Person, at: datetime) -> None:
    """A member answers for another one no more; both are told, and the history keeps it.

    Raises PermissionDenied, or ValidationError `responsibility_over`.
    """
    quality = _quality_under_lock(responsibility.member.quality_id)
    standing = Responsibility.objects.standing().select_related(
        "responsible__person__world",
        "responsible__quality__enterprise",
        "member__person__world",
        "member__quality__enterprise",
    )
    fresh = standing.filter(pk=responsibility.pk).first()
    if fresh is None:
        raise ValidationError(_("Cette responsabilité a déjà pris fin."), code="responsibility_over")
    _check_manager({fresh.responsible_id, fresh.member_id}, quality, by, at)
    fresh.ended_at, fresh.ended_by = at, by
    fresh.save(update_fields=["ended_at", "ended_by"])
    _record("access_mgmt.responsibility.ended", fresh, by, at)
    _tell_both(fresh, "access_mgmt/emails/responsibility_ended", by, at)


def _quality_under_lock(pk: int) -> Quality:
    # One manager at a time per quality: each sees the hierarchy that the other one has just changed.
    return (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=pk)
    )


def _check_manager(members: Collection[int], quality: Quality, by: Person, at: datetime) -> None:
    day = clock.day_of(at)
    if selectors.manages(by, quality, on=day):
        return
    managed = selectors.members_managed_by(by, quality, on=day).filter(pk__in=members)
    if managed.count() != len(members):
        raise PermissionDenied(
            _(
                "Seuls les gestionnaires de cette qualité changent sa hiérarchie ; un Gestionnaire de Subdivision, "
                "celle des membres de sa branche."
            )
        )


def _check_place(added: Responsibility, edges: Iterable[tuple[int, int]]) -> None:
    below: dict[int, set[int]] = {}
    above: dict[int, set[int]] = {}
    for responsible, member in edges:
        below.setdefault(responsible, set()).add(member)
        above.setdefault(member, set()).add(responsible)
    if added.responsible_id in _reached(added.member_id, below):
        raise ValidationError(
            _(
                "%(member)s répond déjà de %(responsible)s, directement ou par d'autres : la hiérarchie tournerait "
                "en rond. Mettez d'abord fin à l'une de ces responsabilités."
            ),
            code="cycle",
            params={"member": added.member.person, "responsible": added.responsible.person},
        )
    depth = selectors.levels(added.responsible_id, above, at_most=MOST_LEVELS) + selectors.levels(
        added.member_id, below, at_most=MOST_LEVELS
    )
    if depth > MOST_LEVELS:
        raise ValidationError(
            _("Une hiérarchie compte au plus %(most)d niveaux : placez ce membre plus haut."),
            code="too_deep",
            params={"most": MOST_LEVELS},
        )


def _reached(start: int, steps: Mapping[int, Collection[int]]) -> set[int]:
    reached: set[int] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting.extend(steps.get(each, ()))
    return reached


def _record(act: str, responsibility: Responsibility, by: Person, at: datetime) -> None:
    audit.record(
        act,
        responsibility,
        world=by.world,
        by=by,
        at=at,
        responsible=responsibility.responsible.person_id,
        member=responsibility.member.person_id,
    )


def _tell_both(responsibility: Responsibility, notice: str, by: Person, at: datetime) -> None:
    responsible, member = responsibility.responsible, responsibility.member
    for told in (responsible, member):
        tell(told, notice, at=at, by=by, responsible=responsible, under=member)
