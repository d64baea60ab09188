"""The exceptional procedure: someone without an eID designates a GAP with documents (domain.md 2.3).

How a request is decided is in `services.decisions`.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.messages import absolute, send_email, written
from bhod_portal.core.models import World
from bhod_portal.core.shown import shown_day
from csam import selectors
from csam.enums import DocumentKind, Language
from csam.models import DesignationDocument, DesignationRequest, Enterprise
from csam.services.documents import NewDocument

PREFIX = "PE-"
# Without those that are taken for one another: I and 1, O and 0.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
REFERENCE_LENGTH = 10


def new_reference() -> str:
    """A reference that nobody can guess: 10 signs of 32, after « PE- »."""
    return PREFIX + "".join(secrets.choice(ALPHABET) for _sign in range(REFERENCE_LENGTH))


def read_reference(text: str) -> str:
    """A reference as people type it, in its own writing; what is none comes back as it is, and is nobody's."""
    plain = "".join(text.upper().split()).replace("\u2013", "-")
    return plain if plain.startswith(PREFIX) else PREFIX + plain.removeprefix("PE")


def documents_needed(*, names_another: bool) -> tuple[DocumentKind, ...]:
    """The documents to join: the GAP's identity only when he is not the applicant himself."""
    needed = (DocumentKind.IDENTITY, DocumentKind.MANDATE)
    return (*needed, DocumentKind.GAP) if names_another else needed


def check_enterprise(*, world: World, bce_number: str, at: datetime) -> Enterprise:
    """The enterprise of a request; that it exists is public, and nothing more is told here.

    Raises ValidationError `unknown_to_bce` or `enterprise_stopped`.
    """
    enterprise = selectors.enterprise_with_number(world, bce_number)
    if enterprise is None:
        raise ValidationError(
            _("La Banque-Carrefour des Entreprises ne connaît pas ce numéro."), code="unknown_to_bce"
        )
    if not enterprise.is_active(clock.day_of(at)):
        raise ValidationError(
            _("Cette entreprise est arrêtée à la Banque-Carrefour des Entreprises depuis le %(day)s."),
            code="enterprise_stopped",
            params={"day": shown_day(enterprise.stopped_on)},
        )
    return enterprise


@transaction.atomic
def submit_request(
    *,
    world: World,
    reference: str,
    bce_number: str,
    applicant: Mapping[str, str],
    gap: Mapping[str, str] | None,
    documents: Sequence[NewDocument],
    at: datetime,
) -> DesignationRequest:
    """Send a request; the applicant gets an e-mail with its reference. `gap` is None when he names himself.

    Both mappings have first_name, last_name, niss (may be empty), country, email and phone. A second call with the
    same reference, even at the same moment, gives the request that the first one made.
    Raises ValidationError as `check_enterprise` does, and `documents_missing`.
    """
    enterprise = check_enterprise(world=world, bce_number=bce_number, at=at)
    needed = documents_needed(names_another=gap is not None)
    if sorted(document.kind for document in documents) != sorted(needed):
        raise ValidationError(_("Joignez chacun des documents demandés."), code="documents_missing")
    people = {f"applicant_{name}": value for name, value in applicant.items()}
    people |= {f"gap_{name}": value for name, value in (gap or applicant).items()}
    request, created = DesignationRequest.objects.get_or_create(
        world=world,
        reference=reference,
        defaults={"enterprise": enterprise, "language": _spoken(), "submitted_at": at, **people},
    )
    if created:
        for document in documents:
            DesignationDocument.objects.create(
                request=request,
                kind=document.kind,
                name=document.name,
                content_type=document.content_type,
                content=document.content,
            )
        tell_applicant(request, "csam/emails/designation_request_submitted", at=at)
    return request


def _spoken() -> Language:
    """The language of the page."""
    spoken = get_language()
    return Language(spoken) if spoken in Language.values else Language.FRENCH


def tell_applicant(request: DesignationRequest, template: str, *, at: datetime) -> None:
    """The e-mail on what has become of a request; `template` is what subject and body begin with.

    Who is no person of this world gets it in the language in which he asked, never in that of the agent who decides.
    """
    follow_up = reverse("csam:designation_follow_up")
    context = {
        "request": request,
        "enterprise": request.enterprise,
        "new_url": absolute(reverse("csam:designation_request")),
        "url": absolute(f"{follow_up}?{urlencode({'reference': request.reference})}"),
    }
    person = selectors.person_meant(request.world, niss=request.applicant_niss, email=request.applicant_email)
    language = person.language if person else request.language
    subject, body = written(template, language, context)
    send_email(
        world=request.world,
        to=request.applicant_email,
        subject=subject,
        body=body,
        at=at,
        person=person,
        language=language,
    )


def names_another(request: DesignationRequest) -> bool:
    """Whether the GAP asked for is somebody else than the applicant: then his identity was joined."""
    return request.documents.filter(kind=DocumentKind.GAP).exists()
