"""Structured messages of a quality: its sender number and the channels on which its messages travel (domain.md 3.7)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import ChannelKind
from access_mgmt.models import MessageChannel, Quality, SenderNumber
from bhod_portal.core import audit, clock
from bhod_portal.core.models import World
from csam.models import Enterprise, Person

# The numbers of the simulator; the real ones are given by the ONSS.
FIRST_NUMBER = 900_001


@transaction.atomic
def register_sender_number(*, quality: Quality, by: Person, at: datetime) -> SenderNumber:
    """Give a quality the next sender number of its world; one that has a number keeps it. Raises PermissionDenied."""
    _check(quality, by, at)
    # One at a time per world: the next number is then nobody else's.
    world = World.objects.select_for_update(no_key=True).get(pk=quality.enterprise.world_id)
    registered = selectors.sender_number_of(quality)
    if registered:
        return registered
    last = SenderNumber.objects.filter(world=world).aggregate(last=Max("number"))["last"]
    sender = SenderNumber(
        world=world,
        quality=quality,
        number=str(int(last) + 1 if last else FIRST_NUMBER),
        registered_at=at,
        registered_by=by,
    )
    sender.full_clean()
    sender.save()
    audit.record("access_mgmt.sender_number.registered", sender, world=world, by=by, at=at)
    return sender


def check_channel(
    *, quality: Quality, kind: ChannelKind, application: str, by: Person, at: datetime
) -> SenderNumber:
    """Whether a channel may be activated; `application` is empty for all of them.

    Raises PermissionDenied, or ValidationError `no_sender_number`, `no_certificate`, `channel_taken`.
    """
    _check(quality, by, at)
    sender = selectors.sender_number_of(quality)
    if sender is None:
        raise ValidationError(_("Enregistrez d'abord un numéro d'expéditeur."), code="no_sender_number")
    if kind == ChannelKind.REST and not selectors.is_usable(selectors.standing_certificate(quality), at=at):
        raise ValidationError(
            _("Un canal REST demande un certificat valable : enregistrez d'abord celui de la qualité."),
            code="no_certificate",
        )
    MessageChannel(sender_number=sender, kind=kind, application=application).validate_constraints(
        exclude=["world", "client_id", "ended_at", "ended_by"]
    )
    return sender


@transaction.atomic
def activate_channel(
    *, quality: Quality, kind: ChannelKind, application: str, by: Person, at: datetime
) -> MessageChannel:
    """Open a channel; REST gets an OAuth client id. Raises as `check_channel` does."""
    # One manager at a time per enterprise: its client ids are counted.
    enterprise = Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=quality.enterprise_id)
    sender = check_channel(quality=quality, kind=kind, application=application, by=by, at=at)
    channel = MessageChannel(
        world=enterprise.world,
        sender_number=sender,
        kind=kind,
        application=application,
        client_id=_next_client_id(enterprise) if kind == ChannelKind.REST else "",
        activated_at=at,
        activated_by=by,
    )
    channel.full_clean()
    channel.save()
    _record("activated", channel, by, at)
    return channel


@transaction.atomic
def remove_channel(*, channel: MessageChannel, by: Person, at: datetime) -> bool:
    """Close a channel; False when it was closed already. Raises PermissionDenied."""
    _check(channel.sender_number.quality, by, at)
    if not MessageChannel.objects.active().filter(pk=channel.pk).update(ended_at=at, ended_by=by):
        return False
    _record("removed", channel, by, at)
    return True


def _check(quality: Quality, by: Person, at: datetime) -> None:
    if not selectors.manages(by, quality, on=clock.day_of(at)):
        raise PermissionDenied(_("Seuls les gestionnaires de la qualité gèrent ses messages structurés."))
    # Whoever deactivates a quality may have done so since the page was shown.
    if not Quality.objects.active().filter(pk=quality.pk).exists():
        raise PermissionDenied(
            _("Cette qualité n'est plus active : ses messages structurés ne changent plus.")
        )


def _next_client_id(enterprise: Enterprise) -> str:
    """`cbe-<enterprise number>-<n>`: no channel is ever deleted, so that each is one more."""
    given = MessageChannel.objects.filter(
        sender_number__quality__enterprise=enterprise, kind=ChannelKind.REST
    ).count()
    return f"cbe-{enterprise.bce_number}-{given + 1}"


def _record(act: str, channel: MessageChannel, by: Person, at: datetime) -> None:
    audit.record(
        f"access_mgmt.message_channel.{act}",
        channel,
        world=channel.world,
        by=by,
        at=at,
        kind=channel.kind,
        application=channel.application,
    )
