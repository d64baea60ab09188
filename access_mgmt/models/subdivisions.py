from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from access_mgmt.models.qualities import Quality
from bhod_portal.core.constraints import paired
from csam.models import Person


class SubdivisionQuerySet(models.QuerySet["Subdivision"]):
    def active(self) -> Self:
        return self.filter(removed_at=None)

    def branch(self, top: "Subdivision") -> Self:
        """A subdivision and all that is below it."""
        return self.active().filter(Q(pk=top.pk) | Q(ancestors__contains=[top.pk]))


class Subdivision(models.Model):
    """A part of a quality, in a tree, with members and managers of its own (domain.md 3.1). Removed, never deleted.

    `ancestors` are the keys of the subdivisions above, the parent first: a branch is found by one look-up.
    """

    quality = models.ForeignKey(Quality, on_delete=models.PROTECT, related_name="subdivisions")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    ancestors = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    name = models.CharField(_("nom"), max_length=100)
    created_at = models.DateTimeField(_("créée le"))
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("supprimée le"), null=True, blank=True)
    removed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = SubdivisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("quality"),
                F("parent"),
                Lower("name"),
                name="subdivision_name_once_per_parent",
                nulls_distinct=False,
                condition=Q(removed_at=None),
                violation_error_code="name_taken",
                violation_error_message=_("Une subdivision de ce nom existe déjà à cet endroit."),
            ),
            models.CheckConstraint(
                name="subdivision_ancestors_begin_with_parent",
                condition=Q(parent=None, ancestors=[])
                | Q(parent__isnull=False, ancestors__len__gte=1, ancestors__0=F("parent")),
            ),
            paired("removed_at", "removed_by", name="subdivision_removed_by_someone"),
        ]
        indexes = [GinIndex(fields=["ancestors"], name="subdivision_branch")]

    def __str__(self) -> str:
        return self.name
