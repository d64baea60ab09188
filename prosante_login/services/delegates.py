"""Who acts with the mandates of an enterprise beside its GAP and its legal representatives (domain.md 4.2).

Every act takes the lock of the enterprise first. `at` is the world's time.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from csam.models import Enterprise, Person
from csam.selectors import is_linked, person_with_niss
from prosante_login import selectors
from prosante_login.models import MandateDelegate
from prosante_login.services import mandate_notices


def check_may_name(*, enterprise: Enterprise, by: Person, at: datetime) -> None:
    """Raises PermissionDenied, with who may, for who is neither GAP nor legal representative."""
    on = clock.day_of(at)
    if selectors.may_name_delegates(by, enterprise, on=on):
        return
    heads = ", ".join(str(person) for person in selectors.heads_of(enterprise, on=on))
    raise PermissionDenied(
        _(
            "Seuls le Gestionnaire d'Accès Principal et les représentants légaux de %(name)s désignent qui agit avec ses "
            "mandats. Adressez-vous à : %(heads)s."
        )
        % {"name": enterprise.name, "heads": heads or _("personne à présent")}
    )


def find_delegate(*, enterprise: Enterprise, niss: str, by: Person, at: datetime) -> Person:
    """The person with this NISS who may be delegated; who looked for whom is kept in the trail.

    Raises PermissionDenied, and ValidationError as `check_delegable` does.
    """
    check_may_name(enterprise=enterprise, by=by, at=at)
    person = person_with_niss(enterprise.world, niss)
    found = person.pk if person else None
    audit.record(
        "prosante.delegate.looked_up", enterprise, world=enterprise.world, by=by, at=at, person=found
    )
    return check_delegable(enterprise=enterprise, person=person, at=at)


def check_delegable(*, enterprise: Enterprise, person: Person | None, at: datetime) -> Person:
    """Whether this person may be delegated: somebody of the enterprise who doesn't act for it already.

    Raises ValidationError `enterprise_stopped`, `delegate_not_linked`, also for a number that is nobody's, or
    `already_delegated`.
    """
    on = clock.day_of(at)
    if not enterprise.is_active(on):
        raise ValidationError(
            _(
                "Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises : on n'y désigne plus personne."
            ),
            code="enterprise_stopped",
        )
    if person is None or not is_linked(person, enterprise, on):
        # A number tells nothing of a person who has nothing to do with the enterprise.
        raise ValidationError(
            _(
                "Aucun travailleur ni représentant légal de %(name)s n'est connu sous ce numéro. Vérifiez-le, ou désignez "
                "quelqu'un qui travaille pour l'entreprise."
            ),
            code="delegate_not_linked",
            params={"name": enterprise.name},
        )
    if person in selectors.those_who_act_for(enterprise, on=on):
        raise ValidationError(
            _("%(person)s agit déjà avec les mandats de l'entreprise : il n'y a rien à faire de plus."),
            code="already_delegated",
            params={"person": person},
        )
    return person


@transaction.atomic
def add_delegate(*, enterprise: Enterprise, person: Person, by: Person, at: datetime) -> MandateDelegate:
    """Let a person sign, use and stop the mandates of an enterprise; he is told.

    Raises PermissionDenied, and ValidationError as `check_delegable` does.
    """
    _lock(enterprise)
    check_may_name(enterprise=enterprise, by=by, at=at)
    check_delegable(enterprise=enterprise, person=person, at=at)
    delegate = MandateDelegate(enterprise=enterprise, person=person, delegated_at=at, delegated_by=by)
    delegate.full_clean()
    delegate.save()
    audit.record(
        "prosante.delegate.added", enterprise, world=enterprise.world, by=by, at=at, person=person.pk
    )
    mandate_notices.tell_about_delegation(
        person, "prosante_login/emails/delegate_added", enterprise=enterprise, at=at, by=by
    )
    return delegate


@transaction.atomic
def remove_delegate(*, delegate: MandateDelegate, by: Person, at: datetime) -> MandateDelegate:
    """End a delegation at once; he is told. What he signed for the enterprise stays signed.

    Raises PermissionDenied, or ValidationError `already_removed`.
    """
    enterprise = _lock(delegate.enterprise)
    check_may_name(enterprise=enterprise, by=by, at=at)
    standing = MandateDelegate.objects.filter(pk=delegate.pk, ended_at=None)
    if not standing.update(ended_at=at, ended_by=by):
        raise ValidationError(
            _("Cette délégation a déjà pris fin. Rien n'a été changé."), code="already_removed"
        )
    audit.record(
        "prosante.delegate.removed",
        enterprise,
        world=enterprise.world,
        by=by,
        at=at,
        person=delegate.person_id,
    )
    mandate_notices.tell_about_delegation(
        delegate.person, "prosante_login/emails/delegate_removed", enterprise=enterprise, at=at, by=by
    )
    delegate.refresh_from_db()
    return delegate


def _lock(enterprise: Enterprise) -> Enterprise:
    return (
        Enterprise.objects.select_for_update(of=("self",), no_key=True)
        .select_related("world")
        .get(pk=enterprise.pk)
    )
