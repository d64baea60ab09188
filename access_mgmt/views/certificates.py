"""The certificate of a quality, and the one of everybody for himself: consulted, registered, revoked."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from access_mgmt import selectors
from access_mgmt.enums import CertificateState
from access_mgmt.forms.messaging import CertificateForm
from access_mgmt.models import Certificate, Quality
from access_mgmt.services import certificates
from access_mgmt.views.common import QualityView, TimedView
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam.http import AuthenticatedRequest
from csam.models import Person

TONES = {
    CertificateState.VALID: "success",
    CertificateState.ENDING: "warning",
    CertificateState.EXPIRED: "danger",
    CertificateState.REVOKED: "neutral",
}
_GROUP = 4
_AT_FIELD = dict.fromkeys(
    ("expired", "not_yet_valid", "self_signed", "already_known", "__all__"), "certificate"
)


class CertificateView(TimedView, FormView):
    """Both kinds of holder: what is registered, and the form for another."""

    request: AuthenticatedRequest
    form_class = CertificateForm
    page: ClassVar[str]

    def get_holder(self) -> Person | Quality:
        raise NotImplementedError

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            certificates.register_certificate(
                holder=self.get_holder(),
                certificate=form.cleaned_data["certificate"],
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _AT_FIELD)
            return self.form_invalid(form)
        messages.success(self.request, _("Le certificat est enregistré."))
        return redirect(reverse(self.page, kwargs=self.kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | certificate_context(self.get_holder(), self.at)


class CertificateRevokeView(TimedView, TemplateView):
    """The check page before a certificate is revoked."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]
    page: ClassVar[str]

    def get_holder(self) -> Person | Quality:
        raise NotImplementedError

    def elsewhere(self) -> HttpResponse | None:
        if selectors.standing_certificate(self.get_holder()) is None:
            # A second click, or another manager was faster.
            messages.info(self.request, _("Aucun certificat n'est enregistré : il n'y a rien à révoquer."))
            return redirect(reverse(self.page, kwargs=self.kwargs))
        return None

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if certificates.revoke_certificate(holder=self.get_holder(), by=self.person, at=self.at):
            messages.success(self.request, _("Le certificat est révoqué."))
        return redirect(reverse(self.page, kwargs=self.kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | certificate_context(self.get_holder(), self.at)


class QualityCertificateView(QualityView, CertificateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_certificate.html"
    page = "access_mgmt:quality_certificate"

    def get_holder(self) -> Quality:
        return self.quality


class QualityCertificateRevokeView(QualityView, CertificateRevokeView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/quality_certificate_revoke.html"
    page = "access_mgmt:quality_certificate"

    def get_holder(self) -> Quality:
        return self.quality

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        channels = selectors.channels_of(self.quality).filter(ended_at=None).exclude(client_id="")
        return super().get_context_data(**kwargs) | {"channels": channels}


class OwnCertificateView(CertificateView):
    """« Gestion du certificat à utiliser sur le portail de la Sécurité Sociale » (seed 000, line 296)."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/own_certificate.html"
    page = "access_mgmt:own_certificate"

    def get_holder(self) -> Person:
        return self.person


class OwnCertificateRevokeView(CertificateRevokeView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/own_certificate_revoke.html"
    page = "access_mgmt:own_certificate"

    def get_holder(self) -> Person:
        return self.person

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.elsewhere() or super().get(*args, **kwargs)


def certificate_context(holder: Person | Quality, at: datetime) -> dict[str, Any]:
    """What the pages tell of a holder's certificate: its lines, its state with a warning, the revoked ones."""
    standing = selectors.standing_certificate(holder)
    state = selectors.certificate_state(standing, at=at) if standing else None
    return {
        "certificate": standing,
        "certificate_rows": _rows(standing) if standing else [],
        "certificate_state": state.label if state else "",
        "certificate_tone": TONES[state] if state else "",
        "certificate_warning": _warning(standing, state) if standing else "",
        "former": selectors.certificates_of(holder).exclude(revoked_at=None),
        "former_columns": [_("Titulaire"), _("Empreinte SHA-256"), _("Enregistré le"), _("Révoqué le")],
    }


def _rows(certificate: Certificate) -> list[Row]:
    return [
        Row(_("Titulaire"), certificate.subject),
        Row(_("Émetteur"), certificate.issuer),
        Row(_("Numéro de série"), grouped(certificate.serial, _GROUP)),
        Row(_("Empreinte SHA-256"), grouped(certificate.fingerprint, _GROUP)),
        Row(_("Valable à partir du"), _day(certificate.valid_from)),
        Row(_("Valable jusqu'au"), _day(certificate.valid_until)),
        Row(_("Enregistré le"), _day(certificate.registered_at)),
    ]


def _warning(certificate: Certificate, state: CertificateState | None) -> str:
    day = _day(certificate.valid_until)
    if state == CertificateState.EXPIRED:
        return _("Ce certificat a expiré le %(day)s : il n'ouvre plus rien. Enregistrez-en un nouveau.") % {
            "day": day
        }
    if state == CertificateState.ENDING:
        return _("Ce certificat expire le %(day)s : enregistrez son successeur avant ce jour.") % {"day": day}
    return ""


def _day(instant: datetime) -> str:
    return shown_day(clock.day_of(instant))


def grouped(digits: str, by: int) -> str:
    """A long number in groups that one can compare by eye."""
    return " ".join(digits[at : at + by] for at in range(0, len(digits), by))
