from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.eligibility import ONE_DAY
from bhod_portal.core.periods import Period, months_later

QUARTER = 3
THIS_QUARTER, LAST_QUARTER, THIS_YEAR, TWELVE_MONTHS = "trimestre", "precedent", "annee", "12-mois"


class FairnessForm(forms.Form):
    """Over which period the guards are compared; what isn't understood is the quarter of today."""

    periode = forms.ChoiceField(
        label=_("Période"),
        choices=[
            (THIS_QUARTER, _("Ce trimestre, gardes à venir comprises")),
            (LAST_QUARTER, _("Le trimestre précédent")),
            (THIS_YEAR, _("Cette année, gardes à venir comprises")),
            (TWELVE_MONTHS, _("Les 12 derniers mois")),
        ],
        required=False,
    )

    def asked(self) -> str:
        """The choice, once the form is judged."""
        return self.cleaned_data.get("periode") or THIS_QUARTER

    def period(self, today: date) -> Period:
        """The days of the choice, both ends included."""
        quarter = today.replace(month=(today.month - 1) // QUARTER * QUARTER + 1, day=1)
        periods = {
            THIS_QUARTER: _before(quarter, months_later(quarter, QUARTER)),
            LAST_QUARTER: _before(months_later(quarter, -QUARTER), quarter),
            THIS_YEAR: Period(today.replace(month=1, day=1), today.replace(month=12, day=31)),
            TWELVE_MONTHS: Period(months_later(today, -12) + ONE_DAY, today),
        }
        return periods[self.asked()]


def _before(start: date, following: date) -> Period:
    """From a day to the eve of another."""
    return Period(start, following - ONE_DAY)
