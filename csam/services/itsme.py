"""Identification with itsme: asked for by a browser, answered on a phone, used once by the browser that asked.

Every step is one conditional UPDATE: of two answers at once, or of two uses, the first counts.
"""

import secrets
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit
from bhod_portal.core.models import World
from csam import selectors
from csam.enums import ItsmeIcon, ItsmePhoneState, ItsmeState
from csam.models import ItsmeAccount, ItsmeRequest, Person

LAPSES_AFTER = selectors.ITSME_LAPSES_AFTER


@transaction.atomic
def request_login(*, world: World, phone: str, at: datetime, replaces: UUID | None = None) -> ItsmeRequest:
    """Send a request to the phone with this number (digits with the country code), at the world's time `at`.

    It reaches someone only when his itsme is ready; for any other number the same is written, at the same cost, and
    nobody can answer. `replaces` is the token of the request that the same browser made before: it becomes void.
    """
    if replaces is not None:
        ItsmeRequest.objects.filter(
            token=replaces, state__in=(ItsmeState.PENDING, ItsmeState.APPROVED), person__isnull=False
        ).update(state=ItsmeState.REFUSED, answered_at=at)
    account = ItsmeAccount.objects.filter(
        person__world=world, phone=phone, state=ItsmePhoneState.READY
    ).order_by("pk")
    return ItsmeRequest.objects.create(
        world=world,
        person_id=account.values_list("person", flat=True).first(),
        icon=secrets.choice(ItsmeIcon.values),
        requested_at=at,
    )


def approve(*, request: ItsmeRequest, icon: str, by: Person, at: datetime) -> None:
    """Accept a request on the phone, by touching the icon that the browser shows.

    Another icon refuses the request for good, and is kept although this raises: don't call it in a transaction that
    the refusal would undo. Raises ValidationError `lapsed`, `answered`, `wrong_icon` or `phone_off` (switched off or
    blocked since), PermissionDenied for a phone that is not the request's.
    """
    if icon == request.icon:
        _answer(request, ItsmeState.APPROVED, "csam.itsme.approved", by=by, at=at)
        return
    _answer(request, ItsmeState.REFUSED, "csam.itsme.wrong_icon", by=by, at=at)
    raise ValidationError(
        _(
            "Ce n'est pas l'icône que montre l'écran d'identification : la demande est refusée. "
            "Si c'est bien vous qui vous identifiez, recommencez-y."
        ),
        code="wrong_icon",
    )


def refuse(*, request: ItsmeRequest, by: Person, at: datetime) -> None:
    """Refuse a request on the phone. Raises as `approve` does, but for `wrong_icon`."""
    _answer(request, ItsmeState.REFUSED, "csam.itsme.refused", by=by, at=at)


@transaction.atomic
def use(*, token: UUID, at: datetime) -> Person | None:
    """Whom the request with this token identifies, once: none when it isn't accepted, was used, or waited too long.

    An acceptance holds as long as a request does (`LAPSES_AFTER`, the world's time).
    """
    used = ItsmeRequest.objects.filter(
        token=token, state=ItsmeState.APPROVED, answered_at__gt=at - LAPSES_AFTER
    ).update(state=ItsmeState.USED)
    return Person.objects.get(itsme_requests__token=token) if used else None


@transaction.atomic
def _answer(request: ItsmeRequest, state: ItsmeState, act: str, *, by: Person, at: datetime) -> None:
    if request.person_id != by.pk:
        raise PermissionDenied(_("Cette demande itsme n'est pas arrivée sur ce téléphone."))
    if ItsmeAccount.objects.filter(person=by).exclude(state=ItsmePhoneState.READY).exists():
        raise ValidationError(
            _(
                "Ce téléphone est éteint pour itsme, ou ce compte itsme est bloqué : rien n'est répondu à la demande. "
                "Choisissez une autre clé numérique sur l'écran d'identification."
            ),
            code="phone_off",
        )
    waiting = ItsmeRequest.objects.filter(
        pk=request.pk, state=ItsmeState.PENDING, requested_at__gt=at - LAPSES_AFTER
    )
    answered = waiting.update(state=state, answered_at=at)
    request.refresh_from_db(fields=["state", "answered_at"])
    if not answered and request.state == ItsmeState.PENDING:
        raise ValidationError(
            _("Cette demande a expiré : recommencez sur l'écran d'identification."), code="lapsed"
        )
    if not answered:
        raise ValidationError(
            _("Cette demande n'attend plus de réponse : elle en a reçu une, ou une autre l'a remplacée."),
            code="answered",
        )
    audit.record(act, request, world=request.world, by=by, at=at)
