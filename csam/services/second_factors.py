"""A person's own second factors: application, paper token, passkeys. allauth makes, keeps and checks them.

allauth's own flows hand out a paper token with the first other key and take it away with the last one; here each key
stands alone, and each act is written down and told by e-mail.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core import audit
from bhod_portal.core.messages import absolute, send_email, written
from csam import selectors
from csam.models import Person


@transaction.atomic
def enrol_app(*, secret: str, code: str, by: Person, at: datetime) -> Authenticator:
    """Make an application a key of this person, who has just proved it by a code; `secret` is base 32.

    That code serves no second time. Raises ValidationError `app_enrolled` when there is an application already.
    """
    _one_at_a_time(by)
    if selectors.second_factors(by).filter(type=Authenticator.Type.TOTP).exists():
        raise ValidationError(_("Une application est déjà liée à votre compte."), code="app_enrolled")
    app = TOTP.activate(by, secret)
    app.validate_code(code)
    _dated(app.instance, at)
    _tell(gettext_lazy("application mobile ajoutée"), "csam.key.added", app.instance, by=by, at=at)
    return app.instance


@transaction.atomic
def issue_token(*, replaces: int | None, by: Person, at: datetime) -> Authenticator:
    """Give this person a new paper token in the place of the one that he saw (its pk; none: he had no token).

    When that one has been replaced since, by another click, the newer one stands.
    """
    _one_at_a_time(by)
    held = selectors.second_factors(by).filter(type=Authenticator.Type.RECOVERY_CODES).first()
    if held and held.pk != replaces:
        return held
    if held:
        held.delete()
    token = RecoveryCodes.activate(by).instance
    _dated(token, at)
    replaced = gettext_lazy("token papier remplacé ; l'ancien ne vaut plus rien")
    what = replaced if held else gettext_lazy("token papier délivré")
    _tell(what, "csam.key.added", token, by=by, at=at)
    return token


@transaction.atomic
def add_passkey(*, name: str, credential: dict[str, Any], by: Person, at: datetime) -> Authenticator:
    """Keep a passkey that this person's device has made; `credential` is the answer that allauth has checked."""
    passkey = WebAuthn.add(by, name, credential).instance
    _dated(passkey, at)
    what = gettext_lazy("clé d'accès « %(name)s » ajoutée")
    _tell(what, "csam.key.added", passkey, by=by, at=at, name=name)
    return passkey


@transaction.atomic
def rename_passkey(*, passkey: Authenticator, name: str, by: Person, at: datetime) -> None:
    passkey.wrap().name = name
    passkey.save(update_fields=["data"])
    audit.record("csam.key.renamed", passkey, world=by.world, by=by, at=at)


@transaction.atomic
def remove_key(*, key: Authenticator, by: Person, at: datetime) -> None:
    """Take a second factor away from this person, whose it is; from then on it opens nothing."""
    what = {
        Authenticator.Type.TOTP: gettext_lazy("application mobile retirée"),
        Authenticator.Type.RECOVERY_CODES: gettext_lazy("token papier retiré"),
    }.get(key.type, gettext_lazy("clé d'accès « %(name)s » retirée"))
    _tell(what, "csam.key.removed", key, by=by, at=at, name=str(key))
    key.delete()


def _one_at_a_time(person: Person) -> None:
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _dated(key: Authenticator, at: datetime) -> None:
    # allauth dates by the machine's clock; what is shown is the world's time.
    key.created_at = at
    key.save(update_fields=["created_at"])


def _tell(what: Promise, act: str, key: Authenticator, *, by: Person, at: datetime, name: str = "") -> None:
    audit.record(act, key, world=by.world, by=by, at=at, type=str(key.type))
    if not by.email:
        return
    with translation.override(by.language):
        told = str(what) % {"name": name}
    context = {"what": told, "person": by, "at": at, "url": absolute(reverse("csam:key_list"))}
    subject, body = written("csam/emails/key_changed", by.language, context)
    send_email(world=by.world, to=by.email, subject=subject, body=body, at=at, person=by)
