from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod.models.guards import Guard
from bhod_portal.core.constraints import paired
from csam.models import Person
from prosante_login.models import CareProvider


class GuardQuestion(models.Model):
    """What a doctor contests about one of his guards, and what the circle answers; one open question per doctor and guard."""

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="questions")
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="guard_questions")
    text = models.TextField(_("question"), max_length=1000)
    asked_at = models.DateTimeField(_("posée le"))
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("réponse"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guard", "provider"],
                name="guard_question_one_open",
                condition=Q(answered_at=None),
                violation_error_code="question_open",
                violation_error_message=_("Votre question sur cette garde attend déjà la réponse du cercle."),
            ),
            paired("answered_at", "answered_by", name="guard_question_answered_by_someone"),
            models.CheckConstraint(
                name="guard_question_answer_says_something",
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guard_id} {self.asked_at:%Y-%m-%d}"
