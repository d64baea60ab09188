from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import (
    MANAGING_KINDS,
    MEMBER_TYPES,
    MemberKind,
    MemberLink,
    QualityKind,
    SecuredApplication,
)
from bhod_portal.core.constraints import paired
from bhod_portal.core.identifiers import format_bce, format_onss
from csam.enums import Language, Title
from csam.models import Enterprise, Person


class QualityQuerySet(models.QuerySet["Quality"]):
    def active(self) -> Self:
        return self.filter(deactivated_at=None)


class Quality(models.Model):
    """A capacity in which an enterprise uses the portal; it has its own managers and users (domain.md 3.1)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="qualities")
    kind = models.CharField(_("qualité"), max_length=30, choices=QualityKind)
    contact_email = models.EmailField(_("adresse e-mail de contact"))
    activated_at = models.DateTimeField(_("activée le"))
    activated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deactivated_at = models.DateTimeField(_("désactivée le"), null=True, blank=True)
    deactivated_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = QualityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                name="quality_active_once",
                condition=Q(deactivated_at=None),
                violation_error_code="already_active",
                violation_error_message=_("Cette qualité est déjà active pour l'entreprise."),
            ),
            paired("deactivated_at", "deactivated_by", name="quality_deactivated_by_someone"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def identifier_name(self) -> str:
        """The kind of number under which the quality is known (seed 000, lines 185 and 266)."""
        return (
            gettext("Matricule ONSS") if self.kind == QualityKind.EMPLOYER else gettext("Numéro d'entreprise")
        )

    @property
    def identifier(self) -> str:
        """That number, as the forms print it; reads `enterprise`, to be selected along."""
        if self.kind == QualityKind.EMPLOYER:
            return format_onss(self.enterprise.onss_number)
        return format_bce(self.enterprise.bce_number)


class QualityMemberQuerySet(models.QuerySet["QualityMember"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)

    def managers(self) -> Self:
        return self.active().filter(kind__in=MANAGING_KINDS)


class QualityMember(models.Model):
    """A person in a quality: local manager, co-local manager or user. Ended, never deleted."""

    quality = models.ForeignKey(Quality, on_delete=models.PROTECT, related_name="members")
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
            paired("ended_at", "ended_by", name="quality_member_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} @ {self.quality_id}"

    @property
    def type_name(self) -> str:
        """The kind of member in the short form of the lists."""
        return str(MEMBER_TYPES[MemberKind(self.kind)])
