from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.models.members import QualityMember
from bhod_portal.core.constraints import paired
from csam.models import Person


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class Responsibility(models.Model):
    """A member of a quality who answers for another one, a doctor for his secretary (domain.md 3.6, ReMaPH).

    Its screen was never seen: that a member may have several persons who answer for him is a guess. Ended, never deleted.
    """

    responsible = models.ForeignKey(QualityMember, on_delete=models.PROTECT, related_name="answers_for")
    member = models.ForeignKey(QualityMember, on_delete=models.PROTECT, related_name="responsibles")
    given_at = models.DateTimeField(_("attribuée le"))
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["responsible", "member"],
                name="responsibility_once",
                condition=Q(ended_at=None),
                violation_error_code="already_responsible",
                violation_error_message=_("Cette personne répond déjà de ce membre."),
            ),
            models.CheckConstraint(
                name="responsibility_not_for_oneself",
                condition=~Q(responsible=F("member")),
                violation_error_code="for_oneself",
                violation_error_message=_("On ne répond pas de soi-même : choisissez une autre personne."),
            ),
            paired("ended_at", "ended_by", name="responsibility_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.responsible_id} → {self.member_id}"
