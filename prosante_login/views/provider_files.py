"""The parts of a file that hold something over periods: practice addresses, contracts of the social status."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from bhod_portal.core.refusals import add_refusal
from prosante_login.enums import FilePart
from prosante_login.forms.provider_files import AddressForm, ContractForm, LastDayForm
from prosante_login.models import PracticeAddress, SocialContract
from prosante_login.services import provider_files
from prosante_login.views.common import FileView

_AT_FIELD = {"too_far": "valid_from", "contract_overlap": "valid_from", "address_twice": "street"}
_AT_LAST_DAY = dict.fromkeys(("too_far", "period_out_of_order", "already_ended"), "last_day")


class RowsView(FileView):
    """Something of which the file has several over time: `rows_are` names them, `list_page` shows them all."""

    rows_are: str
    list_page: str

    @property
    def rows(self) -> Any:
        return getattr(self.provider, self.rows_are).select_related("provider")


class RowListView(RowsView, TemplateView):
    """What holds or is to come, then what is over; the latest first."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(self.rows.order_by("-valid_from", "-pk"))
        over = [row for row in rows if row.valid_until and row.valid_until < self.today]
        return super().get_context_data(**kwargs) | {
            "rows": [row for row in rows if row not in over],
            "over": over,
        }


class RowAddView(RowsView, FormView):
    """One more of them, from a day on."""

    service: ClassVar[Callable[..., Any]]
    done: str | Promise

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": self.today}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            type(self).service(
                provider=self.provider, **form.cleaned_data, mandate=self.mandate, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _AT_FIELD)
            return self.form_invalid(form)
        messages.success(self.request, str(self.done))
        return redirect(self.list_page)


class RowEndView(RowsView, FormView):
    """The last day of one of them; nothing is deleted."""

    form_class = LastDayForm
    service: ClassVar[Callable[..., bool]]
    # The name of the row in the service's arguments.
    row_is: str
    row: PracticeAddress | SocialContract

    def load(self) -> None:
        self.row = get_object_or_404(self.rows, pk=self.kwargs["row_pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": max(self.today, self.row.valid_from)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"row": self.row}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            changed = type(self).service(
                **{self.row_is: self.row},
                last_day=form.cleaned_data["last_day"],
                mandate=self.mandate,
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, _AT_LAST_DAY)
            return self.form_invalid(form)
        told = _("La fin est enregistrée.") if changed else _("Cette fin était déjà enregistrée.")
        messages.success(self.request, told)
        return redirect(self.list_page)


class _Addresses(RowsView):
    part = FilePart.ADDRESSES
    rows_are = "practice_addresses"
    list_page = "prosante_login:address_list"


class AddressListView(_Addresses, RowListView):
    """« Adresses de travail »."""

    template_name = "prosante_login/address_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = [_("Adresse"), _("Depuis"), _("Jusqu'au"), _("Action")]
        return super().get_context_data(**kwargs) | {"columns": columns}


class AddressAddView(_Addresses, RowAddView):
    form_class = AddressForm
    template_name = "prosante_login/address_add.html"
    service = staticmethod(provider_files.add_address)
    done = gettext_lazy("L'adresse est ajoutée.")


class AddressEndView(_Addresses, RowEndView):
    template_name = "prosante_login/address_end.html"
    service = staticmethod(provider_files.end_address)
    row_is = "address"


class _Contracts(RowsView):
    part = FilePart.SOCIAL_STATUS
    rows_are = "social_contracts"
    list_page = "prosante_login:social_contract_list"


class SocialContractListView(_Contracts, RowListView):
    """« Statut social »: the contract for which it is asked, and what is outside of this simulator."""

    template_name = "prosante_login/social_contract_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = [_("Assureur"), _("Numéro du contrat"), _("Depuis"), _("Jusqu'au"), _("Action")]
        return super().get_context_data(**kwargs) | {"columns": columns}


class SocialContractAddView(_Contracts, RowAddView):
    form_class = ContractForm
    template_name = "prosante_login/social_contract_add.html"
    service = staticmethod(provider_files.add_contract)
    done = gettext_lazy("Le contrat est ajouté.")


class SocialContractEndView(_Contracts, RowEndView):
    template_name = "prosante_login/social_contract_end.html"
    service = staticmethod(provider_files.end_contract)
    row_is = "contract"
