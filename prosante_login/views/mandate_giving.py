"""Giving a mandate, and passing it on to another holder: a form, the page on which the provider signs, what follows."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod_portal.core import drafts
from bhod_portal.core.identifiers import format_bce, format_niss
from bhod_portal.core.names import elided
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.ui import Row
from csam.http import check_look_ups
from csam.models import Enterprise
from csam.security import RecentLoginMixin
from csam.selectors import enterprises_of, person_with_pk
from prosante_login import selectors
from prosante_login.enums import FilePart, MandateKind
from prosante_login.forms.mandates import HolderForm, HolderKind, MandateGiveForm, SignForm
from prosante_login.models import CareProvider, Mandate
from prosante_login.services import mandate_holders, mandates
from prosante_login.services.mandate_holders import Holder
from prosante_login.views import mandate_facts
from prosante_login.views.common import CheckView, FileView, ProfiledView
from prosante_login.views.mandates import MandateView, to_the_mandate

# Beside which field each refusal stands; the others stand above the form.
FIELDS = {
    "holder_unknown": "niss",
    "holder_stopped": "niss",
    "to_oneself": "niss",
    "too_many_look_ups": "niss",
    "enterprise_unknown": "bce_number",
    "enterprise_stopped": "bce_number",
    "nobody_signs": "bce_number",
    "back_dated": "valid_from",
    "period_out_of_order": "valid_until",
}


class _Signing(ProfiledView):
    """What the two flows share: a holder is looked up by number once, then known by his key in a draft."""

    flow: str

    @property
    def subject(self) -> str:
        raise NotImplementedError

    def read_draft(self) -> dict[str, Any]:
        return drafts.read(person=self.person, flow=self.flow, subject=self.subject)

    def keep(self, **data: Any) -> None:
        drafts.save(person=self.person, flow=self.flow, subject=self.subject, **data)

    def find_holder(self, provider: CareProvider, answers: dict[str, Any]) -> Holder:
        """Raises ValidationError as the look-ups do, and `too_many_look_ups`."""
        if answers["holder"] == HolderKind.ENTERPRISE:
            return mandate_holders.find_holder_enterprise(
                provider=provider, bce_number=answers["bce_number"], by=self.person, at=self.at
            )
        check_look_ups(self.request)
        return mandate_holders.find_holder_person(
            provider=provider, niss=answers["niss"], by=self.person, at=self.at
        )

    def kept_holder(self, draft: dict[str, Any]) -> Holder | None:
        """The holder whom the draft names; none without a draft, or when he is gone."""
        pk: int = draft.get("holder_pk") or 0
        if draft.get("holder") == HolderKind.ENTERPRISE:
            return enterprises_of(self.person.world).filter(pk=pk).first()
        return person_with_pk(self.person.world, pk)

    def typed_holder(self, draft: dict[str, Any]) -> dict[str, Any]:
        """What the form shows again of a holder who was found."""
        holder = self.kept_holder(draft)
        if holder is None:
            return {}
        if isinstance(holder, Enterprise):
            return {"holder": HolderKind.ENTERPRISE, "bce_number": format_bce(holder.bce_number)}
        return {"holder": HolderKind.PERSON, "niss": format_niss(holder.niss)}


class _GiveStep(_Signing, FileView):
    part = FilePart.MANDATES
    flow = "mandate_give"

    @property
    def subject(self) -> str:
        return str(self.provider.pk)


class MandateGiveView(_GiveStep, FormView):
    """Which kind, to whom, from when, until when."""

    form_class = MandateGiveForm
    template_name = "prosante_login/mandate_give.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind_hints": mandate_facts.kind_hints()}

    def get_initial(self) -> dict[str, Any]:
        draft = self.read_draft()
        if not draft.get("holder_pk"):
            return {"valid_from": self.today}
        return self.typed_holder(draft) | {
            "kind": draft["kind"],
            "valid_from": date.fromisoformat(draft["valid_from"]),
            "valid_until": _day(draft["valid_until"]),
        }

    def form_valid(self, form: MandateGiveForm) -> HttpResponse:
        answers = form.cleaned_data
        try:
            holder = self.find_holder(self.provider, answers)
            mandates.check_new(
                provider=self.provider,
                kind=answers["kind"],
                holder=holder,
                period=answers["period"],
                on=self.today,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, FIELDS)
            return self.form_invalid(form)
        period: Period = answers["period"]
        self.keep(
            kind=answers["kind"].value,
            holder=answers["holder"],
            holder_pk=holder.pk,
            valid_from=period.start.isoformat(),
            valid_until=period.end.isoformat() if period.end else "",
            done="",
        )
        return redirect("prosante_login:mandate_give_check")


class MandateGiveCheckView(_GiveStep, CheckView, RecentLoginMixin, FormView):
    """The terms once more; « Signer » is the provider's signature."""

    form_class = SignForm
    template_name = "prosante_login/mandate_give_check.html"
    holder: Holder

    def load(self) -> None:
        self.draft = self.read_draft()
        holder = self.kept_holder(self.draft)
        if holder is None:
            # A second click on « Signer » finds what the first one has done.
            self.refusal = self._done() or redirect("prosante_login:mandate_give")
            return
        self.holder = holder

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if changed := self.changed_since():
            return changed
        try:
            mandate = mandates.give_mandate(
                provider=self.provider,
                kind=MandateKind(self.draft["kind"]),
                holder=self.holder,
                period=self._period(),
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            if done := self._done():
                return done
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        self.keep(holder_pk=None, done=str(mandate.public_id))
        return redirect("prosante_login:mandate_give_done", mandate=mandate.public_id)

    def _done(self) -> HttpResponse | None:
        """To what has come of the draft, this moment perhaps by a click that came first."""
        done = self.read_draft().get("done")
        return redirect("prosante_login:mandate_give_done", mandate=done) if done else None

    def _period(self) -> Period:
        return Period(date.fromisoformat(self.draft["valid_from"]), _day(self.draft["valid_until"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, period = MandateKind(self.draft["kind"]), self._period()
        change = reverse("prosante_login:mandate_give")
        return super().get_context_data(**kwargs) | {
            "facts": [
                Row(_("Type de mandat"), kind.label, change),
                Row(_("Mandant"), f"{self.provider} ({self.provider.get_profession_display()})"),
                Row(_("Mandataire"), mandate_facts.holder_words(self.holder), change),
                Row(_("Période"), mandate_facts.days_words(period.start, period.end), change),
            ],
            "opened": mandate_facts.opened_by(kind),
        }


class MandateGiveDoneView(FileView, TemplateView):
    """Signed on one side: who signs next."""

    part = FilePart.MANDATES
    template_name = "prosante_login/mandate_give_done.html"

    def load(self) -> None:
        given = selectors.given_mandates(self.provider)
        self.found: Mandate = get_object_or_404(given, public_id=self.kwargs["mandate"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "row": mandate_facts.row_of(self.found, self.today),
            "facts": mandate_facts.facts_of(self.found),
        }


class _TransferStep(_Signing, MandateView):
    """For the provider himself, about a mandate that may be passed on."""

    flow = "mandate_transfer"

    @property
    def subject(self) -> str:
        return str(self.found.public_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mandate_holders.check_own_file(provider=self.found.provider, by=self.person)
        try:
            mandates.check_transferable(mandate=self.found, on=self.today)
        except ValidationError as refusal:
            # A second click on « Signer » has its transfer already: it waits.
            messages.info(request, refusal.messages[0])
            return to_the_mandate(self.found)
        return super().dispatch(request, *args, **kwargs)


class MandateTransferView(_TransferStep, FormView):
    form_class = HolderForm
    template_name = "prosante_login/mandate_transfer.html"

    def get_initial(self) -> dict[str, Any]:
        return self.typed_holder(self.read_draft())

    def form_valid(self, form: forms.Form) -> HttpResponse:
        answers = form.cleaned_data
        try:
            holder = self.find_holder(self.found.provider, answers)
            mandates.check_new(
                provider=self.found.provider,
                kind=MandateKind(self.found.kind),
                holder=holder,
                period=mandates.transfer_period(self.found, self.today),
                on=self.today,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, FIELDS)
            return self.form_invalid(form)
        self.keep(holder=answers["holder"], holder_pk=holder.pk)
        return redirect("prosante_login:mandate_transfer_check", mandate=self.found.public_id)


class MandateTransferCheckView(_TransferStep, CheckView, RecentLoginMixin, FormView):
    form_class = SignForm
    template_name = "prosante_login/mandate_transfer_check.html"
    holder: Holder

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.draft = self.read_draft()
        holder = self.kept_holder(self.draft)
        if holder is None:
            return redirect("prosante_login:mandate_transfer", mandate=self.found.public_id)
        self.holder = holder
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if changed := self.changed_since():
            return changed
        try:
            mandate = mandates.transfer(mandate=self.found, holder=self.holder, by=self.person, at=self.at)
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        drafts.discard(person=self.person, flow=self.flow, subject=self.subject)
        text = _(
            "Vous avez signé le transfert. Dès que %(holder)s signe, l'ancien mandat prend fin. Un e-mail l'en avertit."
        )
        messages.success(self.request, elided(text % {"holder": self.holder}, self.holder))
        return to_the_mandate(mandate)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = mandates.transfer_period(self.found, self.today)
        change = reverse("prosante_login:mandate_transfer", args=[self.found.public_id])
        return super().get_context_data(**kwargs) | {
            "facts": [
                Row(_("Type de mandat"), self.found.get_kind_display()),
                Row(_("Mandataire actuel"), mandate_facts.holder_words(mandates.holder_of(self.found))),
                Row(_("Nouveau mandataire"), mandate_facts.holder_words(self.holder), change),
                Row(_("Période"), mandate_facts.days_words(period.start, period.end)),
            ],
        }


def _day(kept: str) -> date | None:
    return date.fromisoformat(kept) if kept else None
