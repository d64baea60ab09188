"""Who acts with the mandates of an enterprise: named and removed by its GAP or a legal representative."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import FormView, TemplateView

from bhod_portal.core import drafts
from bhod_portal.core.identifiers import format_bce, format_niss
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.ui import Row
from csam.http import check_look_ups
from csam.models import Person
from csam.security import RecentLoginMixin
from csam.selectors import person_with_pk
from prosante_login import selectors
from prosante_login.forms.mandates import DelegateForm, SignForm
from prosante_login.models import MandateDelegate
from prosante_login.services import delegates
from prosante_login.views.common import CheckView
from prosante_login.views.received_mandates import EnterpriseView

FLOW = "mandate_delegate"


class _HeadView(EnterpriseView):
    """For the GAP and the legal representatives; a delegate is told that he isn't one (403)."""

    def refuse(self) -> None:
        super().refuse()
        delegates.check_may_name(enterprise=self.enterprise, by=self.person, at=self.at)

    def to_the_list(self) -> HttpResponse:
        return redirect("prosante_login:delegate_list", bce=self.enterprise.bce_number)


class DelegateListView(_HeadView, TemplateView):
    template_name = "prosante_login/delegate_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heads": selectors.heads_of(self.enterprise, on=self.today),
            "delegates": selectors.delegates_of(self.enterprise, on=self.today),
            "columns": [_("Personne"), _("Depuis"), _("Désigné par"), ""],
            "past": selectors.delegates_ever(self.enterprise),
            "past_columns": [_("Personne"), _("Depuis"), _("Désigné par"), _("Terminé le"), _("Terminé par")],
        }


class DelegateAddView(_HeadView, FormView):
    """By NISS; the name is shown on the next page, to who may name him only."""

    form_class = DelegateForm
    template_name = "prosante_login/delegate_add.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            check_look_ups(self.request)
            person = delegates.find_delegate(
                enterprise=self.enterprise, niss=form.cleaned_data["niss"], by=self.person, at=self.at
            )
        except ValidationError as refusal:
            form.add_error("niss", refusal)
            return self.form_invalid(form)
        drafts.save(person=self.person, flow=FLOW, subject=self.enterprise.bce_number, person_pk=person.pk)
        return redirect("prosante_login:delegate_add_check", bce=self.enterprise.bce_number)


class DelegateAddCheckView(_HeadView, CheckView, RecentLoginMixin, FormView):
    form_class = SignForm
    template_name = "prosante_login/delegate_add_check.html"
    named: Person

    def elsewhere(self) -> HttpResponse | None:
        self.draft = drafts.read(person=self.person, flow=FLOW, subject=self.enterprise.bce_number)
        named = person_with_pk(self.person.world, self.draft.get("person_pk"))
        if named is None:
            # A second click finds the draft taken.
            return self.to_the_list()
        self.named = named
        return None

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if changed := self.changed_since():
            return changed
        try:
            delegates.add_delegate(enterprise=self.enterprise, person=self.named, by=self.person, at=self.at)
        except ValidationError as refusal:
            if "already_delegated" not in refusal_codes(refusal):
                form.add_error(None, refusal)
                return self.form_invalid(form)
            messages.info(self.request, refusal.messages[0])
        else:
            messages.success(
                self.request,
                _("%(person)s agit désormais avec les mandats de l'entreprise. Un e-mail l'en avertit.")
                % {"person": self.named},
            )
        drafts.discard(person=self.person, flow=FLOW, subject=self.enterprise.bce_number)
        return self.to_the_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "facts": [
                Row(pgettext("une personne", "Nom"), self.named),
                Row(_("Numéro de registre national (NISS)"), format_niss(self.named.niss)),
                Row(_("Entreprise"), f"{self.enterprise.name} ({format_bce(self.enterprise.bce_number)})"),
            ]
        }


class DelegateRemoveView(_HeadView, RecentLoginMixin, TemplateView):
    """GET asks once more; POST ends the delegation."""

    template_name = "prosante_login/delegate_remove.html"
    delegate: MandateDelegate

    def elsewhere(self) -> HttpResponse | None:
        known = MandateDelegate.objects.select_related("person", "enterprise", "delegated_by")
        self.delegate = get_object_or_404(known, enterprise=self.enterprise, pk=self.kwargs["delegate_pk"])
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.delegate.ended_at is not None:
            messages.info(request, _("Cette délégation a déjà pris fin."))
            return self.to_the_list()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            delegates.remove_delegate(delegate=self.delegate, by=self.person, at=self.at)
        except ValidationError as refusal:
            if "already_removed" not in refusal_codes(refusal):
                raise
            messages.info(request, _("Cette délégation a déjà pris fin."))
        else:
            messages.success(
                request,
                _("%(person)s n'agit plus avec les mandats de l'entreprise. Un e-mail l'en avertit.")
                % {"person": self.delegate.person},
            )
        return self.to_the_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"delegate": self.delegate}
