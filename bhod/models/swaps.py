from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod.enums import SwapState
from bhod.models.guards import Guard
from bhod_portal.core.constraints import paired
from csam.models import Person
from prosante_login.models import CareProvider


class SwapOffer(models.Model):
    """A doctor's offer of one of his guards: to one colleague, or to all of the circle when `offered_to` is empty.

    It holds for the guard as it was offered (`guard_version`): a guard that changed since is not taken over unseen.
    Where the circle approves swaps, an accepted one waits for its manager.
    """

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="swap_offers")
    guard_version = models.PositiveIntegerField()
    offered_to = models.ForeignKey(
        CareProvider, on_delete=models.PROTECT, related_name="received_swap_offers", null=True, blank=True
    )
    message = models.CharField(_("message"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=9, choices=SwapState, default=SwapState.OPEN)
    offered_at = models.DateTimeField(_("proposé le"))
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(
        CareProvider, on_delete=models.PROTECT, related_name="taken_swap_offers", null=True, blank=True
    )
    accepted_at = models.DateTimeField(_("accepté le"), null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    close_reason = models.CharField(_("motif"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guard"],
                condition=Q(state__in=[SwapState.OPEN, SwapState.ACCEPTED]),
                name="swap_offer_one_at_a_time",
                violation_error_code="already_offered",
                violation_error_message=_("Cette garde est déjà proposée."),
            ),
            paired("accepted_at", "accepted_by", name="swap_offer_accepted_by_someone"),
            paired("closed_at", "closed_by", name="swap_offer_closed_by_someone"),
            models.CheckConstraint(
                name="swap_offer_closed_when_over",
                condition=Q(state__in=[SwapState.OPEN, SwapState.ACCEPTED], closed_at__isnull=True)
                | (~Q(state__in=[SwapState.OPEN, SwapState.ACCEPTED]) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="swap_offer_taker_when_accepted",
                condition=Q(accepted_at__isnull=True, taker__isnull=True)
                | Q(accepted_at__isnull=False, taker__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"swap {self.pk}"
