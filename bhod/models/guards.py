from typing import Self
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models.circles import GuardUnit
from bhod_portal.core.constraints import paired
from bhod_portal.core.kept_texts import KeptTextField
from bhod_portal.core.periods import END_EXCLUDED, InstantRange
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider


class GuardQuerySet(models.QuerySet["Guard"]):
    def standing(self) -> Self:
        """Those that are not cancelled, drafts too."""
        return self.exclude(state=GuardState.CANCELLED)

    def published(self) -> Self:
        """Those that their doctors know of, cancelled ones too."""
        return self.filter(is_published=True)


class Guard(models.Model):
    """A doctor on duty for a unit from one instant to another (end excluded).

    `version` counts the acts upon it, 1 when it is entered; `reference` names it outside, in calendars and files. A
    draft is a plan that only the circle sees; `is_published` says whether the guard has ever been more than that.
    """

    reference = models.UUIDField(
        _("référence"), default=uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, db_default=1)
    unit = models.ForeignKey(GuardUnit, on_delete=models.PROTECT, related_name="guards")
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="guards")
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    state = models.CharField(_("état"), max_length=10, choices=GuardState, default=GuardState.REGISTERED)
    is_published = models.BooleanField(_("publiée"), default=True, db_default=True)
    registered_at = models.DateTimeField(_("enregistrée le"))
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    cancel_reason = KeptTextField(_("motif"), max_length=200, blank=True)

    objects = GuardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guard_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_code="guard_out_of_order",
                violation_error_message=_("La fin de la garde doit suivre son début."),
            ),
            ExclusionConstraint(
                name="guard_no_overlap_of_a_doctor",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (InstantRange("starts_at", "ends_at", END_EXCLUDED), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=GuardState.CANCELLED),
                # Two doctors may change places within one act: checked at the end of a statement, or of the act.
                deferrable=Deferrable.IMMEDIATE,
                violation_error_code="guard_overlap",
                violation_error_message=_("Ce médecin est déjà de garde pendant une partie de ces heures."),
            ),
            models.CheckConstraint(
                name="guard_cancelled_says_when",
                condition=Q(state=GuardState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=GuardState.CANCELLED) & Q(cancelled_at__isnull=True)),
            ),
            paired("cancelled_at", "cancelled_by", name="guard_cancelled_by_someone"),
            models.CheckConstraint(
                name="guard_confirmed_says_when",
                condition=~Q(state=GuardState.CONFIRMED) | Q(confirmed_at__isnull=False),
            ),
            paired("confirmed_at", "confirmed_by", name="guard_confirmed_by_someone"),
            models.CheckConstraint(
                name="guard_confirmed_after_end",
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=F("ends_at")),
                violation_error_code="not_over",
                violation_error_message=_("Une garde se confirme après sa fin."),
            ),
            models.CheckConstraint(
                name="guard_draft_unpublished",
                condition=Q(state=GuardState.DRAFT, is_published=False)
                | Q(state=GuardState.CANCELLED)
                | (~Q(state=GuardState.DRAFT) & Q(is_published=True)),
            ),
        ]
        indexes = [models.Index("unit", "starts_at", name="guard_of_unit")]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.starts_at:%Y-%m-%d %H:%M}"


class GuardBatch(models.Model):
    """One act upon several guards of a circle; undone, it is undone as a whole."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="guard_batches")
    kind = models.CharField(_("acte"), max_length=8, choices=BatchKind)
    label = KeptTextField(_("description"), max_length=200)
    done_at = models.DateTimeField(_("fait le"))
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [paired("undone_at", "undone_by", name="guard_batch_undone_by_someone")]
        indexes = [models.Index(fields=["enterprise", "-done_at"], name="guard_batch_of_circle")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class GuardChange(models.Model):
    """A line of a guard's history, append-only: what the guard was before the act that made it version `number`.

    What it became stands in the next line, or in the guard itself. The line by which a guard was entered has nothing
    before it. Guards of the first demo world begin without one.
    """

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField()
    act = models.CharField(_("acte"), max_length=9, choices=GuardAct)
    reason = KeptTextField(_("motif"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("fait le"))
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(
        GuardBatch, on_delete=models.PROTECT, related_name="changes", null=True, blank=True
    )
    before_unit = models.ForeignKey(
        GuardUnit, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    before_provider = models.ForeignKey(
        CareProvider, on_delete=models.PROTECT, related_name="left_guards", null=True, blank=True
    )
    before_starts_at = models.DateTimeField(null=True, blank=True)
    before_ends_at = models.DateTimeField(null=True, blank=True)
    before_state = models.CharField(max_length=10, choices=GuardState, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guard", "number"], name="guard_change_number_once"),
            models.CheckConstraint(
                name="guard_change_whole_or_nothing_before",
                condition=Q(
                    before_unit__isnull=True,
                    before_provider__isnull=True,
                    before_starts_at__isnull=True,
                    before_ends_at__isnull=True,
                    before_state="",
                )
                | (
                    Q(
                        before_unit__isnull=False,
                        before_provider__isnull=False,
                        before_starts_at__isnull=False,
                        before_ends_at__isnull=False,
                    )
                    & ~Q(before_state="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guard_id} v{self.number} {self.act}"
