from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.messages import absolute, send_email, written
from bhod_portal.core.shown import shown_day
from csam import selectors
from csam.models import AccessManager, Enterprise, LegalFunction, Person
from csam.services import succession


def check_registrable(*, enterprise: Enterprise | None, by: Person, on: date) -> None:
    """Whether this person may register the enterprise in CSAM on that day (seed 000, lines 67 and 81).

    Raises ValidationError `unknown_to_bce`, `enterprise_stopped`, `no_legal_function`, `legal_function_over` or
    `already_registered`; the last only to a legal representative.
    """
    if enterprise is None or enterprise.world_id != by.world_id:
        raise ValidationError(
            _("La Banque-Carrefour des Entreprises ne connaît pas ce numéro."), code="unknown_to_bce"
        )
    if not enterprise.is_active(on):
        raise ValidationError(
            _("Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises depuis le %(day)s."),
            code="enterprise_stopped",
            params={"day": shown_day(enterprise.stopped_on)},
        )
    check_represents(enterprise=enterprise, by=by, on=on)
    if enterprise.registered_at is not None:
        raise ValidationError(
            _(
                "Cette entreprise est déjà enregistrée dans CSAM et un Gestionnaire d'Accès Principal est déjà "
                "désigné : passez à l'étape suivante."
            ),
            code="already_registered",
        )


def check_represents(*, enterprise: Enterprise, by: Person, on: date) -> None:
    """Raises ValidationError `no_legal_function` or `legal_function_over` for who is no legal representative."""
    if selectors.is_legal_representative(by, enterprise, on):
        return
    past = LegalFunction.objects.filter(enterprise=enterprise, person=by, valid_until__lt=on)
    last = past.order_by("-valid_until").first()
    if last is None:
        raise ValidationError(
            _("Vous n'exercez pas de fonction légale dans l'entreprise %(name)s."),
            code="no_legal_function",
            params={"name": enterprise.name},
        )
    raise ValidationError(
        _("Votre fonction légale dans l'entreprise %(name)s a pris fin le %(day)s."),
        code="legal_function_over",
        params={"name": enterprise.name, "day": shown_day(last.valid_until)},
    )


def check_gap(*, enterprise: Enterprise, gap: Person | None, on: date) -> Person:
    """Whether this person may be named GAP: a worker or a legal representative (seed 000, line 29).

    Raises ValidationError `gap_unknown` (nobody of that world) or `gap_not_linked`.
    """
    if gap is None or gap.world_id != enterprise.world_id:
        raise ValidationError(
            _("Le Registre national ne connaît personne sous ce numéro."), code="gap_unknown"
        )
    if not selectors.is_linked(gap, enterprise, on):
        raise ValidationError(
            _("Cette personne n'est ni travailleur ni représentant légal de l'entreprise %(name)s."),
            code="gap_not_linked",
            params={"name": enterprise.name},
        )
    return gap


@transaction.atomic
def register_enterprise(
    *,
    enterprise: Enterprise,
    gap: Person | None,
    gap_email: str,
    gap_phone: str,
    own_email: str,
    own_phone: str,
    by: Person,
    at: datetime,
) -> AccessManager:
    """Register an enterprise in CSAM and name its Gestionnaire d'Accès Principal; both persons get an e-mail.

    `at` is the world's time. Raises ValidationError as `check_registrable` and `check_gap` do: a second
    confirmation, even at the same moment, is refused as `already_registered`.
    """
    on = clock.day_of(at)
    enterprise = succession.lock(enterprise)
    check_registrable(enterprise=enterprise, by=by, on=on)
    manager = succession.put_gap_in_office(
        enterprise=enterprise,
        person=check_gap(enterprise=enterprise, gap=gap, on=on),
        replaces=None,
        email=gap_email,
        phone=gap_phone,
        by=by,
        at=at,
        own_email=own_email,
        own_phone=own_phone,
    )
    _tell(manager, own_email=own_email, at=at)
    return manager


def _tell(manager: AccessManager, *, own_email: str, at: datetime) -> None:
    context = {
        "enterprise": manager.enterprise,
        "bce_number": format_bce(manager.enterprise.bce_number),
        "gap": manager.person,
        "by": manager.designated_by,
        "himself": manager.person_id == manager.designated_by_id,
        "day": clock.day_of(at),
        "next_url": absolute(reverse("access_mgmt:landing")),
    }
    told = [(manager.person, manager.email), (manager.designated_by, own_email)]
    for person, address in dict.fromkeys(told):
        subject, body = written("csam/emails/gap_designated", person.language, context)
        send_email(
            world=manager.enterprise.world, to=address, subject=subject, body=body, at=at, person=person
        )
