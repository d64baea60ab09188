from datetime import date, datetime, time, timedelta
from typing import Self, TypedDict

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.constraints import paired
from csam.enums import AccessDomain, ManagerKind
from csam.models.enterprises import Employment, Enterprise, LegalFunction
from csam.models.persons import Person

# How long a GAP keeps his accesses who is neither worker nor legal representative any longer (design 4, CSAM 5).
GAP_KEEPS_ACCESS = timedelta(days=30)


class GapTerm(TypedDict):
    """From which day a tie that ended, and from which instant a designation, still counts."""

    since: date
    designated_since: datetime


def gap_term(on: date) -> GapTerm:
    since = on - GAP_KEEPS_ACCESS
    return {"since": since, "designated_since": datetime.combine(since, time.min, BRUSSELS)}


class AccessManagerQuerySet(models.QuerySet["AccessManager"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)

    def with_access(self, on: date) -> Self:
        """Those in office on that day, without a GAP whose tie to the enterprise ended more than 30 days before.

        A GAP is tied on the day of his designation, and on every day of an employment or a legal function.
        """
        return self.tied(on, **gap_term(on))

    def tied(self, on: date, *, since: date, designated_since: datetime) -> Self:
        """The same, with what is derived from the day given by the caller: for `core.prepared`."""
        mine = Q(person=OuterRef("person"), enterprise=OuterRef("enterprise"), valid_from__lte=on)
        recent = mine & (Q(valid_until=None) | Q(valid_until__gte=since))
        tied = (
            Q(Exists(Employment.objects.filter(recent)))
            | Q(Exists(LegalFunction.objects.filter(recent)))
            | Q(designated_at__gte=designated_since)
        )
        return self.active().filter(~Q(kind=ManagerKind.MAIN) | tied)


class AccessManager(models.Model):
    """Someone who manages the accesses of an enterprise: GAP, co-GAP, GA of a domain, or DPO.

    All instants are the world's time; `activated_at` is the first login after the designation (domain.md 2.2).
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="access_managers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_managers")
    kind = models.CharField(max_length=6, choices=ManagerKind)
    domain = models.CharField(_("domaine"), max_length=15, choices=AccessDomain, blank=True)
    email = models.EmailField(_("adresse e-mail"))
    phone = models.CharField(_("numéro de téléphone"), max_length=30)
    designated_at = models.DateTimeField(_("désigné le"))
    designated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(_("activé le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = AccessManagerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                name="access_manager_one_gap",
                condition=Q(kind=ManagerKind.MAIN, ended_at=None),
                violation_error_code="already_registered",
                violation_error_message=_("Cette entreprise a déjà un Gestionnaire d'Accès Principal."),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "person", "kind", "domain"],
                name="access_manager_named_once",
                condition=Q(ended_at=None),
                violation_error_code="already_named",
                violation_error_message=_("Cette personne a déjà cette qualité dans l'entreprise."),
            ),
            models.CheckConstraint(
                name="access_manager_domain_of_ga_only",
                condition=(Q(kind=ManagerKind.DOMAIN) & ~Q(domain=""))
                | (~Q(kind=ManagerKind.DOMAIN) & Q(domain="")),
            ),
            models.CheckConstraint(
                name="access_manager_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("designated_at")),
            ),
            models.CheckConstraint(
                name="access_manager_active_after_start",
                condition=Q(activated_at=None) | Q(activated_at__gte=F("designated_at")),
            ),
            paired("ended_at", "ended_by", name="access_manager_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.enterprise_id}"

    @property
    def role_name(self) -> str:
        """What the person is in the enterprise, for a sentence: « Gestionnaire d'Accès (domaine Mobilité) »."""
        kind = str(self.get_kind_display())
        return f"{kind} ({_now('domaine')} {self.get_domain_display()})" if self.domain else kind
