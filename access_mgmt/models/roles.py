from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import (
    ChangeKind,
    Function,
)
from access_mgmt.models.members import QualityMember
from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, DateRange
from csam.models import Enterprise, Person


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def standing(self) -> Self:
        """What managers want today: given, and neither edited away nor deleted."""
        return self.filter(revoked_at=None)


class RoleAssignment(models.Model):
    """A function that a manager asked for a member over a period, both ends included; no end means open.

    What applications see is `EffectiveRole`; until a `RoleChange` is applied the two differ.
    """

    member = models.ForeignKey(QualityMember, on_delete=models.PROTECT, related_name="assignments")
    function = models.CharField(_("fonction"), max_length=64, choices=Function)
    valid_from = models.DateField(_("date de début"))
    valid_until = models.DateField(_("date de fin"), null=True, blank=True)
    requested_at = models.DateTimeField(_("demandée le"))
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("supprimée le"), null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="role_assignment_no_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("function", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at=None),
                violation_error_code="role_overlap",
                violation_error_message=_(
                    "Cette fonction est déjà attribuée pour une partie de la période. "
                    "Modifiez la ligne existante ou choisissez d'autres dates."
                ),
            ),
            in_order("valid_from", "valid_until", name="role_assignment_period_in_order"),
            paired("revoked_at", "revoked_by", name="role_assignment_revoked_by_someone"),
        ]
        indexes = [
            models.Index(
                "valid_until",
                name="role_assignment_ending",
                condition=Q(revoked_at=None, valid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.function


class RoleChangeQuerySet(models.QuerySet["RoleChange"]):
    def pending(self) -> Self:
        return self.filter(applied_at=None)

    def held(self) -> Self:
        """Those that failed, which propagation tries again later while the rest goes on."""
        return self.pending().filter(held_until__isnull=False)


class RoleChange(models.Model):
    """A change that a manager asked for: at once the audit trail and the outbox of propagation. Append-only.

    A grant has `grants`, a deletion `withdraws`, an edit both, so that no gap opens. Instants are the world's time,
    but for `held_until`: until then, in real time, propagation leaves a change aside that the database refused
    (`attempts` times, the last time for `failure`).
    """

    kind = models.CharField(_("acte"), max_length=7, choices=ChangeKind)
    withdraws = models.OneToOneField(
        RoleAssignment, on_delete=models.PROTECT, related_name="withdrawn_by_change", null=True, blank=True
    )
    grants = models.OneToOneField(
        RoleAssignment, on_delete=models.PROTECT, related_name="granted_by_change", null=True, blank=True
    )
    requested_at = models.DateTimeField(_("demandé le"))
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("prévu à"))
    applied_at = models.DateTimeField(_("appliqué à"), null=True, blank=True, editable=False)
    held_until = models.DateTimeField(_("mis de côté jusqu'à"), null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(_("essais manqués"), default=0, editable=False)
    failure = models.CharField(_("motif de l'échec"), max_length=300, blank=True, editable=False)

    objects = RoleChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_change_kind_says_what",
                condition=Q(kind=ChangeKind.GRANTED, withdraws__isnull=True, grants__isnull=False)
                | Q(kind=ChangeKind.EDITED, withdraws__isnull=False, grants__isnull=False)
                | Q(kind=ChangeKind.REVOKED, withdraws__isnull=False, grants__isnull=True),
            ),
            models.CheckConstraint(
                name="role_change_due_after_request", condition=Q(due_at__gte=F("requested_at"))
            ),
            models.CheckConstraint(
                name="role_change_applied_when_due",
                condition=Q(applied_at=None) | Q(applied_at__gte=F("due_at")),
            ),
            models.CheckConstraint(
                name="role_change_held_while_pending", condition=Q(applied_at=None) | Q(held_until=None)
            ),
        ]
        indexes = [
            models.Index("id", name="role_change_pending", condition=Q(applied_at=None)),
            models.Index("grants", name="role_change_pending_grant", condition=Q(applied_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class EffectiveRoleQuerySet(models.QuerySet["EffectiveRole"]):
    def known(self) -> Self:
        """What applications see now, whatever its dates of validity."""
        return self.filter(withdrawn_at=None)

    def known_at(self, instant: datetime) -> Self:
        """What applications saw at an instant of the world, whatever its dates of validity."""
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=instant), applied_at__lte=instant)


class EffectiveRole(models.Model):
    """A function that the applications see. Append-only and bitemporal.

    Dates of validity (days, both included) × interval of knowledge [applied_at, withdrawn_at) in the world's time.
    Only propagation writes here. Person and enterprise are repeated so that the role check reads one index.
    """

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="effective_roles")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="effective_roles")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="effective_roles")
    function = models.CharField(max_length=64, choices=Function)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    applied_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EffectiveRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], name="effective_role_once", condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="effective_role_withdrawn_after_applied",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("applied_at")),
            ),
            in_order("valid_from", "valid_until", name="effective_role_period_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["person", "enterprise"],
                name="effective_role_check",
                include=["function", "valid_from", "valid_until"],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.function
