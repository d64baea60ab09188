"""How an agent decides a request of the exceptional procedure, and what an accepted one gives (domain.md 2.3)."""

from datetime import datetime
from itertools import count

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from bhod_portal.core.messages import absolute, send_email, send_sms, written
from bhod_portal.core.models import World
from bhod_portal.core.shown import shown_day
from csam import selectors
from csam.enums import RequestState
from csam.models import AccessManager, DesignationRequest, Person, sort_name
from csam.permissions import decides_requests
from csam.services import passwords, succession
from csam.services.exceptional import names_another, tell_applicant

USERNAME_LENGTH = 140


@transaction.atomic
def accept_request(
    *, request: DesignationRequest, gap: Person | None, by: Person, at: datetime
) -> AccessManager:
    """Accept a request: `gap`, or a new person when there is none yet, becomes GAP of the enterprise.

    The link of the GAP with the enterprise is not asked for: the agent has seen the documents. Whoever has no password
    gets a user name by e-mail and a temporary password by SMS. Raises PermissionDenied for who is no agent,
    ValidationError `already_decided`, `enterprise_stopped`, `not_a_candidate`, `already_gap`, or what a person's or a
    manager's constraints say.
    """
    # One acceptance at a time in a world: each may draw a user name. Before all other locks, as starting the world
    # afresh takes it.
    World.objects.select_for_update(of=("self",), no_key=True).get(pk=request.world_id)
    request = _take(request, by=by)
    enterprise = succession.lock(request.enterprise)
    if not enterprise.is_active(clock.day_of(at)):
        raise ValidationError(
            _("Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises depuis le %(day)s."),
            code="enterprise_stopped",
            params={"day": shown_day(enterprise.stopped_on)},
        )
    if gap is not None and not selectors.gap_candidates(request).filter(pk=gap.pk).exists():
        raise ValidationError(_("Cette personne n'est pas celle de la demande."), code="not_a_candidate")
    gap = gap or _create_person(request, at=at)
    before = selectors.gap_of(enterprise)
    _check_not_gap(before, gap)
    manager = succession.put_gap_in_office(
        enterprise=enterprise,
        person=gap,
        replaces=before,
        email=request.gap_email,
        phone=request.gap_phone,
        by=by,
        at=at,
        request=request.pk,
    )
    gets_codes = _give_codes(request, gap, by=by, at=at)
    _decide(request, RequestState.ACCEPTED, by=by, at=at, gap=gap)
    audit.record("csam.designation_request.accepted", request, world=request.world, by=by, at=at)
    if names_another(request):
        tell_applicant(request, "csam/emails/designation_request_accepted", at=at)
    _tell(
        request,
        "csam/emails/designation_request_gap",
        gap,
        request.gap_email,
        gap=gap,
        gets_codes=gets_codes,
        at=at,
    )
    if before is not None:
        _tell(
            request,
            "csam/emails/designation_request_replaced",
            before.person,
            before.email,
            gap=gap,
            gets_codes=False,
            at=at,
        )
    return manager


@transaction.atomic
def refuse_request(*, request: DesignationRequest, reason: str, by: Person, at: datetime) -> None:
    """Refuse a request; the applicant gets the reason. Raises PermissionDenied, ValidationError `already_decided`."""
    request = _take(request, by=by)
    _decide(request, RequestState.REFUSED, by=by, at=at, reason=reason)
    audit.record("csam.designation_request.refused", request, world=request.world, by=by, at=at)
    tell_applicant(request, "csam/emails/designation_request_refused", at=at)


def _take(request: DesignationRequest, *, by: Person) -> DesignationRequest:
    """The request, locked: one agent at a time, and the second sees what the first has decided."""
    if not decides_requests(by) or by.world_id != request.world_id:
        raise PermissionDenied(_("Seul un agent CSAM décide des demandes de la procédure exceptionnelle."))
    locked = DesignationRequest.objects.select_for_update(of=("self",), no_key=True)
    taken = locked.select_related("world", "enterprise").get(pk=request.pk)
    if taken.state != RequestState.SUBMITTED:
        raise ValidationError(_("Cette demande est déjà décidée."), code="already_decided")
    return taken


def _decide(
    request: DesignationRequest,
    state: RequestState,
    *,
    by: Person,
    at: datetime,
    gap: Person | None = None,
    reason: str = "",
) -> None:
    request.state, request.decided_by, request.decided_at = state, by, at
    request.gap, request.reason = gap, reason
    request.save(update_fields=["state", "decided_by", "decided_at", "gap", "reason"])


def _check_not_gap(before: AccessManager | None, person: Person) -> None:
    if before is not None and before.person_id == person.pk:
        raise ValidationError(
            _("Cette personne est déjà le Gestionnaire d'Accès Principal de l'entreprise."),
            code="already_gap",
        )


def _create_person(request: DesignationRequest, *, at: datetime) -> Person:
    person = Person(
        world=request.world,
        niss=request.gap_niss,
        first_name=request.gap_first_name,
        last_name=request.gap_last_name,
        sort_name=sort_name(request.gap_first_name, request.gap_last_name),
        email=request.gap_email,
        phone=request.gap_phone,
        language=request.language,
        date_joined=at,
    )
    person.set_unusable_password()
    person.full_clean()
    person.save()
    return person


def _give_codes(request: DesignationRequest, gap: Person, *, by: Person, at: datetime) -> bool:
    """A user name and a temporary password for who has none; they go to no other phone than one he already has."""
    if gap.has_usable_password():
        return False
    gap.username = gap.username or _free_username(request.world, gap)
    gap.email, gap.phone = gap.email or request.gap_email, gap.phone or request.gap_phone
    gap.save(update_fields=["username", "email", "phone"])
    password = passwords.give_temporary_password(person=gap, by=by, at=at)
    day = clock.day_of(at + passwords.TEMPORARY_FOR)
    with translation.override(gap.language):
        text = _(
            "CSAM (simulateur) : votre mot de passe temporaire est %(password)s . Remplacez-le par le vôtre avant le %(day)s."
        )
        body = text % {"password": password, "day": shown_day(day)}
    send_sms(world=request.world, to=gap.phone, body=body, at=at, person=gap)
    return True


def _free_username(world: World, person: Person) -> str:
    """« prenomnom », with a number behind when another one of the world is called so."""
    wished = slugify(f"{person.first_name}{person.last_name}").replace("-", "")[:USERNAME_LENGTH] or "gap"
    names = (wished if number == 1 else f"{wished}{number}" for number in count(1))
    persons = Person.objects.filter(world=world)
    return next(name for name in names if not persons.filter(username__iexact=name).exists())


def _tell(
    request: DesignationRequest,
    template: str,
    person: Person,
    address: str,
    *,
    gap: Person,
    gets_codes: bool,
    at: datetime,
) -> None:
    context = {
        "enterprise": request.enterprise,
        "gap": gap,
        "gets_codes": gets_codes,
        "last_day": clock.day_of(at + passwords.TEMPORARY_FOR),
        "url": absolute(reverse("access_mgmt:landing")),
    }
    subject, body = written(template, person.language, context)
    send_email(world=request.world, to=address, subject=subject, body=body, at=at, person=person)
