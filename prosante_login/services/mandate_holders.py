"""To whom a mandate can be given: looked up by number, and refused with the way out."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise, Person
from csam.selectors import enterprise_with_number, person_with_niss
from prosante_login import selectors
from prosante_login.models import CareProvider

Holder = Person | Enterprise


def find_holder_person(*, provider: CareProvider, niss: str, by: Person, at: datetime) -> Person:
    """The person of the world who has this NISS and may get a mandate; who looked for whom is kept in the trail.

    Raises PermissionDenied, or ValidationError `holder_unknown`, `holder_stopped` or `to_oneself`.
    """
    check_own_file(provider=provider, by=by)
    person = person_with_niss(by.world, niss)
    found = person.pk if person else None
    audit.record("prosante.mandate.looked_up", provider, world=by.world, by=by, at=at, person=found)
    if person is None:
        raise ValidationError(
            _(
                "Le Registre national ne connaît personne sous ce numéro. Demandez-le à la personne : il figure au verso "
                "de sa carte d'identité."
            ),
            code="holder_unknown",
        )
    check_holder(provider=provider, holder=person, on=clock.day_of(at))
    return person


def find_holder_enterprise(
    *, provider: CareProvider, bce_number: str, by: Person, at: datetime
) -> Enterprise:
    """The enterprise with this number (10 digits) that may get a mandate.

    Raises PermissionDenied, or ValidationError `enterprise_unknown`, `enterprise_stopped` or `nobody_signs`.
    """
    check_own_file(provider=provider, by=by)
    enterprise = enterprise_with_number(by.world, bce_number)
    if enterprise is None:
        raise ValidationError(
            _(
                "La Banque-Carrefour des Entreprises ne connaît pas ce numéro. Vérifiez-le dans « BCE Public Search », où "
                "vous pouvez aussi chercher par nom."
            ),
            code="enterprise_unknown",
        )
    check_holder(provider=provider, holder=enterprise, on=clock.day_of(at))
    return enterprise


def check_holder(*, provider: CareProvider, holder: Holder, on: date) -> None:
    """Raises ValidationError for whom no mandate can be given to on that day; codes as of the two look-ups."""
    if isinstance(holder, Enterprise):
        _check_enterprise(holder, on)
        return
    if holder.pk == provider.person_id:
        raise ValidationError(
            _(
                "C'est votre propre numéro : votre dossier vous est déjà ouvert. Indiquez la personne qui agira pour "
                "vous."
            ),
            code="to_oneself",
        )
    if not holder.is_active:
        raise ValidationError(
            _(
                "Cette personne est arrêtée au registre (décédée ou radiée) : elle ne peut plus signer. Choisissez "
                "quelqu'un d'autre."
            ),
            code="holder_stopped",
        )


def _check_enterprise(enterprise: Enterprise, on: date) -> None:
    if not enterprise.is_active(on):
        raise ValidationError(
            _(
                "Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises depuis le %(day)s : elle ne reçoit "
                "plus de mandat. Choisissez une autre entreprise ou une personne."
            ),
            code="enterprise_stopped",
            params={"day": shown_day(enterprise.stopped_on)},
        )
    if not selectors.those_who_act_for(enterprise, on=on):
        raise ValidationError(
            _(
                "Personne ne peut signer pour cette entreprise : la BCE ne lui connaît pas de représentant légal et elle "
                "n'a pas de Gestionnaire d'Accès Principal. Qu'elle fasse d'abord publier son représentant."
            ),
            code="nobody_signs",
        )


def check_own_file(*, provider: CareProvider, by: Person) -> None:
    """Raises PermissionDenied for who is not the provider himself: no mandatary gives or transfers mandates."""
    if provider.person_id != by.pk:
        raise PermissionDenied(
            _("Seul le dispensateur de soins donne et transfère les mandats de son dossier. Demandez-le-lui.")
        )
