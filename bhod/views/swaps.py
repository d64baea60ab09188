"""Swaps as doctors see them, in the part « Mes gardes » of the file."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.enums import SwapState
from bhod.forms.swaps import EVERYBODY, SwapAcceptForm, SwapOfferForm, SwapRefuseForm
from bhod.models import Guard
from bhod.selectors import swaps as selectors
from bhod.selectors.circles import organisation_of
from bhod.selectors.guards import guard_line, guards_of_provider
from bhod.selectors.plans import judge
from bhod.selectors.swaps import SwapLine
from bhod.services import swaps as services
from bhod.services.planning import PlanRefusedError
from bhod.templatetags.guards import categories
from bhod.views.provider_files import ProviderFileView
from bhod_portal.core import clock, drafts
from bhod_portal.core.http import changed_since
from bhod_portal.core.names import elided
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.shown import shown_instant
from bhod_portal.core.ui import Row, Section

FLOW = "swap_offer"
# What became of older offers is no news any more.
SHOWN_FOR = timedelta(days=183)


class SwapListView(ProviderFileView, TemplateView):
    """What colleagues offer to this doctor, and what he offers."""

    template_name = "bhod/swap_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = [_("Début"), _("Fin"), _("Cercle")]
        return super().get_context_data(**kwargs) | {
            "offers": selectors.offers_to(self.provider, at=self.at),
            "own": selectors.own_offers(self.provider, at=self.at, since=self.at - SHOWN_FOR),
            "columns": [*days, _("Proposée par"), _("Message"), _("Action")],
            "own_columns": [*days, _("Proposée à"), _("État"), _("Action")],
        }


class OfferedGuardView(ProviderFileView):
    """A page about offering one of this doctor's guards (404 for any other); `closed` is why it can't be, or empty."""

    guard: Guard
    closed: str

    def load(self) -> None:
        guards = (
            guards_of_provider(self.provider)
            .published()
            .select_related("unit__enterprise", "provider__person")
        )
        self.guard = get_object_or_404(guards, reference=self.kwargs["reference"])
        self.offered = selectors.offer_of(self.guard, at=self.at)
        self.closed = self._closed()

    def _closed(self) -> str:
        if self.offered:
            return _("Cette garde est déjà proposée : retirez d'abord cette proposition.")
        try:
            services.check_may_be_offered(
                guard=self.guard, provider=self.provider, seen_version=self.guard.version, at=self.at
            )
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        return ""

    @property
    def subject(self) -> str:
        return str(self.guard.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "guard": self.guard,
            "guard_rows": guard_rows(self.guard),
            "closed": self.closed,
            "offered": self.offered,
        }


class SwapOfferView(OfferedGuardView, FormView):
    """To whom a guard is offered, and with which words."""

    form_class = SwapOfferForm
    template_name = "bhod/swap_offer.html"

    def get_initial(self) -> dict[str, Any]:
        draft = drafts.read(person=self.portal_request.user, flow=FLOW, subject=self.subject)
        return {name: draft[name] for name in ("colleague", "message") if name in draft}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"colleagues": selectors.colleagues_for(self.guard)}

    def form_valid(self, form: SwapOfferForm) -> HttpResponse:
        colleague = form.cleaned_data["colleague"]
        drafts.save(
            person=self.portal_request.user,
            flow=FLOW,
            subject=self.subject,
            colleague=str(colleague.pk) if colleague else EVERYBODY,
            message=form.cleaned_data["message"],
            version=self.guard.version,
        )
        return redirect("bhod:swap_offer_check", reference=self.guard.reference)


class SwapOfferCheckView(OfferedGuardView, FormView):
    """The offer once more and what happens next; then « Proposer »."""

    form_class = Form
    template_name = "bhod/swap_offer_check.html"

    def load(self) -> None:
        super().load()
        self.draft = drafts.read(person=self.portal_request.user, flow=FLOW, subject=self.subject)
        self.typed = SwapOfferForm(self.draft or None, colleagues=selectors.colleagues_for(self.guard))
        if not self.typed.is_valid():
            # A second click comes after the draft was taken: the offer stands already.
            self.refusal = redirect(
                *(["bhod:swap_list"] if self.offered else ["bhod:swap_offer", self.guard.reference])
            )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = self.typed.cleaned_data
        change = reverse("bhod:swap_offer", args=[self.guard.reference])
        rows = [
            Row(_("Proposée à"), data["colleague"] or _("Tous les médecins inscrits du cercle"), change),
            Row(_("Message"), data["message"], change),
        ]
        return super().get_context_data(**kwargs) | {
            "sections": [Section(_("Garde"), guard_rows(self.guard)), Section(_("Proposition"), rows)],
            "colleague": data["colleague"],
            "needs_manager": organisation_of(self.guard.unit.enterprise_id).swaps_need_manager,
            "draft_mark": drafts.mark_of(self.draft),
        }

    def form_valid(self, form: Form) -> HttpResponse:
        if changed := changed_since(self.request, self.draft):
            return changed
        try:
            services.offer_guard(
                guard=self.guard,
                provider=self.provider,
                colleague=self.typed.cleaned_data["colleague"],
                message=self.typed.cleaned_data["message"],
                seen_version=self.draft["version"],
                **self.acting,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        drafts.discard(person=self.portal_request.user, flow=FLOW, subject=self.subject)
        messages.success(
            self.request, _("La garde est proposée. Jusqu'à ce qu'un confrère l'ait reprise, rien ne change.")
        )
        return redirect("bhod:swap_list")


class OfferView(ProviderFileView):
    """A page about one offer: the last of a guard that is this doctor's to answer; 404 for who has nothing to do with it."""

    swap: SwapLine

    def load(self) -> None:
        swap = self.find()
        if swap is None:
            raise Http404
        self.swap = swap

    def find(self) -> SwapLine | None:
        return selectors.last_offer_to(self.provider, self.kwargs["reference"], at=self.at)

    @property
    def is_answerable(self) -> bool:
        return self.swap.is_open

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"swap": self.swap, "is_answerable": self.is_answerable}
        if self.is_answerable:
            # Once it is over, what the circle made of the guard is no longer theirs to read.
            context |= {"guard_rows": offer_rows(self.swap)}
        return super().get_context_data(**kwargs) | context


class SwapAcceptView(OfferView, FormView):
    """The guard, its hours and what stands in the way, before one takes it over."""

    form_class = SwapAcceptForm
    template_name = "bhod/swap_accept.html"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.swap.offer.guard_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.swap.offer
        context: dict[str, Any] = {"problems": [], "needs_manager": False}
        if self.is_answerable:
            verdict = judge(services.swap_plan(offer, self.provider), at=self.at)
            context = {
                "problems": [problem for found in verdict.problems for problem in found],
                "needs_manager": organisation_of(offer.guard.unit.enterprise_id).swaps_need_manager,
            }
        return super().get_context_data(**kwargs) | context

    def form_valid(self, form: SwapAcceptForm) -> HttpResponse:
        try:
            offer = services.accept_offer(
                offer=self.swap.offer,
                taker=self.provider,
                seen_version=form.cleaned_data["version"],
                **self.acting,
            )
        except PlanRefusedError:
            # The page says which rule, as it asks them itself.
            return self.form_invalid(form)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return redirect("bhod:swap_list")
        if offer.state == SwapState.ACCEPTED:
            text = _("Votre acceptation est transmise : l'échange se fait quand le cercle l'approuve.")
        else:
            text = _("La garde est reprise : elle est maintenant au nom de %(name)s.")
        messages.success(self.request, elided(text % {"name": self.provider}, self.provider))
        return redirect("bhod:swap_list")


class SwapRefuseView(OfferView, FormView):
    """No, to a colleague who asked by name."""

    form_class = SwapRefuseForm
    template_name = "bhod/swap_refuse.html"

    def load(self) -> None:
        super().load()
        if self.swap.offer.offered_to != self.provider:
            raise Http404

    def form_valid(self, form: SwapRefuseForm) -> HttpResponse:
        try:
            services.refuse_offer(
                offer=self.swap.offer,
                provider=self.provider,
                reason=form.cleaned_data["reason"],
                **self.acting,
            )
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
        else:
            messages.success(
                self.request, _("Votre refus est transmis à %(name)s.") % {"name": self.swap.offerer}
            )
        return redirect("bhod:swap_list")


class SwapWithdrawView(OfferView, FormView):
    """One's own offer, taken back."""

    form_class = Form
    template_name = "bhod/swap_withdraw.html"

    def find(self) -> SwapLine | None:
        return selectors.last_own_offer(self.provider, self.kwargs["reference"], at=self.at)

    @property
    def is_answerable(self) -> bool:
        return self.swap.stands

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            services.withdraw_offer(offer=self.swap.offer, provider=self.provider, **self.acting)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
        else:
            messages.success(self.request, _("La proposition est retirée."))
        return redirect("bhod:swap_list")


def guard_rows(guard: Guard) -> list[Row]:
    """A guard as its doctors read it before a swap; no amounts."""
    starts_at, ends_at = localtime(guard.starts_at, clock.BRUSSELS), localtime(guard.ends_at, clock.BRUSSELS)
    return [
        Row(_("Cercle"), guard.unit.enterprise),
        Row(_("Unité"), guard.unit.name),
        Row(_("Début"), shown_instant(starts_at, "WEEKDAY_DATETIME_FORMAT")),
        Row(_("Fin"), shown_instant(ends_at, "WEEKDAY_DATETIME_FORMAT")),
        Row(_("Heures honorées"), categories(guard_line(guard, None).eligible)),
    ]


def offer_rows(swap: SwapLine) -> list[Row]:
    """An offer as the colleague reads it."""
    offer = swap.offer
    rows = [Row(_("Proposée par"), swap.offerer), *guard_rows(offer.guard)]
    return [*rows, Row(_("Message"), offer.message)] if offer.message else rows
