"""Acts in a care provider's file, by himself or on behalf of him: one way in which each of them leaves its trace."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from bhod_portal.core.models import AuditEntry
from csam.models import Person
from prosante_login import selectors
from prosante_login.enums import FileAct, MandateKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import OPENED_BY, PART_OF


@transaction.atomic
def record(
    act: FileAct,
    *,
    provider: CareProvider,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
    about: str = "",
    **details: Any,
) -> AuditEntry:
    """Write the audit row of an act in this provider's file; to be called inside the act's transaction.

    `mandate` is that of the view (`FileView.mandate`): the one by which `by` acts for the provider, None in his own file.
    The row names who (`by`), for whom (its subject is the file) and by which mandate (`details["mandate"]`). A mandate is
    locked and read again: raises PermissionDenied when it stopped meanwhile, which undoes the act; when its kind doesn't
    open the act's part of the file; and for anybody but the provider who comes without one. `about` says in a few words what was touched (« Rue du Moulin 5 »), for the grantor who
    reads it in « Qui a agi pour vous »; like `details` it holds never a NISS nor an account number.
    """
    if mandate is not None:
        _still_usable(mandate, provider, by, at)
        _check_opens(mandate, act)
        details |= {"mandate": mandate.pk}
    elif provider.person_id != by.pk:
        raise PermissionDenied(_("Ce dossier n'est pas le vôtre : on n'y agit que par un mandat."))
    if about:
        details |= {"about": getattr(about, "source", about)}
    return audit.record(act, provider, world=by.world, by=by, at=at, **details)


def lock_file(provider_id: int) -> None:
    """One act at a time in a file: the second of two tabs, or of a provider and his mandatary, sees what the first did."""
    CareProvider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider_id)


def _check_opens(mandate: Mandate, act: FileAct) -> None:
    part = PART_OF.get(act)
    if part is not None and part not in OPENED_BY[MandateKind(mandate.kind)]:
        raise PermissionDenied(
            _("Votre mandat n'ouvre pas cette partie du dossier : rien n'a été enregistré.")
        )


def _still_usable(mandate: Mandate, provider: CareProvider, by: Person, at: datetime) -> None:
    # Who stops it at this moment waits, or we wait for him and see it stopped.
    Mandate.objects.select_for_update(of=("self",), no_key=True).get(pk=mandate.pk)
    usable = selectors.usable_mandate(
        person=by,
        enterprise_id=mandate.holder_enterprise_id,
        mandate_id=mandate.pk,
        on=clock.day_of(at),
    )
    if usable is None or usable.provider_id != provider.pk:
        raise PermissionDenied(
            _(
                "Le mandat par lequel vous agissiez n'est plus valable : rien n'a été enregistré. Demandez un nouveau mandat "
                "au mandant, ou changez de profil."
            )
        )
