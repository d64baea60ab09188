"""What a person changes himself about himself: the address and the phone that codes go to, his title, his language."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bhod_portal.core import audit
from bhod_portal.core.messages import absolute, send_email
from bhod_portal.core.overtaking import check_seen
from csam.enums import Language, Title
from csam.models import Person


def personal_values(person: Person) -> dict[str, str]:
    """What `change_personal_data` changes, as it stands."""
    return {
        "title": person.title,
        "language": person.language,
        "email": person.email,
        "phone": person.phone,
    }


@transaction.atomic
def change_personal_data(
    *,
    person: Person,
    title: Title,
    language: Language,
    email: str,
    phone: str,
    seen: Mapping[str, str],
    by: Person,
    at: datetime,
) -> list[str]:
    """Change one's own data, of which `seen` is what one looked at; returns the names of what changed.

    Of a new address or phone the old address is told. Raises PermissionDenied for anybody else and for who has no NISS,
    ValidationError `changed_meanwhile`.
    """
    fresh = (
        Person.objects.select_related("world").select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    )
    if fresh != by:
        raise PermissionDenied(_("Chacun modifie lui-même ses données personnelles."))
    if not fresh.niss:
        raise PermissionDenied(
            _("Ce compte n'a pas de NISS : c'est celui d'un agent, ses données ne se modifient pas ici.")
        )
    now = personal_values(fresh)
    wanted = {"title": str(title), "language": str(language), "email": email, "phone": phone}
    check_seen(seen=seen, now=now, wanted=wanted)
    changed = [name for name in now if now[name] != wanted[name]]
    if not changed:
        return []
    for name in changed:
        setattr(fresh, name, wanted[name])
    fresh.full_clean(exclude=["password"])
    fresh.save(update_fields=changed)
    audit.record("csam.person.changed", fresh, world=fresh.world, by=by, at=at, changed=changed)
    told = [name for name in ("email", "phone") if name in changed and now[name]]
    if told and now["email"]:
        tell_old_address(person=fresh, old=now["email"], changed=told, at=at)
    return changed


@transaction.atomic
def choose_language(*, person: Person, language: Language, by: Person, at: datetime) -> None:
    """The language in which one reads the portal and one's mails from now on. Raises PermissionDenied for anybody else."""
    if person != by:
        raise PermissionDenied(_("Chacun modifie lui-même ses données personnelles."))
    if Person.objects.filter(pk=person.pk).exclude(language=language).update(language=language):
        audit.record("csam.person.changed", person, world=person.world, by=by, at=at, changed=["language"])


def tell_old_address(*, person: Person, old: str, changed: Collection[str], at: datetime) -> None:
    """Tell the address that a person had until now what was changed (`email`, `phone`), in case it was not by him."""
    with translation.override(person.language):
        context = {
            "person": person,
            "at": at,
            "email_changed": "email" in changed,
            "phone_changed": "phone" in changed,
            "url": absolute(reverse("access_mgmt:own_data")),
        }
        subject = render_to_string("csam/emails/contact_changed_subject.txt", context).strip()
        body = render_to_string("csam/emails/contact_changed_body.txt", context)
    send_email(world=person.world, to=old, subject=subject, body=body, at=at, person=person)
