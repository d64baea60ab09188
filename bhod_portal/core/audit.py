from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from bhod_portal.core.models import AuditEntry, World

_BATCH = 1000


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


def record_all(
    act: str,
    subjects: Iterable[tuple[Model, Mapping[str, Any]]],
    *,
    world: World,
    by: AbstractBaseUser,
    at: datetime,
) -> None:
    """Write one line per subject, each with its details, as `record` writes one; in few statements."""
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                world=world,
                act=act,
                subject=subject_of(subject),
                done_at=at,
                done_by_id=by.pk,
                details=dict(details),
            )
            for subject, details in subjects
        ),
        batch_size=_BATCH,
    )


def subject_of(subject: Model) -> str:
    """How the trail names what an act was done to."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def reference_of(entry: AuditEntry) -> str:
    """The number by which a receipt names its act."""
    return f"CSAM-{entry.world_id}-{entry.pk:06}"
