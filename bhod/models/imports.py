from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import ImportState
from bhod.models.guards import GuardBatch
from bhod_portal.core.constraints import paired
from csam.models import Enterprise, Person


class PlanningImport(models.Model):
    """A file of a planning: what its lines say, what each of them would do, and how far that has come.

    `lines` are texts by column of ours; `mapping` says which heading of the file is which column. With `replaces`,
    guards of its days and units that the file does not name are cancelled.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="planning_imports")
    file_name = models.CharField(_("fichier"), max_length=120)
    digest = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    replaces = models.BooleanField(_("remplace le planning"), default=False)
    state = models.CharField(_("état"), max_length=9, choices=ImportState, default=ImportState.UPLOADED)
    plan = models.JSONField(default=dict)
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    failure = models.CharField(_("raison"), max_length=300, blank=True)
    batch = models.OneToOneField(
        GuardBatch, on_delete=models.PROTECT, related_name="planning_import", null=True, blank=True
    )
    uploaded_at = models.DateTimeField(_("reçu le"))
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            paired("confirmed_at", "confirmed_by", name="planning_import_confirmed_by_someone"),
            models.CheckConstraint(
                name="planning_import_done_as_a_batch",
                condition=Q(state=ImportState.DONE, batch__isnull=False)
                | (~Q(state=ImportState.DONE) & Q(batch__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-uploaded_at"], name="planning_import_of_circle")]

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(models.Model):
    """Which heading of a circle's own planning is which column of ours, as it was said last time."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="column_mappings")
    headings = models.JSONField()
    mapping = models.JSONField()
    saved_at = models.DateTimeField(_("enregistrée le"))
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "headings"], name="column_mapping_once")]

    def __str__(self) -> str:
        return f"mapping {self.pk}"
