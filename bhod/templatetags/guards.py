"""Hours and amounts in the words of the screens."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod.eligibility import Eligible
from bhod.enums import GuardCategory
from bhod.models import Settlement
from bhod.services.transfers import structured_reference
from bhod_portal.core.kept_texts import told
from bhod_portal.core.shown import shown_amount, shown_hours, shown_percent

register = template.Library()

# As the columns of a month are narrow.
SHORT = {
    GuardCategory.WEEKEND: gettext_lazy("week-end"),
    GuardCategory.HOLIDAY: gettext_lazy("férié"),
    GuardCategory.WEEKNIGHT: gettext_lazy("nuit"),
}


@register.filter
def hours(minutes: int) -> str:
    """Minutes as « 13 h » or « 13 h 30 »."""
    return shown_hours(minutes)


@register.filter
def euros(amount: Decimal) -> str:
    """An amount as « 1 234,50 € »."""
    return shown_amount(amount)


register.filter("percent", shown_percent)
register.filter("told", told)


@register.filter
def categories(eligible: Eligible) -> str:
    """What a guard counts, e.g. « week-end 24 h, nuit de semaine 13 h »."""
    parts = [f"{category.label} {hours(minutes)}" for category, minutes in eligible.by_category.items()]
    return ", ".join(parts) or _("aucune heure honorée")


@register.filter
def short_categories(eligible: Eligible) -> str:
    """The same for a narrow column, e.g. « nuit 13 h »."""
    parts = [f"{SHORT[category]} {hours(minutes)}" for category, minutes in eligible.by_category.items()]
    return ", ".join(parts) or _("non honorée")


@register.filter
def communication(settlement: Settlement) -> str:
    """The structured communication of a payment as statements of account show it: « +++000/0000/00101+++ »."""
    digits = structured_reference(settlement)
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
