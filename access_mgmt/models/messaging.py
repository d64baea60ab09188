from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import ChannelKind, SecuredApplication
from access_mgmt.models.qualities import Quality
from bhod_portal.core.constraints import paired
from bhod_portal.core.models import World
from csam.models import Person

SENDER_NUMBER = r"^[0-9]{6}\Z"


class SenderNumber(models.Model):
    """Under which a quality sends structured messages: six digits, in the name of each file (domain.md 3.7).

    Unique in its world and never given twice; it lasts as long as its quality.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="sender_numbers")
    quality = models.OneToOneField(Quality, on_delete=models.PROTECT, related_name="sender_number")
    number = models.CharField(
        _("numéro d'expéditeur"), max_length=6, validators=[RegexValidator(SENDER_NUMBER)]
    )
    registered_at = models.DateTimeField(_("enregistré le"))
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "number"], name="sender_number_unique_in_world"),
            models.CheckConstraint(name="sender_number_six_digits", condition=Q(number__regex=r"^[0-9]{6}$")),
        ]

    def __str__(self) -> str:
        return self.number


class MessageChannelQuerySet(models.QuerySet["MessageChannel"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class MessageChannel(models.Model):
    """How structured messages of a sender travel: for one secured application, or (empty) for all. Never deleted."""

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="message_channels")
    sender_number = models.ForeignKey(SenderNumber, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(_("canal"), max_length=4, choices=ChannelKind)
    application = models.CharField(
        _("application sécurisée"), max_length=15, choices=SecuredApplication, blank=True
    )
    client_id = models.CharField(_("OAuth client id"), max_length=40, blank=True)
    activated_at = models.DateTimeField(_("activé le"))
    activated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("supprimé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = MessageChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender_number", "application"],
                name="message_channel_one_per_application",
                condition=Q(ended_at=None),
                violation_error_code="channel_taken",
                violation_error_message=_(
                    "Un canal est déjà activé pour ce choix : supprimez-le d'abord pour en changer."
                ),
            ),
            models.UniqueConstraint(
                fields=["world", "client_id"],
                name="message_channel_client_id_unique_in_world",
                condition=~Q(client_id=""),
            ),
            models.CheckConstraint(
                name="message_channel_client_id_of_rest",
                condition=Q(kind=ChannelKind.FTP, client_id="")
                | (Q(kind=ChannelKind.REST) & ~Q(client_id="")),
            ),
            paired("ended_at", "ended_by", name="message_channel_ended_by_someone"),
            models.CheckConstraint(
                name="message_channel_ends_after_it_began",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("activated_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
