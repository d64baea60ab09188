"""How the guards of a circle are shared, as a file."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bhod.eligibility import MINUTES_OF_AN_HOUR
from bhod.permissions import Capability
from bhod.selectors.fairness import Share
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.periods import Period
from csam.models import Enterprise, Person


def export_fairness(
    *, enterprise: Enterprise, period: Period, shares: Sequence[Share], by: Person, at: datetime
) -> list[list[str]]:
    """The rows of the shares of a period, headings first, hours with a comma; that it was taken away is kept in the trail."""
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    days = {"start": period.start.isoformat(), "end": period.end.isoformat() if period.end else None}
    audit.record("bhod.fairness.exported", enterprise, world=enterprise.world, by=by, at=at, **days)
    headings = [
        _("Numéro INAMI"), _("Nom"), _("Prénom"), _("Candidat"), _("Du"), _("Au"), _("Jours d'inscription"),
        _("Gardes"), _("Heures de week-end"), _("Heures de jours fériés"), _("Heures de nuits de semaine"),
        _("Total des heures"), _("Dont de 23:00 à 08:00"), _("Part de toutes les heures (%)"), _("Écart (%)"),
    ]  # fmt: skip
    return [headings, *(_row(share, period) for share in shares)]


def _row(share: Share, period: Period) -> list[str]:
    person, counted = share.provider.person, share.eligible
    return [
        format_inami(share.provider.inami_number),
        person.last_name,
        person.first_name,
        _("oui") if share.is_candidate else "",
        date_format(period.start, "d-m-Y"),
        date_format(period.end, "d-m-Y") if period.end else "",
        str(share.days),
        str(share.guards),
        *(
            _hours(minutes)
            for minutes in (
                counted.weekend,
                counted.holiday,
                counted.weeknight,
                counted.minutes,
                share.deep_night,
            )
        ),
        f"{share.percent:.1f}".replace(".", ","),
        "" if share.gap is None else str(share.gap),
    ]


def _hours(minutes: int) -> str:
    return f"{Decimal(minutes) / MINUTES_OF_AN_HOUR:.2f}".replace(".", ",")
