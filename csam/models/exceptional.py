import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import paired
from bhod_portal.core.models import World
from csam.enums import Country, DocumentKind, DocumentType, Language, RequestState
from csam.models.enterprises import Enterprise
from csam.models.persons import Person


class DesignationRequest(models.Model):
    """A request of the exceptional procedure: someone without an eID designates a GAP (domain.md 2.3).

    The applicant names himself or someone else (`gap_*`). `reference` is what he follows his request with, and what
    opens it: nobody can guess it. Instants are the world's time.
    """

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="designation_requests")
    reference = models.CharField(_("référence"), max_length=20)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="designation_requests")
    applicant_first_name = models.CharField(_("prénom du demandeur"), max_length=150)
    applicant_last_name = models.CharField(_("nom du demandeur"), max_length=150)
    applicant_niss = models.CharField(_("NISS ou numéro BIS du demandeur"), max_length=11, blank=True)
    applicant_country = models.CharField(_("nationalité du demandeur"), max_length=2, choices=Country)
    applicant_email = models.EmailField(_("adresse e-mail du demandeur"))
    applicant_phone = models.CharField(_("numéro de téléphone du demandeur"), max_length=30)
    # Of the page on which it was asked: the mails about it follow.
    language = models.CharField(
        _("choix linguistique"), max_length=2, choices=Language, default=Language.FRENCH
    )
    gap_first_name = models.CharField(_("prénom du GAP"), max_length=150)
    gap_last_name = models.CharField(_("nom du GAP"), max_length=150)
    gap_niss = models.CharField(_("NISS ou numéro BIS du GAP"), max_length=11, blank=True)
    gap_country = models.CharField(_("nationalité du GAP"), max_length=2, choices=Country)
    gap_email = models.EmailField(_("adresse e-mail du GAP"))
    gap_phone = models.CharField(_("numéro de téléphone du GAP"), max_length=30)
    state = models.CharField(_("état"), max_length=9, choices=RequestState, default=RequestState.SUBMITTED)
    submitted_at = models.DateTimeField(_("introduite le"))
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.TextField(_("motif du refus"), blank=True)
    gap = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["world", "reference"], name="designation_request_reference_unique_in_world"
            ),
            paired("decided_at", "decided_by", name="designation_request_decided_by_someone"),
            models.CheckConstraint(
                name="designation_request_state_says_what",
                condition=Q(state=RequestState.SUBMITTED, decided_at=None, gap=None, reason="")
                | Q(state=RequestState.ACCEPTED, decided_at__isnull=False, gap__isnull=False, reason="")
                | (Q(state=RequestState.REFUSED, decided_at__isnull=False, gap=None) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["world", "state", "submitted_at"], name="designation_request_queue")]

    def __str__(self) -> str:
        return self.reference


class DesignationDocument(models.Model):
    """A document of such a request, kept in the database: no web root holds it, and it goes with its world."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(DesignationRequest, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("document"), max_length=8, choices=DocumentKind)
    name = models.CharField(_("nom du fichier"), max_length=120)
    # Of the content, never what the browser claimed.
    content_type = models.CharField(_("type"), max_length=15, choices=DocumentType)
    content = models.BinaryField(_("contenu"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="designation_document_one_per_kind"),
        ]

    def __str__(self) -> str:
        return self.name
