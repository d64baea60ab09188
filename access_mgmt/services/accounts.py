"""The user name, and for a first local manager the password, with which a person logs in (seed 000, line 189)."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from csam.models import Person

_UNIQUE = "person_username_unique_in_world"
# A case for each person in one statement: more of them at once take longer.
_BATCH = 250


@transaction.atomic
def open_account(
    *, person: Person, username: str, password_hash: str = "", temporary_until: datetime | None = None
) -> Person:
    """Give a person the user name, and the hashed password if there is one, that he does not have yet.

    With `temporary_until` (the world's time) he must choose a password of his own before then.
    What he has already stays as it is. Raises ValidationError `username_required`, `username_taken`.
    """
    fresh = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    changed = []
    if password_hash and not selectors.has_account(fresh):
        fresh.password, fresh.temporary_password_until = password_hash, temporary_until
        changed += ["password", "temporary_password_until"]
    if not fresh.username:
        if not username:
            raise ValidationError(_("Choisissez un nom d'utilisateur."), code="username_required")
        fresh.username = username
        fresh.validate_constraints()
        changed.append("username")
    if changed:
        _save(fresh, changed)
    return fresh


@transaction.atomic
def open_accounts(*, usernames: Mapping[int, str]) -> None:
    """Give many persons, by their keys, the user names that they do not have yet; as `open_account` gives one.

    Raises ValidationError `username_taken` when somebody took one of them meanwhile.
    """
    nameless = Person.objects.filter(pk__in=usernames, username="")
    persons = list(nameless.select_for_update(of=("self",), no_key=True).order_by("pk").only("pk"))
    for person in persons:
        person.username = usernames[person.pk]
    try:
        with transaction.atomic():
            Person.objects.bulk_update(persons, ["username"], batch_size=_BATCH)
    except IntegrityError as error:
        raise _taken(error) from error


def _save(person: Person, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError as error:
        raise _taken(error) from error


def _taken(error: IntegrityError) -> Exception:
    # Someone else took the name between the check and the write.
    if _UNIQUE not in str(error):
        return error
    return ValidationError(_("Ce nom d'utilisateur est déjà pris."), code="username_taken")
