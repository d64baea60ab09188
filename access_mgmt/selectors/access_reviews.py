"""The yearly review « confirmer ou mettre fin » of the functions of a quality; no document knows one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, FilteredRelation, Prefetch, Q, QuerySet

from access_mgmt.enums import ReviewOutcome
from access_mgmt.models import AccessReview, Quality, ReviewDecision, RoleAssignment
from access_mgmt.selectors.qualities import current_assignments
from bhod_portal.core import clock
from bhod_portal.core.periods import months_later

YEARLY_MONTHS = 12


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a review is; `settled` functions ended, or got other dates, without a decision of the review."""

    total: int
    confirmed: int
    ended: int
    settled: int

    @property
    def done(self) -> int:
        return self.confirmed + self.ended + self.settled

    @property
    def left(self) -> int:
        return self.total - self.done


def reviews_of(quality: Quality) -> QuerySet[AccessReview]:
    """The reviews of a quality with `confirmed` and `ended`, how often each was decided; the newest first."""
    counts = {
        name: Count("decisions", filter=Q(decisions__outcome=outcome))
        for name, outcome in (("confirmed", ReviewOutcome.CONFIRMED), ("ended", ReviewOutcome.ENDED))
    }
    return (
        AccessReview.objects.filter(quality=quality)
        .select_related("opened_by", "closed_by")
        .annotate(**counts)
        .order_by("-opened_at", "-pk")
    )


def open_review(quality: Quality) -> AccessReview | None:
    """The review that is going on, if any."""
    return AccessReview.objects.filter(quality=quality, closed_at=None).first()


def is_review_due(quality: Quality, *, on: date) -> bool:
    """Whether functions stand that nobody reviewed for more than a year; not while a review is going on."""
    last = AccessReview.objects.filter(quality=quality).order_by("-opened_at", "-pk").first()
    if last and last.closed_at is None:
        return False
    since = clock.day_of(last.closed_at if last and last.closed_at else quality.activated_at)
    return months_later(since, YEARLY_MONTHS) < on and functions_to_review(quality, on=on).exists()


def functions_to_review(quality: Quality, *, on: date) -> QuerySet[RoleAssignment]:
    """What a review that begins on this day is about: all that was given and is not over."""
    return current_assignments(on).filter(member__quality=quality)


def reviewed(review: AccessReview) -> QuerySet[RoleAssignment]:
    """The functions that a review is about, by person: those that stood when it began.

    Each has `made`, its decision in this review, to filter by.
    """
    began_on = clock.day_of(review.opened_at)
    return (
        RoleAssignment.objects.filter(member__quality=review.quality_id, requested_at__lte=review.opened_at)
        .filter(Q(valid_until=None) | Q(valid_until__gte=began_on))
        .annotate(made=FilteredRelation("decisions", condition=Q(decisions__review=review)))
        # In a world whose clock stands still, what the review ends does so at the instant at which it began.
        .filter(Q(revoked_at=None) | Q(revoked_at__gt=review.opened_at) | Q(made__isnull=False))
        .select_related("member__person", "member__quality")
        .order_by("member__person__sort_name", "member", "valid_from", "pk")
    )


def left_to_review(review: AccessReview, *, at: datetime) -> QuerySet[RoleAssignment]:
    """Those of them that still stand and that nobody decided."""
    return reviewed(review).filter(_left(at))


def review_record(review: AccessReview) -> QuerySet[RoleAssignment]:
    """All of them, each with its decision of this review, if any, in the list `of_review`."""
    decisions = ReviewDecision.objects.filter(review=review).select_related("decided_by")
    return reviewed(review).prefetch_related(Prefetch("decisions", queryset=decisions, to_attr="of_review"))


def review_progress(review: AccessReview, *, at: datetime) -> ReviewProgress:
    """How far a review is at an instant of the world, or was when it was closed."""
    counts = (
        reviewed(review)
        .order_by()
        .aggregate(
            total=Count("pk"),
            confirmed=Count("pk", filter=Q(made__outcome=ReviewOutcome.CONFIRMED)),
            ended=Count("pk", filter=Q(made__outcome=ReviewOutcome.ENDED)),
            left=Count("pk", filter=_left(review.closed_at or at)),
        )
    )
    decided = counts["confirmed"] + counts["ended"]
    return ReviewProgress(
        total=counts["total"],
        confirmed=counts["confirmed"],
        ended=counts["ended"],
        settled=counts["total"] - decided - counts["left"],
    )


def is_left(assignment: RoleAssignment, *, at: datetime) -> bool:
    """Whether a function without decision still stood at an instant."""
    gone = assignment.revoked_at is not None and assignment.revoked_at <= at
    over = assignment.valid_until is not None and assignment.valid_until < clock.day_of(at)
    return not (gone or over)


def _left(at: datetime) -> Q:
    stands = Q(revoked_at=None) | Q(revoked_at__gt=at)
    return Q(made__isnull=True) & stands & (Q(valid_until=None) | Q(valid_until__gte=clock.day_of(at)))
