from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import (
    MANAGING_KINDS,
    MEMBER_TYPES,
    MemberKind,
    MemberLink,
    MemberStatus,
    SecuredApplication,
)
from access_mgmt.models.qualities import Quality
from access_mgmt.models.subdivisions import Subdivision
from bhod_portal.core.constraints import paired
from csam.enums import Language, Title
from csam.models import Person


class QualityMemberQuerySet(models.QuerySet["QualityMember"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)

    def unblocked(self) -> Self:
        """Those who may act in their quality."""
        return self.active().filter(blocked_at=None)

    def managers(self) -> Self:
        """Local and co-local managers who may act."""
        return self.unblocked().filter(kind__in=MANAGING_KINDS)

    def subdivision_managers(self) -> Self:
        """Who manages the branch that begins with his subdivision, and may act."""
        return self.unblocked().filter(kind=MemberKind.SUBDIVISION_MANAGER)


class QualityMember(models.Model):
    """A person in a quality: local manager, co-local manager, subdivision manager or user. Ended, never deleted.

    `subdivision` is the one of a user, if any, or the topmost one of the branch that a subdivision manager manages;
    managers of the whole quality belong to none. Who is blocked keeps his place and may do nothing in the quality.
    """

    quality = models.ForeignKey(Quality, on_delete=models.PROTECT, related_name="members")
    subdivision = models.ForeignKey(
        Subdivision,
        verbose_name=_("subdivision"),
        on_delete=models.PROTECT,
        related_name="members",
        null=True,
        blank=True,
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(_("type"), max_length=11, choices=MemberKind)
    link = models.CharField(_("lien avec l'entreprise"), max_length=6, choices=MemberLink)
    title = models.CharField(_("titre"), max_length=3, choices=Title)
    language = models.CharField(_("choix linguistique"), max_length=2, choices=Language)
    email = models.EmailField(_("adresse e-mail utilisateur"))
    local_email = models.EmailField(_("adresse e-mail locale"), blank=True)
    secured_applications = ArrayField(
        models.CharField(max_length=15, choices=SecuredApplication),
        verbose_name=_("applications sécurisées"),
        default=list,
        blank=True,
    )
    added_at = models.DateTimeField(_("ajouté le"))
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField(_("bloqué le"), null=True, blank=True)
    blocked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(_("supprimé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = QualityMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quality", "person"],
                name="quality_member_once",
                condition=Q(ended_at=None),
                violation_error_code="already_member",
                violation_error_message=_("Cette personne figure déjà parmi les utilisateurs de la qualité."),
            ),
            models.UniqueConstraint(
                fields=["quality"],
                name="quality_member_one_local_manager",
                condition=Q(ended_at=None, kind=MemberKind.LOCAL_MANAGER),
                violation_error_code="has_local_manager",
                violation_error_message=_("Cette qualité a déjà un Gestionnaire Local."),
            ),
            models.CheckConstraint(
                name="quality_member_subdivision_fits_kind",
                condition=Q(kind__in=MANAGING_KINDS, subdivision=None)
                | Q(kind=MemberKind.SUBDIVISION_MANAGER, subdivision__isnull=False)
                | Q(kind=MemberKind.USER),
                violation_error_code="subdivision_does_not_fit",
                violation_error_message=_(
                    "Un Gestionnaire de Subdivision a une subdivision ; les gestionnaires de la qualité entière n'en "
                    "ont pas."
                ),
            ),
            paired("blocked_at", "blocked_by", name="quality_member_blocked_by_someone"),
            paired("ended_at", "ended_by", name="quality_member_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} @ {self.quality_id}"

    @property
    def status(self) -> MemberStatus:
        """Active or blocked; of who is still a member."""
        return MemberStatus.BLOCKED if self.blocked_at else MemberStatus.ACTIVE

    @property
    def type_name(self) -> str:
        """The kind of member in the short form of the lists."""
        return str(MEMBER_TYPES[MemberKind(self.kind)])
