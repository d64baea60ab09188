import secrets
import string
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core.audit import record
from bhod_portal.core.models import World
from csam.models import Person
from csam.passwords import MINIMUM_LENGTH

# domain.md 2.3: a temporary password is to be changed within 30 days.
TEMPORARY_FOR = timedelta(days=30)

# Read aloud or copied from a phone: without the letters and digits that look like one another.
_PARTS = (
    "".join(sorted(set(string.ascii_uppercase) - set("IOQ"))),
    "".join(sorted(set(string.ascii_lowercase) - set("lo"))),
    "23456789",
    "!?+-=",
)
_LENGTH = MINIMUM_LENGTH + 2


@transaction.atomic
def give_temporary_password(*, person: Person, by: Person, at: datetime) -> str:
    """Give a person a random password and return it in the clear, once; his sessions end with the old one.

    He must choose his own within thirty days of `at` (the world's time). Raises PermissionDenied across worlds,
    ValidationError `username_required` for someone who could not use it.
    """
    if person.world_id != by.world_id:
        raise PermissionDenied(_("Cette personne appartient à un autre monde du simulateur."))
    if not person.username:
        raise ValidationError(
            _("Cette personne n'a pas encore de nom d'utilisateur : donnez-lui en un d'abord."),
            code="username_required",
        )
    password = _random_password()
    person.temporary_password_until = at + TEMPORARY_FOR
    _save(person, password)
    record("csam.password.given", person, world=person.world, by=by, at=at)
    return password


@transaction.atomic
def choose_password(*, person: Person, password: str, at: datetime) -> None:
    """Make a password that its person has chosen, and that is known to keep the rule, the one of his account.

    All his sessions end but the one that allauth renews. `at` is the world's time.
    """
    person.temporary_password_until = None
    _save(person, password)
    record("csam.password.chosen", person, world=person.world, by=person, at=at)


def holders(world: World, email: str) -> list[Person]:
    """Who of a world has this address (lower case) in his file, and a password that he may have forgotten."""
    persons = Person.objects.filter(world=world, email__iexact=email, is_active=True).exclude(username="")
    # The database takes « ı » for an I: an address that only looks like his must not get his link.
    return [each for each in persons if each.email.lower() == email and each.has_usable_password()]


def check_is_new(*, person: Person, password: str) -> None:
    """Refuse the password that one has already: the one that was given would stay (ValidationError `same_password`)."""
    if person.check_password(password):
        raise ValidationError(
            _("C'est votre mot de passe actuel : choisissez-en un autre."), code="same_password"
        )


def has_expired(*, person: Person, at: datetime) -> bool:
    """Whether the person's password was given to him more than thirty days ago, in the world's time."""
    return person.temporary_password_until is not None and person.temporary_password_until <= at


def check_not_expired(*, person: Person, at: datetime) -> None:
    """Refuse a temporary password after its last day (ValidationError `temporary_password_expired`).

    To be asked only of who has given the right password: others must not learn of it.
    """
    if has_expired(person=person, at=at):
        raise ValidationError(
            _(
                "Votre mot de passe temporaire n'est plus valable : il fallait le remplacer dans les 30 jours. "
                "Choisissez-en un nouveau par « Mot de passe oublié ? », ou demandez de nouveaux codes au centre de "
                "contact : 02 511 51 51, du lundi au vendredi de 7 à 20 heures."
            ),
            code="temporary_password_expired",
        )


def _random_password() -> str:
    letters = [secrets.choice(part) for part in _PARTS]
    letters += [secrets.choice("".join(_PARTS)) for _more in range(_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def _save(person: Person, password: str) -> None:
    person.set_password(password)
    person.save(update_fields=["password", "temporary_password_until"])
