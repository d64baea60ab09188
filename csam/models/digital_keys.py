"""The simulated keys of a person: identity card, itsme, European identity. The rest is allauth's."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.models import World
from csam.enums import Country, ItsmeIcon, ItsmePhoneState, ItsmeState
from csam.models.persons import Person


class EidCard(models.Model):
    """The electronic identity card of a person, as the simulated reader sees it. Blocked after three wrong PINs."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="eid_card")
    pin = models.CharField(_("code PIN haché"), max_length=128)
    wrong_pins = models.PositiveSmallIntegerField(_("codes PIN faux d'affilée"), default=0)
    expires_on = models.DateField(_("date d'expiration"))
    reader_connected = models.BooleanField(_("lecteur branché"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="eid_card_three_pins_at_most", condition=Q(wrong_pins__lte=3)),
        ]

    def __str__(self) -> str:
        return f"eID {self.person_id}"


class ItsmeAccount(models.Model):
    """The itsme application on a person's phone. `phone` holds digits only, with the country code: 32470000001."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="itsme_account")
    phone = models.CharField(_("numéro de téléphone"), max_length=15)
    state = models.CharField(_("état"), max_length=9, choices=ItsmePhoneState, default=ItsmePhoneState.READY)

    class Meta:
        indexes = [models.Index(fields=["phone"], name="itsme_account_by_phone")]

    def __str__(self) -> str:
        return f"itsme {self.person_id}"


class ItsmeRequest(models.Model):
    """A request to identify oneself with itsme, from the browser that asked (which keeps `token`) to the phone.

    Without a person when the number is nobody's: the browser must not learn that. `requested_at` and `answered_at`
    are the world's time; a request that nobody answered lapses by itself (`services.itsme`).
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="itsme_requests")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="itsme_requests", null=True, blank=True
    )
    icon = models.CharField(_("icône"), max_length=10, choices=ItsmeIcon)
    state = models.CharField(_("état"), max_length=8, choices=ItsmeState, default=ItsmeState.PENDING)
    requested_at = models.DateTimeField(_("demandée le"))
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="itsme_request_answer_dated",
                condition=Q(state=ItsmeState.PENDING, answered_at=None)
                | (~Q(state=ItsmeState.PENDING) & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="itsme_request_nobody_answers_for_nobody",
                condition=Q(person__isnull=False) | Q(state=ItsmeState.PENDING),
            ),
        ]
        indexes = [models.Index(fields=["person", "-requested_at"], name="itsme_request_of_person")]

    def __str__(self) -> str:
        return f"itsme {self.state} {self.pk}"


class EidasIdentity(models.Model):
    """An electronic identity that another country has notified (eIDAS); `identifier` is that country's."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="eidas_identity")
    country = models.CharField(_("pays"), max_length=2, choices=Country)
    identifier = models.CharField(_("identifiant national"), max_length=60)
    born_on = models.DateField(_("date de naissance"))

    def __str__(self) -> str:
        return f"{self.country} {self.person_id}"
