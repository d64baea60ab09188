from datetime import date
from typing import Self
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.periods import BOTH_ENDS_INCLUDED, DateRange, covering
from csam.models import Enterprise, Person
from prosante_login.enums import MandateKind
from prosante_login.models.providers import CareProvider

_STANDING = Q(refused_at=None, stopped_at=None)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def standing(self) -> Self:
        """Neither refused nor stopped; accepted or not, begun or not."""
        return self.filter(_STANDING)

    def to_accept(self, on: date) -> Self:
        """Waiting for the holder's signature on that day of the world, its last one included."""
        return self.standing().filter(Q(valid_until=None) | Q(valid_until__gte=on), accepted_at=None)

    def usable(self, on: date) -> Self:
        """Signed by both, and valid on that day of the world, both ends included.

        It ends with who gave it (died, struck off) and with the enterprise that holds it.
        """
        holder_goes_on = Q(holder_enterprise__stopped_on=None) | Q(holder_enterprise__stopped_on__gte=on)
        return self.standing().filter(
            covering(on), holder_goes_on, accepted_at__isnull=False, provider__person__is_active=True
        )


class Mandate(models.Model):
    """A care provider lets a person or an enterprise act in his file. Stopped, never deleted (domain.md 4.2).

    Giving it is the provider's signature, accepting it the holder's: without both it opens nothing. Days are those in
    Brussels, both ends included. One that takes over from another (`transfers`) stops that one when it is accepted.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(_("type de mandat"), max_length=6, choices=MandateKind)
    holder_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="mandates_held", null=True, blank=True
    )
    holder_enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="mandates_held", null=True, blank=True
    )
    valid_from = models.DateField(_("du"))
    valid_until = models.DateField(_("au"), null=True, blank=True)
    given_at = models.DateTimeField(_("signé par le mandant le"))
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("signé par le mandataire le"), null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    refused_at = models.DateTimeField(_("refusé le"), null=True, blank=True)
    refused_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    stopped_at = models.DateTimeField(_("arrêté le"), null=True, blank=True)
    stopped_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    transfers = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="transferred_to", null=True, blank=True
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandate_one_holder",
                condition=Q(holder_person__isnull=False, holder_enterprise=None)
                | Q(holder_person=None, holder_enterprise__isnull=False),
            ),
            ExclusionConstraint(
                name="mandate_no_overlap_for_a_person",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("holder_person", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                condition=_STANDING & Q(holder_person__isnull=False),
                violation_error_code="mandate_overlap",
                violation_error_message=_(
                    "Cette personne a déjà un mandat de ce type pour une partie de la période."
                ),
            ),
            ExclusionConstraint(
                name="mandate_no_overlap_for_an_enterprise",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("holder_enterprise", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until", BOTH_ENDS_INCLUDED), RangeOperators.OVERLAPS),
                ],
                condition=_STANDING & Q(holder_enterprise__isnull=False),
                violation_error_code="mandate_overlap",
                violation_error_message=_(
                    "Cette entreprise a déjà un mandat de ce type pour une partie de la période."
                ),
            ),
            models.CheckConstraint(
                name="mandate_answered_once",
                condition=Q(accepted_at=None) | Q(refused_at=None),
            ),
            in_order("valid_from", "valid_until", name="mandate_period_in_order"),
            paired("accepted_at", "accepted_by", name="mandate_accepted_by_someone"),
            paired("refused_at", "refused_by", name="mandate_refused_by_someone"),
            paired("stopped_at", "stopped_by", name="mandate_stopped_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_id} → {self.holder_person_id or self.holder_enterprise_id}"


class MandateDelegate(models.Model):
    """A person whom the GAP or a legal representative of an enterprise lets use the mandates that it holds."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="mandate_delegates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandate_delegations")
    delegated_at = models.DateTimeField(_("délégué le"))
    delegated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "person"],
                name="mandate_delegate_once",
                condition=Q(ended_at=None),
                violation_error_code="already_delegated",
                violation_error_message=_("Cette personne peut déjà utiliser les mandats de l'entreprise."),
            ),
            paired("ended_at", "ended_by", name="mandate_delegate_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.enterprise_id}"
