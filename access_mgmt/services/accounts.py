"""The user name, and for a first local manager the password, with which a person logs in (seed 000, line 189)."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from csam.models import Person

_UNIQUE = "person_username_unique_in_world"


@transaction.atomic
def open_account(*, person: Person, username: str, password_hash: str = "") -> Person:
    """Give a person the user name, and the hashed password if there is one, that he does not have yet.

    What he has already stays as it is. Raises ValidationError `username_required`, `username_taken`.
    """
    fresh = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    changed = []
    if password_hash and not selectors.has_account(fresh):
        fresh.password = password_hash
        changed.append("password")
    if not fresh.username:
        if not username:
            raise ValidationError(_("Choisissez un nom d'utilisateur."), code="username_required")
        fresh.username = username
        fresh.validate_constraints()
        changed.append("username")
    if changed:
        _save(fresh, changed)
    return fresh


def _save(person: Person, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError as error:
        # Someone else took the name between the check and the write.
        if _UNIQUE not in str(error):
            raise
        raise ValidationError(_("Ce nom d'utilisateur est déjà pris."), code="username_taken") from error
