"""Questions: a doctor contests one of his guards, the manager of its circle answers; each is told by mail.

Issue of finances; nothing was found of how circles do it today. Who acts for a doctor by mandate leaves his trace in the file
(`prosante_login.services.acting`, which raises PermissionDenied). Every refusal is a ValidationError with a code.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from bhod.models import Guard, GuardQuestion
from bhod.permissions import Capability
from bhod.selectors.questions import answerers_of
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.messages import absolute
from csam.models import Person
from prosante_login.enums import FileAct
from prosante_login.models import CareProvider, Mandate
from prosante_login.services import acting
from prosante_login.services.notices import tell


@transaction.atomic
def ask_question(
    *, guard: Guard, provider: CareProvider, text: str, mandate: Mandate | None, by: Person, at: datetime
) -> GuardQuestion:
    """Contest a guard of this doctor that its circle has published; once answered he may ask again.

    The same question a second time is the first one. Refuses with `not_own_guard`, and with `question_open` while another
    waits for its answer.
    """
    acting.lock_file(provider.pk)
    guard = Guard.objects.select_related("unit__enterprise__world").get(pk=guard.pk)
    if guard.provider_id != provider.pk or not guard.is_published:
        refused = _("Cette garde n'est plus la vôtre : le cercle l'a donnée à un autre médecin.")
        raise ValidationError(refused, code="not_own_guard")
    text = text.strip()
    waiting = GuardQuestion.objects.filter(guard=guard, provider=provider, answered_at=None).first()
    if waiting and waiting.text == text:
        return waiting
    question = GuardQuestion(guard=guard, provider=provider, text=text, asked_at=at, asked_by=by)
    question.full_clean()
    question.save()
    acting.record(
        FileAct.GUARD_CONTESTED,
        provider=provider,
        mandate=mandate,
        by=by,
        at=at,
        about=keep("%(start)s, %(unit)s", start=guard.starts_at, unit=guard.unit.name),
        guard=guard.pk,
        question=question.pk,
    )
    tell(
        answerers_of(guard.unit.enterprise_id, on=clock.day_of(at)),
        "bhod/emails/question_asked",
        at=at,
        question=question,
        url=absolute(reverse("bhod:question_answer", args=[question.pk])),
    )
    return question


@transaction.atomic
def answer_question(*, question: GuardQuestion, answer: str, by: Person, at: datetime) -> GuardQuestion:
    """Answer for the circle; the same answer a second time is the first one.

    Raises PermissionDenied for who doesn't see the finances of the circle. Refuses with `already_answered` when somebody
    else was faster.
    """
    enterprise = question.guard.unit.enterprise
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.SEE_FINANCES, at=at)
    questions = GuardQuestion.objects.select_related(
        "guard__unit__enterprise__world", "provider__person__world"
    )
    locked = questions.select_for_update(of=("self",), no_key=True).get(pk=question.pk)
    answer = answer.strip()
    if locked.answered_at:
        if locked.answered_by_id == by.pk and locked.answer == answer:
            return locked
        refused = _("%(name)s a déjà répondu à cette question : lisez sa réponse.")
        raise ValidationError(refused, code="already_answered", params={"name": str(locked.answered_by)})
    locked.answer, locked.answered_at, locked.answered_by = answer, at, by
    locked.full_clean()
    locked.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(
        "bhod.question.answered", locked, world=enterprise.world, by=by, at=at, guard=locked.guard_id
    )
    tell(
        [locked.provider.person],
        "bhod/emails/question_answered",
        at=at,
        question=locked,
        url=absolute(reverse("bhod:own_guard", args=[locked.guard.reference])),
    )
    return locked
