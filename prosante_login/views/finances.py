from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod_portal.core import drafts
from bhod_portal.core.identifiers import format_bce, format_iban
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row, Section
from csam.models import Enterprise
from csam.security import RecentLoginMixin
from csam.selectors import enterprise_with_number
from prosante_login.enums import FeeType, FilePart
from prosante_login.forms.finances import ENTERPRISE, OWN, AccountForm, BeneficiaryForm
from prosante_login.models import ProviderAccount
from prosante_login.selectors import finances as selectors
from prosante_login.services import finances
from prosante_login.views.common import CheckView, FileView

FLOW = "prosante_account"
REFUSED_BESIDE = {
    "past": "used_from",
    "too_far": "used_from",
    "account_twice": "used_from",
    "same_account": "iban",
}


class FinancialView(FileView):
    """A page of « Données financières »; what it did leads back to the first of them."""

    part = FilePart.FINANCES

    def to_data(self) -> HttpResponse:
        return redirect("prosante_login:financial_data")


class FinancialDataView(FinancialView, TemplateView):
    """Per type of fee the account and, per income year, the fiscal beneficiary; with what was before."""

    template_name = "prosante_login/financial_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        years = selectors.beneficiary_years(self.provider, on=self.today)
        return context | {
            "fees": [
                {
                    "accounts": accounts,
                    "years": [year for year in years if year.fee_type == accounts.fee_type],
                }
                for accounts in selectors.accounts_of(self.provider, on=self.today)
            ],
            "account_columns": [_("Compte"), _("Utilisé à partir du"), _("Enregistré par"), _("État")],
            "year_columns": [_("Année de revenus"), _("Bénéficiaire fiscal"), _("Modifiable"), _("Action")],
        }


class AccountView(FinancialView):
    """A page of the flow that names an account: what was typed is kept, per file, until it is confirmed."""

    def load(self) -> None:
        self.draft = drafts.read(person=self.person, flow=FLOW, subject=self.subject)

    @property
    def subject(self) -> str:
        return str(self.provider.pk)


class AccountAddView(AccountView, FormView):
    """An account: its number, for which fee, from when."""

    form_class = AccountForm
    template_name = "prosante_login/account_add.html"

    def get_initial(self) -> dict[str, Any]:
        initial = {"fee_type": FeeType.AVAILABILITY, "used_from": self.today} | self.draft
        asked = self.request.GET.get("honoraires")
        return initial | ({"fee_type": asked} if asked in FeeType.values else {})

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        try:
            finances.account_to_add(provider=self.provider, **data, by=self.person, at=self.at)
        except ValidationError as refusal:
            add_refusal(form, refusal, REFUSED_BESIDE)
            return self.form_invalid(form)
        drafts.save(
            person=self.person,
            flow=FLOW,
            subject=self.subject,
            fee_type=data["fee_type"].value,
            iban=format_iban(data["iban"]),
            used_from=data["used_from"].strftime("%d-%m-%Y"),
        )
        return redirect("prosante_login:account_add_check")


class AccountAddCheckView(RecentLoginMixin, AccountView, CheckView, FormView):
    """The account once more, and which one it replaces; then « Confirmer »."""

    form_class = Form
    template_name = "prosante_login/account_add_check.html"

    def load(self) -> None:
        super().load()
        # What was valid a minute ago is read again: the draft is no more than what was typed.
        self.typed = AccountForm(self.draft or None)
        if not self.typed.is_valid():
            self.refusal = redirect("prosante_login:account_add")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = self.typed.cleaned_data
        before = selectors.account_on(self.provider, data["fee_type"], on=data["used_from"])
        rows = [
            Row(_("Type d'honoraires"), data["fee_type"].label, reverse("prosante_login:account_add")),
            Row(
                _("Numéro de compte (IBAN)"), format_iban(data["iban"]), reverse("prosante_login:account_add")
            ),
            Row(
                _("Utilisé à partir du"),
                shown_day(data["used_from"]),
                reverse("prosante_login:account_add"),
            ),
            Row(_("Compte utilisé jusque-là"), format_iban(before.iban) if before else _("aucun")),
        ]
        return super().get_context_data(**kwargs) | {"sections": [Section(_("Compte"), rows)]}

    def form_valid(self, form: Form) -> HttpResponse:
        if changed := self.changed_since():
            return changed
        if not drafts.take(person=self.person, flow=FLOW, subject=self.subject):
            return self.to_data()
        try:
            finances.add_account(
                provider=self.provider,
                **self.typed.cleaned_data,
                mandate=self.mandate,
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            drafts.save(person=self.person, flow=FLOW, subject=self.subject, **self.draft)
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        messages.success(self.request, _("Le compte est enregistré. Un e-mail le confirme."))
        return self.to_data()


class AccountWithdrawView(RecentLoginMixin, FinancialView, TemplateView):
    """Take back an account that is not used yet: a check page first."""

    template_name = "prosante_login/account_withdraw.html"
    account: ProviderAccount

    def load(self) -> None:
        accounts = ProviderAccount.objects.filter(provider=self.provider)
        self.account = get_object_or_404(accounts, pk=self.kwargs["account_pk"])
        if self.account.withdrawn_at is not None or self.account.used_from <= self.today:
            messages.info(
                self.request, _("Ce compte sert déjà, ou n'est plus prévu : il n'y a rien à retirer.")
            )
            self.refusal = self.to_data()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        eve = self.account.used_from - timedelta(days=1)
        return super().get_context_data(**kwargs) | {
            "account": self.account,
            "goes_on": selectors.account_on(self.provider, FeeType(self.account.fee_type), on=eve),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            finances.withdraw_account(account=self.account, mandate=self.mandate, by=self.person, at=self.at)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Le compte n'est plus prévu."))
        return self.to_data()


class BeneficiaryEditView(RecentLoginMixin, FinancialView, FormView):
    """For whose taxes a type of fee of one income year counts; read-only, with the reason, once the year is closed."""

    form_class = BeneficiaryForm
    template_name = "prosante_login/beneficiary_edit.html"

    def load(self) -> None:
        fee_type, year = self.kwargs["fee_type"], self.kwargs["year"]
        if fee_type not in FeeType.values or not selectors.is_income_year(year, on=self.today):
            raise Http404
        self.known = selectors.beneficiary_of(self.provider, FeeType(fee_type), year, on=self.today)

    def get_initial(self) -> dict[str, Any]:
        enterprise = self.known.enterprise
        return {
            "who": ENTERPRISE if enterprise else OWN,
            "enterprise": format_bce(enterprise.bce_number) if enterprise else "",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"known": self.known}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            changed = finances.set_beneficiary(
                provider=self.provider,
                fee_type=self.known.fee_type,
                year=self.known.year,
                enterprise=self._enterprise(form.cleaned_data["enterprise"]),
                mandate=self.mandate,
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            fields = dict.fromkeys(("enterprise_stopped", "unknown_to_bce"), "enterprise")
            add_refusal(form, refusal, fields)
            return self.form_invalid(form)
        if changed:
            messages.success(self.request, _("Le bénéficiaire fiscal est modifié. Un e-mail le confirme."))
        else:
            messages.info(self.request, _("Le bénéficiaire fiscal est resté le même : rien n'a changé."))
        return self.to_data()

    def _enterprise(self, number: str) -> Enterprise | None:
        if not number:
            return None
        enterprise = enterprise_with_number(self.person.world, number)
        if enterprise is None:
            raise ValidationError(
                _(
                    "La BCE ne connaît pas ce numéro : cherchez l'entreprise par son nom dans « BCE Public Search »."
                ),
                code="unknown_to_bce",
            )
        return enterprise
