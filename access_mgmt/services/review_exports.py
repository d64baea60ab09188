"""The record of a review as the rows of a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from access_mgmt.enums import ReviewOutcome
from access_mgmt.models import AccessReview, ReviewDecision, RoleAssignment
from access_mgmt.selectors import access_reviews
from bhod_portal.core import audit
from csam.models import Person


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """What a review says of one function; `decision` is none where nobody decided."""

    assignment: RoleAssignment
    decision: ReviewDecision | None
    verdict: str
    tone: str


def review_line(assignment: RoleAssignment, *, at: datetime) -> ReviewLine:
    """The line of a function read by `access_reviews.review_record`, as it stands at an instant, or stood at the end."""
    decision = next(iter(assignment.of_review), None)  # type: ignore[attr-defined]  # prefetched by the record
    if decision:
        ended = decision.outcome == ReviewOutcome.ENDED
        label = str(ReviewOutcome(decision.outcome).label)
        return ReviewLine(assignment, decision, label, "danger" if ended else "success")
    if access_reviews.is_left(assignment, at=at):
        return ReviewLine(assignment, None, _("non décidée"), "warning")
    return ReviewLine(assignment, None, _("a pris fin ou changé entre-temps"), "neutral")


def export_review(*, review: AccessReview, by: Person, at: datetime) -> Iterator[list[str]]:
    """The rows of a review's record, headings first; who took it away is kept in the trail."""
    audit.record(
        "access_mgmt.review.exported",
        review,
        world=review.quality.enterprise.world,
        by=by,
        at=at,
        quality=review.quality_id,
    )
    headings = [
        _("Nom"),
        _("Prénom"),
        _("Fonction"),
        _("Date de début"),
        _("Date de fin"),
        _("Décision"),
        _("Décidée le"),
        _("Par"),
    ]
    # The language of the request may be gone when the rows are asked for.
    record = access_reviews.review_record(review)
    lines = [_cells(review_line(each, at=review.closed_at or at)) for each in record]
    return iter([headings, *lines])


def _cells(line: ReviewLine) -> list[str]:
    assignment, decision = line.assignment, line.decision
    person, until = assignment.member.person, assignment.valid_until
    return [
        person.last_name,
        person.first_name,
        str(assignment.get_function_display()),
        f"{assignment.valid_from:%d/%m/%Y}",
        f"{until:%d/%m/%Y}" if until else "",
        line.verdict,
        date_format(localtime(decision.decided_at), "d/m/Y H:i") if decision else "",
        str(decision.decided_by) if decision else "",
    ]
