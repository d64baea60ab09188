"""The yearly review of a quality: opened, decided function by function by several managers at once, closed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ReviewOutcome
from access_mgmt.models import AccessReview, Quality, ReviewDecision, RoleAssignment
from access_mgmt.selectors import access_reviews
from access_mgmt.services.notices import tell_all
from access_mgmt.services.role_assignments import revoke_role
from bhod_portal.core import audit, clock
from bhod_portal.core.shown import shown_instant
from csam.models import Person


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of functions decided together: those done, and why the others were not."""

    done: list[RoleAssignment] = field(default_factory=list)
    refused: list[tuple[RoleAssignment, ValidationError]] = field(default_factory=list)


@transaction.atomic
def start_review(*, quality: Quality, by: Person, at: datetime) -> AccessReview:
    """Begin the review of all that stands in a quality; a second click finds the one that has begun.

    Raises PermissionDenied, or ValidationError `quality_over`, `nothing_to_review`.
    """
    quality = _locked_quality(quality.pk, by, at)
    going_on = access_reviews.open_review(quality)
    if going_on:
        return going_on
    total = access_reviews.functions_to_review(quality, on=clock.day_of(at)).count()
    if not total:
        raise ValidationError(
            _("Aucune fonction n'est attribuée : il n'y a rien à réviser."), code="nothing_to_review"
        )
    review = AccessReview(quality=quality, opened_at=at, opened_by=by)
    review.full_clean()
    review.save()
    _record("opened", review, by, at, functions=total)
    return review


@transaction.atomic
def decide(
    *, review: AccessReview, assignments: Collection[int], outcome: ReviewOutcome, by: Person, at: datetime
) -> Decided:
    """Confirm or end functions of a review; each that can't be is handed back with its refusal, the others are done.

    A function that ends does so through the outbox, and its person is mailed. Raises PermissionDenied, or
    ValidationError `review_closed`; the refusals of single functions are `already_decided` (by somebody else, or
    otherwise), `assignment_over`, `own_function`, `member_blocked`.
    """
    review = _locked_review(review, by, at)
    if review.closed_at is not None:
        raise ValidationError(
            _("Cette révision est clôturée : plus rien ne s'y décide."), code="review_closed"
        )
    decided = Decided()
    others = selectors.managers_of(review.quality).exclude(person=by).exists()
    made = {
        each.assignment_id: each
        for each in ReviewDecision.objects.filter(review=review, assignment__in=assignments).select_related(
            "decided_by"
        )
    }
    # In the order of the members, as all who lock several of them do.
    chosen = (
        access_reviews.reviewed(review).filter(pk__in=assignments).select_related("member__person__world")
    )
    new: list[RoleAssignment] = []
    for assignment in chosen.order_by("member", "pk"):
        before = made.get(assignment.pk)
        if before and (before.outcome, before.decided_by_id) == (outcome, by.pk):
            decided.done.append(assignment)
            continue
        try:
            _check(assignment, before, may_be_own=not others, by=by, at=at)
            if outcome == ReviewOutcome.ENDED:
                revoke_role(assignment=assignment, by=by, at=at)
        except ValidationError as refusal:
            decided.refused.append((assignment, refusal))
            continue
        decided.done.append(assignment)
        new.append(assignment)
    ReviewDecision.objects.bulk_create(
        ReviewDecision(review=review, assignment=assignment, outcome=outcome, decided_at=at, decided_by=by)
        for assignment in new
    )
    if new:
        _record("decided", review, by, at, outcome=outcome.value, assignments=[each.pk for each in new])
    if outcome == ReviewOutcome.ENDED:
        _tell(new, by, at)
    return decided


@transaction.atomic
def close_review(*, review: AccessReview, early: bool, by: Person, at: datetime) -> bool:
    """Close a review; False when it was closed already. What was not decided goes on, and stands so in the record.

    Raises PermissionDenied, or ValidationError `undecided` when functions are left and it is not closed early.
    """
    review = _locked_review(review, by, at)
    if review.closed_at is not None:
        return False
    progress = access_reviews.review_progress(review, at=at)
    if progress.left and not early:
        raise ValidationError(
            _("Il reste des fonctions à décider : décidez-les, ou clôturez sans elles."), code="undecided"
        )
    review.closed_at, review.closed_by = at, by
    review.save(update_fields=["closed_at", "closed_by"])
    _record(
        "closed",
        review,
        by,
        at,
        confirmed=progress.confirmed,
        ended=progress.ended,
        settled=progress.settled,
        left=progress.left,
    )
    return True


def _locked_quality(quality_pk: int, by: Person, at: datetime) -> Quality:
    quality = (
        Quality.objects.select_related("enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=quality_pk)
    )
    _check_manages(quality, by, at)
    if quality.deactivated_at is not None:
        raise ValidationError(_("Cette qualité n'est plus active."), code="quality_over")
    return quality


def _locked_review(review: AccessReview, by: Person, at: datetime) -> AccessReview:
    # One manager at a time per review: the second one sees what the first decided.
    locked = (
        AccessReview.objects.select_related("quality__enterprise__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=review.pk)
    )
    _check_manages(locked.quality, by, at)
    return locked


def _check_manages(quality: Quality, by: Person, at: datetime) -> None:
    if not selectors.manages(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(_("Seuls les gestionnaires de la qualité entière en révisent les fonctions."))


def _check(
    assignment: RoleAssignment,
    before: ReviewDecision | None,
    *,
    may_be_own: bool,
    by: Person,
    at: datetime,
) -> None:
    if before:
        raise ValidationError(
            _("%(who)s a déjà décidé le %(when)s : %(outcome)s."),
            code="already_decided",
            params={
                "who": before.decided_by,
                "when": shown_instant(before.decided_at),
                "outcome": ReviewOutcome(before.outcome).label,
            },
        )
    if not access_reviews.is_left(assignment, at=at):
        raise ValidationError(
            _("La fonction a pris fin ou a changé de dates depuis le début de la révision."),
            code="assignment_over",
        )
    if assignment.member.person_id == by.pk and not may_be_own:
        raise ValidationError(
            _("C'est votre propre fonction : un autre gestionnaire de la qualité en décide."),
            code="own_function",
        )


def _record(act: str, review: AccessReview, by: Person, at: datetime, **details: object) -> None:
    audit.record(
        f"access_mgmt.review.{act}",
        review,
        world=review.quality.enterprise.world,
        by=by,
        at=at,
        quality=review.quality_id,
        **details,
    )


def _tell(ended: Collection[RoleAssignment], by: Person, at: datetime) -> None:
    members = {each.member_id: each.member for each in ended}
    tell_all(
        list(members.values()),
        "access_mgmt/emails/review_ended",
        at=at,
        own={
            pk: {"functions": [each.get_function_display() for each in ended if each.member_id == pk]}
            for pk in members
        },
        by=by,
    )
