"""Which guards the finances are asked of."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.enums import GuardCategory, PayState
from bhod.forms import StatementForm, named, offer
from bhod.models import GuardUnit
from bhod_portal.core.fields import LongSelect
from prosante_login.models import CareProvider


class FinanceFilterForm(StatementForm):
    """The guards of a period by where their money stands; a choice that isn't understood is as if it weren't asked."""

    etat = forms.TypedChoiceField(
        label=_("État du paiement"),
        coerce=PayState,
        empty_value=None,
        required=False,
        choices=[("", _("Tous")), *PayState.choices],
    )
    medecin = forms.TypedChoiceField(
        label=_("Médecin"), coerce=int, empty_value=None, required=False, widget=LongSelect
    )
    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)
    categorie = forms.TypedChoiceField(
        label=_("Heures honorées"),
        coerce=GuardCategory,
        empty_value=None,
        required=False,
        choices=[("", _("Toutes")), *GuardCategory.choices],
    )

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], providers: Iterable[CareProvider], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unite", [("", _("Toutes")), *((unit.pk, unit.name) for unit in units)])
        offer(self, "medecin", [("", _("Tous")), *((each.pk, named(each)) for each in providers)])
