"""Access managers after the registration: the GAP replaced, others named and removed (domain.md 2.1, 2.4)."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.messages import absolute, send_email, written
from csam import selectors
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Enterprise, Person
from csam.permissions import may_name
from csam.services import succession
from csam.services.designations import check_gap


def check_may_name(*, enterprise: Enterprise, kind: ManagerKind, by: Person, on: date) -> None:
    """Raises PermissionDenied, with the names of those who may, for who names and removes no such managers."""
    if not may_name(selectors.capacities(by, enterprise, on), kind):
        raise PermissionDenied(why_not(enterprise=enterprise, kind=kind, by=by, on=on))


def why_not(*, enterprise: Enterprise, kind: ManagerKind, by: Person, on: date) -> str:
    """Why someone names and removes no managers of a kind, and who does; a stranger learns no names."""
    involved = selectors.capacities(by, enterprise, on) or selectors.manager_kinds(by, enterprise)
    if not involved:
        return _(
            "Cette page est réservée aux représentants légaux et aux gestionnaires d'accès de %(name)s : "
            "vous n'êtes ni l'un ni l'autre. Adressez-vous à eux."
        ) % {"name": enterprise.name}
    acts = {
        ManagerKind.MAIN: _("remplacer le Gestionnaire d'Accès Principal"),
        ManagerKind.CO_MAIN: _("nommer ou retirer un co-Gestionnaire d'Accès Principal"),
        ManagerKind.DOMAIN: _("nommer ou retirer un Gestionnaire d'Accès"),
        ManagerKind.DPO: _("nommer ou retirer un Data protection officer"),
    }
    [able] = selectors.those_who_may_name(enterprise, [kind], on).values()
    whom = "; ".join(
        f"{capacity.label} ({', '.join(str(person) for person in persons)})" for capacity, persons in able
    )
    if whom:
        whom = _("Adressez-vous à qui le peut : %(whom)s.") % {"whom": whom}
    else:
        whom = _(
            "Personne ne le peut à présent : l'entreprise fait d'abord publier le mandat d'un représentant légal à la "
            "Banque-Carrefour des Entreprises."
        )
    return _("Vous ne pouvez pas %(act)s de %(name)s. %(whom)s") % {
        "act": acts[kind],
        "name": enterprise.name,
        "whom": whom,
    }


def check_nameable(
    *, enterprise: Enterprise, person: Person | None, kind: ManagerKind, domain: str, on: date
) -> Person:
    """Whether this person may be named: a worker or legal representative who isn't that already.

    Raises ValidationError `enterprise_stopped`, `not_registered`, `gap_unknown`, `gap_not_linked`,
    `already_named`, or `gap_is_all` for who, as the GAP, manages everything already.
    """
    if not enterprise.is_active(on):
        raise ValidationError(
            _(
                "Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises : on n'y nomme plus personne."
            ),
            code="enterprise_stopped",
        )
    if enterprise.registered_at is None:
        raise ValidationError(
            _("Cette entreprise n'est pas encore enregistrée dans CSAM."), code="not_registered"
        )
    person = check_gap(enterprise=enterprise, gap=person, on=on)
    roles = AccessManager.objects.active().filter(enterprise=enterprise, person=person)
    if kind in (ManagerKind.CO_MAIN, ManagerKind.DOMAIN) and roles.filter(kind=ManagerKind.MAIN).exists():
        raise ValidationError(
            _(
                "%(person)s est déjà le Gestionnaire d'Accès Principal : le GAP gère les accès de tous les domaines."
            ),
            code="gap_is_all",
            params={"person": person},
        )
    if roles.filter(kind=kind, domain=domain).exists():
        raise ValidationError(
            _("Cette personne a déjà cette qualité dans l'entreprise."), code="already_named"
        )
    return person


@transaction.atomic
def replace_gap(
    *,
    enterprise: Enterprise,
    person: Person | None,
    replaces: int | None,
    email: str,
    phone: str,
    own_email: str,
    own_phone: str,
    by: Person,
    at: datetime,
) -> AccessManager:
    """End the GAP in office and name another one, in one act: the enterprise is never without; all are told.

    `replaces` is the pk of the GAP (AccessManager) whom `by` saw in office: raises ValidationError `gap_changed` when
    somebody else has replaced him meanwhile. Other capacities in which the new GAP managed accesses end: he is GA
    everywhere. Raises PermissionDenied, and ValidationError as `check_nameable` does. `at` is the world's time.
    """
    enterprise, on = succession.lock(enterprise), clock.day_of(at)
    check_may_name(enterprise=enterprise, kind=ManagerKind.MAIN, by=by, on=on)
    person = check_nameable(enterprise=enterprise, person=person, kind=ManagerKind.MAIN, domain="", on=on)
    old = selectors.gap_of(enterprise)
    if (old.pk if old else None) != replaces:
        raise ValidationError(
            _("Entre-temps, un autre Gestionnaire d'Accès Principal a été désigné. Rien n'a été changé."),
            code="gap_changed",
        )
    gap = succession.put_gap_in_office(
        enterprise=enterprise,
        person=person,
        replaces=old,
        email=email,
        phone=phone,
        by=by,
        at=at,
        own_email=own_email,
        own_phone=own_phone,
    )
    told = [(person, email), (by, own_email), *([(old.person, old.email)] if old else [])]
    _tell("csam/emails/manager_named", gap, told, by=by, at=at, replaced=old.person if old else None)
    return gap


@transaction.atomic
def name_manager(
    *,
    enterprise: Enterprise,
    person: Person | None,
    kind: ManagerKind,
    domain: str,
    email: str,
    phone: str,
    own_email: str,
    own_phone: str,
    by: Person,
    at: datetime,
) -> AccessManager:
    """Name a co-GAP, a GA of a domain (`domain`, else empty) or a DPO; both persons are told.

    Raises PermissionDenied, and ValidationError as `check_nameable` does or `not_named` for a kind or domain that is
    not named so. `at` is the world's time.
    """
    if kind == ManagerKind.MAIN or (kind == ManagerKind.DOMAIN) != (domain in AccessDomain.values):
        raise ValidationError(
            _("Choisissez un domaine, pour un Gestionnaire d'Accès et pour lui seul."), code="not_named"
        )
    enterprise, on = succession.lock(enterprise), clock.day_of(at)
    check_may_name(enterprise=enterprise, kind=kind, by=by, on=on)
    person = check_nameable(enterprise=enterprise, person=person, kind=kind, domain=domain, on=on)
    manager = succession.take_office(
        enterprise=enterprise, person=person, kind=kind, domain=domain, email=email, phone=phone, by=by, at=at
    )
    succession.record("csam.manager.named", manager, by=by, at=at, own_email=own_email, own_phone=own_phone)
    _tell(
        "csam/emails/manager_named", manager, [(person, email), (by, own_email)], by=by, at=at, replaced=None
    )
    return manager


@transaction.atomic
def remove_manager(*, manager: AccessManager, by: Person, at: datetime) -> AccessManager:
    """End a co-GAP, GA or DPO; he may also resign himself. Both persons are told.

    Raises PermissionDenied, or ValidationError `gap_only_replaced` and `already_removed`. `at` is the world's time.
    """
    enterprise = succession.lock(manager.enterprise)
    check_may_remove(manager=manager, by=by, on=clock.day_of(at))
    standing = AccessManager.objects.active().filter(pk=manager.pk)
    if not standing.update(ended_at=at, ended_by=by):
        raise ValidationError(
            _("Cette désignation a déjà pris fin. Rien n'a été changé."), code="already_removed"
        )
    manager = AccessManager.objects.select_related("person", "enterprise").get(
        pk=manager.pk, enterprise=enterprise
    )
    succession.record("csam.manager.removed", manager, by=by, at=at)
    told = [(manager.person, manager.email), (by, by.email)]
    _tell("csam/emails/manager_removed", manager, told, by=by, at=at, himself=manager.person_id == by.pk)
    return manager


def check_may_remove(*, manager: AccessManager, by: Person, on: date) -> None:
    """Whether this person may end that manager: who names such managers, or he himself; nobody ends the GAP.

    Raises PermissionDenied, or ValidationError `gap_only_replaced`.
    """
    if manager.person_id != by.pk:
        check_may_name(enterprise=manager.enterprise, kind=ManagerKind(manager.kind), by=by, on=on)
    if manager.kind == ManagerKind.MAIN:
        raise ValidationError(
            _(
                "L'entreprise n'est jamais sans Gestionnaire d'Accès Principal : un représentant légal le remplace, "
                "personne ne le retire."
            ),
            code="gap_only_replaced",
        )


def activate_roles(*, person: Person, at: datetime) -> int:
    """Mark what this person manages as active, at his first login after the designation; returns how much was not yet.

    `at` is the world's time.
    """
    waiting = AccessManager.objects.active().filter(person=person, activated_at=None, designated_at__lte=at)
    return waiting.update(activated_at=at)


def _tell(
    template: str,
    manager: AccessManager,
    persons: list[tuple[Person, str]],
    *,
    by: Person,
    at: datetime,
    **more: Any,
) -> None:
    """One e-mail per person and address; who has no address can't be told."""
    enterprise = manager.enterprise
    context = {
        "manager": manager,
        "person": manager.person,
        "enterprise": enterprise,
        "bce_number": format_bce(enterprise.bce_number),
        "by": by,
        "himself": manager.person_id == by.pk,
        "day": clock.day_of(at),
        "list_url": absolute(reverse("csam:manager_list", args=[enterprise.bce_number])),
        "access_url": absolute(reverse("access_mgmt:landing")),
    } | more
    for person, address in dict.fromkeys(persons):
        if address:
            subject, body = written(template, person.language, context)
            send_email(world=enterprise.world, to=address, subject=subject, body=body, at=at, person=person)
