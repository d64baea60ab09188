from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from bhod_portal.core.models import AuditEntry, World


def record(
    act: str, subject: Model, *, world: World, by: AbstractBaseUser, at: datetime, **details: Any
) -> AuditEntry:
    """Write one line of the trail, e.g. act « csam.gap.designated »; to be called inside the act's transaction.

    `details` hold ids and choices, never a NISS or a password.
    """
    return AuditEntry.objects.create(
        world=world,
        act=act,
        subject=subject_of(subject),
        done_at=at,
        done_by_id=by.pk,
        details=details,
    )


def subject_of(subject: Model) -> str:
    """How the trail names what an act was done to."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def reference_of(entry: AuditEntry) -> str:
    """The number by which a receipt names its act."""
    return f"CSAM-{entry.world_id}-{entry.pk:06}"
