"""A link with which a person chooses a password that nobody else ever sees; it opens allauth's page of a reset."""

from collections.abc import Collection
from datetime import datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bhod_portal.core.audit import record, record_all
from bhod_portal.core.messages import absolute
from csam.models import Person

# In real time, as the links that one asks for oneself, which last an hour: this one comes unasked.
LINK_LASTS = timedelta(days=3)
# A case for each person in one statement: more of them at once take longer.
_BATCH = 250


@transaction.atomic
def withdraw_password(*, person: Person, by: Person, at: datetime) -> None:
    """Let the present password of a person open nothing any more: his sessions end, and links that were made die.

    Raises PermissionDenied across worlds, ValidationError `username_required` for who could not use a new one.
    """
    if person.world_id != by.world_id:
        raise PermissionDenied(_("Cette personne appartient à un autre monde du simulateur."))
    if not person.username:
        raise ValidationError(
            _("Cette personne n'a pas encore de nom d'utilisateur : donnez-lui en un d'abord."),
            code="username_required",
        )
    # Drawn anew each time: what hangs on the one before, sessions and links, dies with it.
    person.set_unusable_password()
    person.temporary_password_until = None
    person.save(update_fields=["password", "temporary_password_until"])
    record("csam.password.withdrawn", person, world=person.world, by=by, at=at)


@transaction.atomic
def withdraw_passwords(*, persons: Collection[Person], by: Person, at: datetime) -> None:
    """As `withdraw_password` does for each of many persons of one world who have a user name; in few statements."""
    for person in persons:
        person.set_unusable_password()
        person.temporary_password_until = None
    Person.objects.bulk_update(persons, ["password", "temporary_password_until"], batch_size=_BATCH)
    record_all("csam.password.withdrawn", ((person, {}) for person in persons), world=by.world, by=by, at=at)


def link_for(person: Person) -> str:
    """The address at which a person chooses a password: once, within three days of real time.

    It dies when it has been used, when his password is changed or withdrawn, and when he has logged in.
    """
    uid = user_pk_to_url_str(person)
    token = _LongerTokens().make_token(person)
    return absolute(reverse("account_reset_password_from_key", args=[uid, token]))


def password_mark(person: Person) -> str:
    """Changes with the password and tells nothing of it: by it, a form knows whether someone was faster."""
    return salted_hmac("csam.services.password_links", person.password).hexdigest()[:16]


class _LongerTokens(PasswordResetTokenGenerator):
    """Dated ahead by what they last longer, so that who checks them need not know which kind they are."""

    def _now(self) -> datetime:
        return super()._now() + LINK_LASTS - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
