"""Over which period one looks at the quality of the planning, as the address names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from bhod.eligibility import ONE_DAY
from bhod.forms import StatementForm, read_month
from bhod.selectors.guards import month_of
from bhod_portal.core.periods import Period, months_later

MONTHS_OF_A_QUARTER = 3


class Span(TextChoices):
    """How long a look is taken at."""

    MONTH = "mois", _("Mois")
    QUARTER = "trimestre", _("Trimestre")
    YEAR = "annee", _("12 derniers mois")
    OWN = "dates", _("Autres dates")


@dataclass(frozen=True)
class Look:
    """A period that somebody chose; `asked` is how an address names it again. `form` is the one of own dates."""

    span: Span
    period: Period
    form: StatementForm
    asked: Mapping[str, str] = field(default_factory=dict)
    understood: bool = True

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    @property
    def own(self) -> str:
        """The span of one's own dates, as an address names it."""
        return Span.OWN.value

    @property
    def steps(self) -> int:
        """How many months the look moves by; none for one that stands where it is."""
        return {Span.MONTH: 1, Span.QUARTER: MONTHS_OF_A_QUARTER}.get(self.span, 0)


def read_look(asked: Mapping[str, str], *, today: date) -> Look:
    """The period that an address asks for; the current month where it asks for none that makes sense.

    `periode` is a span; `mois` names the month, or one of the quarter; `du` and `au` are one's own dates.
    """
    span = asked.get("periode", "")
    if span not in Span.values:
        span = Span.OWN if {"du", "au"} & asked.keys() else Span.MONTH
    first = read_month(asked.get("mois", ""))
    understood = first is not None or not asked.get("mois")
    first = first or today.replace(day=1)
    if span == Span.OWN:
        form = StatementForm(asked)
        if form.is_valid():
            days = {"du": f"{form.cleaned_data['du']:%d-%m-%Y}", "au": f"{form.cleaned_data['au']:%d-%m-%Y}"}
            return Look(Span.OWN, form.cleaned_data["period"], form, {"periode": Span.OWN.value, **days})
        return Look(Span.OWN, month_of(today), form, {"periode": Span.OWN.value})
    if span == Span.YEAR:
        return _look(Span.YEAR, Period(months_later(today, -12) + ONE_DAY, today), {})
    month = {"mois": f"{first:%Y-%m}"}
    if span == Span.QUARTER:
        start = first.replace(month=first.month - (first.month - 1) % MONTHS_OF_A_QUARTER)
        return _look(
            Span.QUARTER, Period(start, months_later(start, MONTHS_OF_A_QUARTER) - ONE_DAY), month, understood
        )
    return _look(Span.MONTH, month_of(first), month, understood)


def _look(span: Span, period: Period, asked: Mapping[str, str], understood: bool = True) -> Look:
    end = period.end or period.start
    form = StatementForm(initial={"du": period.start, "au": end})
    return Look(span, period, form, {"periode": span.value, **asked}, understood)
