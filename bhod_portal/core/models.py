from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.enums import Channel, PropagationMode


class World(models.Model):
    """A closed universe of persons, enterprises and messages with a clock of its own; nothing crosses worlds.

    Its time is real time plus `clock_offset`, or stands still at `frozen_at`; read it with `core.clock`.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("nom"), max_length=100)
    mode = models.CharField(_("mode"), max_length=9, choices=PropagationMode, default=PropagationMode.NORMAL)
    clock_offset = models.DurationField(_("avance de l'horloge"), default=timedelta)
    frozen_at = models.DateTimeField(_("horloge arrêtée à"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="world_clock_forward_only", condition=Q(clock_offset__gte=timedelta(0))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """An e-mail or SMS that the simulator sent: kept here, and sent outside only when EMAIL_URL says so.

    `person` is whom it was meant for, where the sender knows: people give addresses that are not their own.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    channel = models.CharField(max_length=5, choices=Channel)
    recipient = models.CharField(_("destinataire"), max_length=254)
    subject = models.CharField(_("objet"), max_length=200, blank=True)
    body = models.TextField(_("texte"))
    # Empty where the sender doesn't know it.
    language = models.CharField(max_length=2, blank=True)
    sent_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        indexes = [
            models.Index(fields=["world", "recipient", "-sent_at"], name="message_of_recipient"),
            models.Index(fields=["person", "-sent_at"], name="message_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Draft(models.Model):
    """What a person has typed so far in a flow of several pages; it waits until he confirms, on any day.

    `subject` tells two flows of one kind apart (the enterprise, the quality). Never holds a password in the clear.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts")
    flow = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "flow", "subject", name="draft_one_per_flow")]

    def __str__(self) -> str:
        return f"{self.flow} {self.subject}"


class AuditEntry(models.Model):
    """Who did what to what, when (the world's time). Append-only; written in the transaction of the act."""

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="audit_entries")
    act = models.CharField(_("acte"), max_length=60)
    subject = models.CharField(_("objet"), max_length=60)
    done_at = models.DateTimeField(_("fait le"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["world", "subject", "-done_at"], name="audit_entry_of_subject")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
