from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import ReviewOutcome
from access_mgmt.models.qualities import Quality
from access_mgmt.models.roles import RoleAssignment
from bhod_portal.core.constraints import paired
from csam.models import Person


class ExpiryNotice(models.Model):
    """That the managers of a function's quality were mailed: it ends within so many days. Sent once for each number."""

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="expiry_notices")
    days = models.PositiveSmallIntegerField(_("jours avant la fin"))
    sent_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "days"], name="expiry_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.days}"


class AccessReview(models.Model):
    """The yearly review of a quality: each function is confirmed or ended, and who decided what is kept."""

    quality = models.ForeignKey(Quality, on_delete=models.PROTECT, related_name="reviews")
    opened_at = models.DateTimeField(_("commencée le"))
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("clôturée le"), null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quality"],
                name="access_review_one_open",
                condition=Q(closed_at=None),
                violation_error_code="already_open",
                violation_error_message=_("Une révision est déjà en cours pour cette qualité."),
            ),
            paired("closed_at", "closed_by", name="access_review_closed_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.quality_id} @ {self.opened_at:%Y-%m-%d}"


class ReviewDecision(models.Model):
    """What a review decided on one function."""

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="decisions")
    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("décision"), max_length=9, choices=ReviewOutcome)
    decided_at = models.DateTimeField(_("décidée le"))
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "assignment"],
                name="review_decision_once",
                violation_error_code="already_decided",
                violation_error_message=_("Cette fonction a déjà été revue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.assignment_id} {self.outcome}"
