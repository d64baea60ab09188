"""The states in which a trainer puts a persona's keys, account and functions, so that each failure can be shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from csam.enums import ItsmePhoneState
from csam.models import EidCard, ItsmeAccount, LegalFunction, Person
from csam.services.eid import PINS
from csam.services.passwords import TEMPORARY_FOR
from training.demo.people import PASSWORD
from training.enums import PersonaState
from training.services.worlds import check_may_run

ONE_DAY = timedelta(days=1)
# How long a card that had expired is good again.
RENEWED_FOR = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class _Case:
    person: Person
    function: LegalFunction | None
    at: datetime

    @property
    def today(self) -> date:
        return clock.day_of(self.at)


@transaction.atomic
def put(
    *,
    person: Person,
    state: PersonaState,
    function: LegalFunction | None = None,
    by: Person | None,
    at: datetime,
) -> None:
    """Put what someone has in hand in a state; twice is the same as once.

    `function` is the legal function that ends or is given back; `by` is missing for a visitor who isn't logged in,
    whose act nobody signs. Raises PermissionDenied where a trainer runs the world, ValidationError `nothing_there`
    for a key or function that he hasn't, `not_begun` for a function that can't have ended yesterday.
    """
    check_may_run(world=person.world)
    if not _ACTS[state](_Case(person, function, at)):
        raise ValidationError(
            _("%(name)s n'a rien à mettre dans cet état."),
            code="nothing_there",
            params={"name": str(person)},
        )
    if by is not None:
        of = {"function": function.pk} if function else {}
        audit.record(
            "training.persona.put", person, world=person.world, by=by, at=at, state=state.value, **of
        )


def _card(case: _Case, *, wrong_pins: int = 0, expired: bool = False, reader: bool = True) -> int:
    cards = EidCard.objects.filter(person=case.person)
    if expired:
        cards.filter(expires_on__gte=case.today).update(expires_on=case.today - ONE_DAY)
    else:
        cards.filter(expires_on__lt=case.today).update(expires_on=case.today + RENEWED_FOR)
    return cards.update(wrong_pins=wrong_pins, reader_connected=reader)


def _itsme(case: _Case, state: ItsmePhoneState) -> int:
    return ItsmeAccount.objects.filter(person=case.person).update(state=state)


def _account(case: _Case, *, active: bool) -> int:
    return Person.objects.filter(pk=case.person.pk).update(is_active=active)


def _password(case: _Case, *, until: datetime | None) -> int:
    having = Person.objects.filter(pk=case.person.pk).exclude(username="")
    return having.update(password=make_password(PASSWORD), temporary_password_until=until)


def _remove(case: _Case, kind: Authenticator.Type) -> int:
    removed: int = Authenticator.objects.filter(user=case.person, type=kind).delete()[0]
    return removed


def _function(case: _Case, *, until: date | None) -> int:
    if case.function is None:
        return 0
    functions = LegalFunction.objects.filter(pk=case.function.pk, person=case.person)
    if until and functions.filter(valid_from__gt=until).exists():
        raise ValidationError(
            _("Cette fonction n'avait pas encore commencé hier : elle ne peut pas s'être terminée."),
            code="not_begun",
        )
    return functions.update(valid_until=until)


_ACTS: dict[PersonaState, Callable[[_Case], int]] = {
    PersonaState.CARD_READY: _card,
    PersonaState.CARD_BLOCKED: lambda case: _card(case, wrong_pins=PINS),
    PersonaState.CARD_EXPIRED: lambda case: _card(case, expired=True),
    PersonaState.READER_ABSENT: lambda case: _card(case, reader=False),
    PersonaState.ITSME_READY: lambda case: _itsme(case, ItsmePhoneState.READY),
    PersonaState.ITSME_OFF: lambda case: _itsme(case, ItsmePhoneState.SWITCHED_OFF),
    PersonaState.ITSME_BLOCKED: lambda case: _itsme(case, ItsmePhoneState.BLOCKED),
    PersonaState.ACCOUNT_ACTIVE: lambda case: _account(case, active=True),
    PersonaState.ACCOUNT_BLOCKED: lambda case: _account(case, active=False),
    PersonaState.PASSWORD_DEMO: lambda case: _password(case, until=None),
    PersonaState.PASSWORD_TEMPORARY: lambda case: _password(case, until=case.at + TEMPORARY_FOR),
    PersonaState.PASSWORD_EXPIRED: lambda case: _password(case, until=case.at - ONE_DAY),
    PersonaState.APP_REMOVED: lambda case: _remove(case, Authenticator.Type.TOTP),
    PersonaState.TOKEN_REMOVED: lambda case: _remove(case, Authenticator.Type.RECOVERY_CODES),
    PersonaState.PASSKEYS_REMOVED: lambda case: _remove(case, Authenticator.Type.WEBAUTHN),
    PersonaState.FUNCTION_ENDED: lambda case: _function(case, until=case.today - ONE_DAY),
    PersonaState.FUNCTION_RETURNED: lambda case: _function(case, until=None),
}
