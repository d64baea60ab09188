"""What doctors contest about their guards, as they and their circle read it."""

from datetime import date

from django.db.models import QuerySet

from access_mgmt.models import EffectiveRole
from bhod.models import Guard, GuardQuestion
from bhod.permissions import Capability, functions_with
from bhod_portal.core.periods import covering
from csam.models import Person
from prosante_login.models import CareProvider


def questions_of_circle(enterprise_id: int) -> QuerySet[GuardQuestion]:
    """Every question about guards of a circle, with its guard, its doctor and who wrote."""
    questions = GuardQuestion.objects.filter(guard__unit__enterprise=enterprise_id)
    return questions.select_related(
        "guard__unit__enterprise__world",
        "guard__provider__person",
        "provider__person",
        "asked_by",
        "answered_by",
    )


def open_questions(enterprise_id: int) -> QuerySet[GuardQuestion]:
    """Those that wait for the circle's answer, the oldest first."""
    return questions_of_circle(enterprise_id).filter(answered_at=None).order_by("asked_at", "pk")


def answered_questions(enterprise_id: int) -> QuerySet[GuardQuestion]:
    """Those that the circle has answered, the latest answer first."""
    return questions_of_circle(enterprise_id).exclude(answered_at=None).order_by("-answered_at", "-pk")


def questions_about(guard: Guard, *, reader: CareProvider | None = None) -> QuerySet[GuardQuestion]:
    """What its doctors asked about a guard, the latest first; a doctor who reads finds his own questions only."""
    questions = GuardQuestion.objects.filter(guard=guard)
    if reader is not None:
        questions = questions.filter(provider=reader)
    return questions.select_related("provider__person", "asked_by", "answered_by").order_by(
        "-asked_at", "-pk"
    )


def answerers_of(enterprise_id: int, *, on: date) -> list[Person]:
    """Who answers for a circle: those who see its finances, never an administrative user."""
    roles = EffectiveRole.objects.known().filter(
        covering(on), enterprise=enterprise_id, function__in=functions_with(Capability.SEE_FINANCES)
    )
    persons = Person.objects.filter(pk__in=roles.values("person"))
    return list(persons.select_related("world").order_by("pk"))
