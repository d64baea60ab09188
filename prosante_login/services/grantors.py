"""Into the file of a grantor, and out of it: each leaves its row in his trail."""

from datetime import datetime

from django.db import transaction

from csam.models import Person
from prosante_login.enums import FileAct
from prosante_login.models import Mandate
from prosante_login.services import acting


@transaction.atomic
def enter_file(*, mandate: Mandate, by: Person, at: datetime, leaving: Mandate | None = None) -> None:
    """Open the grantor's file, and leave the one that was open by another mandate (`leaving`).

    Raises PermissionDenied when a mandate may not, or no longer, be used.
    """
    if leaving is not None:
        leave_file(mandate=leaving, by=by, at=at)
    acting.record(FileAct.FILE_ENTERED, provider=mandate.provider, mandate=mandate, by=by, at=at)


@transaction.atomic
def leave_file(*, mandate: Mandate, by: Person, at: datetime) -> None:
    """Close the grantor's file. Raises PermissionDenied as `enter_file` does: a mandate that ended has closed it."""
    acting.record(FileAct.FILE_LEFT, provider=mandate.provider, mandate=mandate, by=by, at=at)
