"""Statements of what a circle's guards come to, to take away: of a payment, of a year for the tax slips, of a period."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from bhod.eligibility import MINUTES_OF_AN_HOUR, Eligible
from bhod.models import PaymentRun
from bhod.permissions import Capability
from bhod.selectors import statements as selectors
from bhod.selectors.finances import FinanceOverview, Sum, finance_overview, money_of_period
from bhod.selectors.guard_money import GuardMoney, Money
from bhod.selectors.payments import NOTHING
from bhod.selectors.statements import DoctorPart, DoctorYear, Part, StatementLine, StatementSum
from bhod.selectors.tariffs import tariff_book
from bhod.services.rights import check_capability
from bhod.services.statement_files import Cell, Heading, Sheet, Statement
from bhod_portal.core import audit, clock
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider

BY_DOCTOR, BY_GUARD, BY_RUN = "medecins", "gardes", "paiements"


def run_statement(
    *, enterprise: Enterprise, run: PaymentRun, kind: str, by: Person, at: datetime
) -> Statement:
    """What a closed payment brings a circle, by doctor and by guard; that it was taken away is kept in the trail.

    Raises PermissionDenied for who may not see the finances.
    """
    _taken_away(enterprise, by=by, at=at, file=kind, run=run.number)
    parts = selectors.parts_of(enterprise.pk, run=run)
    total = selectors.total_of(parts)
    lines = selectors.statement_lines(enterprise.pk, selectors.lines_of_run(enterprise.pk, run), parts)
    closed_on = clock.day_of(run.closed_at) if run.closed_at else None
    return Statement(
        name=f"paiement-{run.number}",
        title=_("Décompte du paiement n° %(number)s") % {"number": run.number},
        circle=enterprise.name,
        facts=[
            (_("Période"), _days(run.first_day, run.last_day)),
            (_("Clôturé le"), shown_day(closed_on)),
        ],
        notes=[
            _(
                "Montants en euros. Une correction reprend l'ancien montant d'une garde modifiée après son paiement, "
                "et paie le nouveau."
            )
        ],
        sheets=[_by_doctor(selectors.doctor_parts(parts), total), _by_guard(lines, total)],
        made_by=str(by),
        made_at=at,
    )


def year_statement(*, enterprise: Enterprise, year: int, kind: str, by: Person, at: datetime) -> Statement:
    """What each doctor was paid in a year for his guards in a circle, and by which payments; likewise."""
    _taken_away(enterprise, by=by, at=at, file=kind, year=year)
    parts = selectors.parts_of(enterprise.pk)
    doctors = selectors.year_statement(parts, year)
    received = selectors.received_in(parts, year)
    return Statement(
        name=f"annee-{year}",
        title=_("Honoraires payés en %(year)s (simulé)") % {"year": year},
        circle=enterprise.name,
        facts=[(_("Année de paiement"), str(year))],
        notes=[
            _(
                "Montants en euros, payés pour les gardes de ce cercle seulement. La fiche fiscale est établie par "
                "l'INAMI : ce relevé simulé aide à la vérifier, il ne la remplace pas."
            )
        ],
        sheets=[
            _year_by_doctor(doctors, selectors.total_of(received)),
            _year_by_run(selectors.doctor_parts(received)),
        ],
        made_by=str(by),
        made_at=at,
    )


def period_statement(
    *, enterprise: Enterprise, period: Period, kind: str, by: Person, at: datetime
) -> Statement:
    """What the guards that begin in a period come to, and where that stands, as the page of the period shows it; likewise."""
    end = period.end or period.start
    days = {"start": period.start.isoformat(), "end": end.isoformat()}
    _taken_away(enterprise, by=by, at=at, file=kind, **days)
    tariffs = tariff_book(enterprise.world)
    overview = finance_overview(
        enterprise_id=enterprise.pk, world=enterprise.world, period=period, tariffs=tariffs, at=at
    )
    found = money_of_period(enterprise_id=enterprise.pk, period=period, tariffs=tariffs, at=at)
    return Statement(
        name=f"{period.start}-{end}",
        title=_("Honoraires de disponibilité"),
        circle=enterprise.name,
        facts=[(_("Gardes qui commencent"), _days(period.start, end))],
        notes=[
            _(
                "Montants en euros, là où ils en sont : attendus, validés par l'INAMI, en paiement, retournés par la banque, "
                "payés. Un montant négatif sera repris."
            )
        ],
        sheets=[_money_by_doctor(overview), _money_by_guard(found, overview)],
        made_by=str(by),
        made_at=at,
    )


def _money_by_doctor(overview: FinanceOverview) -> Sheet:
    headings = [*_doctor_headings(), Heading(_("Gardes")), *_hour_headings(), *_money_headings()]

    def figures(summed: Sum) -> list[Cell]:
        return [summed.guards, *_hours(summed.eligible), *_money(summed.money)]

    rows = [[*_doctor(each.provider), *figures(each.sum)] for each in overview.doctors]
    return Sheet(BY_DOCTOR, _("Par médecin"), headings, rows, [_("Total"), "", *figures(overview.total)])


def _money_by_guard(found: Iterable[GuardMoney], overview: FinanceOverview) -> Sheet:
    headings = [
        Heading(_("Début")), Heading(_("Fin")), Heading(_("Unité")), *_doctor_headings(), Heading(_("État")),
        *_hour_headings(), Heading(_("Par heure")), *_money_headings(), Heading(_("Référence"), printed=False),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for each in found:
        guard, calculation = each.guard, each.calculation
        counted = calculation.eligible if calculation else Eligible()
        rows.append([
            guard.starts_at, guard.ends_at, guard.unit.name, *_doctor(guard.provider), str(each.pay.state.label),
            *_hours(counted), calculation.hourly if calculation else None, *_money(each.money), str(guard.reference),
        ])  # fmt: skip
    total: list[Cell] = [_("Total"), None, "", "", "", "", *_hours(overview.total.eligible), None]
    return Sheet(BY_GUARD, _("Par garde"), headings, rows, [*total, *_money(overview.total.money), ""])


def _money_headings() -> list[Heading]:
    return [
        Heading(_("Attendu")), Heading(_("Validé")), Heading(_("En paiement")), Heading(_("Retourné")),
        Heading(_("Payé")), Heading(_("Total")),
    ]  # fmt: skip


def _money(money: Money) -> list[Cell]:
    return [money.expected, money.validated, money.in_payment, money.returned, money.paid, money.total]


def _taken_away(enterprise: Enterprise, *, by: Person, at: datetime, **what: str | int) -> None:
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.SEE_FINANCES, at=at)
    audit.record("bhod.statement.exported", enterprise, world=enterprise.world, by=by, at=at, **what)


def _by_doctor(doctors: Iterable[DoctorPart], total: StatementSum) -> Sheet:
    headings = [
        *_doctor_headings(), Heading(_("Gardes")), Heading(_("Reprises")), *_hour_headings(), Heading(_("Honoraires")),
        Heading(_("Corrections")), Heading(_("Total")), Heading(_("État du paiement")),
    ]  # fmt: skip
    rows = [[*_doctor(each.provider), *_figures(each.part), state_of(each.part)] for each in doctors]
    return Sheet(BY_DOCTOR, _("Par médecin"), headings, rows, [_("Total"), "", *_figures(total), ""])


def _by_guard(lines: Iterable[StatementLine], total: StatementSum) -> Sheet:
    headings = [
        Heading(_("Début")), Heading(_("Fin")), Heading(_("Unité")), *_doctor_headings(), Heading(_("Nature")),
        *_hour_headings(), Heading(_("Par heure")), Heading(_("Montant")), Heading(_("État du paiement")),
        Heading(_("Référence"), printed=False),
    ]  # fmt: skip
    rows = [_guard_row(line) for line in lines]
    summed: list[Cell] = [_("Total"), None, "", "", "", "", *_hours(total.eligible), None]
    return Sheet(BY_GUARD, _("Par garde"), headings, rows, [*summed, total.total, "", ""])


def _guard_row(line: StatementLine) -> list[Cell]:
    check, back = line.line.guard_check, line.line.is_reversal
    counted = [-hours if back else hours for hours in _hours(line.eligible)]
    return [
        check.starts_at, check.ends_at, check.guard.unit.name, *_doctor(check.provider), str(line.kind.label),
        *counted, check.hourly, line.line.amount, state_of(line.part), str(check.guard.reference),
    ]  # fmt: skip


def _year_by_doctor(doctors: Iterable[DoctorYear], total: StatementSum) -> Sheet:
    doctors = list(doctors)
    headings = [
        *_doctor_headings(), Heading(_("Gardes")), Heading(_("Reprises")), *_hour_headings(), Heading(_("Honoraires")),
        Heading(_("Corrections")), Heading(_("Total payé")), Heading(_("Envoyé, sans réponse de la banque")),
    ]  # fmt: skip
    rows = [[*_doctor(each.provider), *_figures(each.received), each.sent] for each in doctors]
    sent = sum((each.sent for each in doctors), NOTHING)
    return Sheet(BY_DOCTOR, _("Par médecin"), headings, rows, [_("Total"), "", *_figures(total), sent])


def _year_by_run(parts: Iterable[DoctorPart]) -> Sheet:
    headings = [
        *_doctor_headings(), Heading(_("Paiement")), Heading(_("Payé par le paiement")), Heading(_("Payé le")),
        Heading(_("Honoraires")), Heading(_("Corrections")), Heading(_("Total")),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for each in parts:
        part, settled = each.part, each.part.settlement.run
        day = clock.day_of(settled.closed_at) if settled.closed_at else None
        rows.append(
            [*_doctor(each.provider), str(part.run.number), str(settled.number), day, part.fees, part.corrections, part.total]
        )  # fmt: skip
    return Sheet(BY_RUN, _("Par paiement"), headings, rows)


def state_of(part: Part) -> str:
    """What became of the money of a part, with the later payment that settled it where there is one."""
    label = str(part.outcome.label)
    if part.settled_later is None:
        return label
    return _("%(state)s avec le paiement n° %(number)s") % {
        "state": label,
        "number": part.settled_later.number,
    }


def _figures(summed: Part | StatementSum) -> list[Cell]:
    return [
        summed.guards, summed.taken_back, *_hours(summed.eligible), summed.fees, summed.corrections, summed.total,
    ]  # fmt: skip


def _doctor_headings() -> list[Heading]:
    return [Heading(_("Médecin")), Heading(_("Numéro INAMI"))]


def _hour_headings() -> list[Heading]:
    return [
        Heading(_("Heures de week-end"), printed=False),
        Heading(_("Heures de jours fériés"), printed=False),
        Heading(_("Heures de nuits de semaine"), printed=False),
        Heading(_("Heures")),
    ]


def _doctor(provider: CareProvider) -> list[Cell]:
    person = provider.person
    return [f"{person.last_name} {person.first_name}", format_inami(provider.inami_number)]


def _hours(counted: Eligible) -> list[Decimal]:
    every = (counted.weekend, counted.holiday, counted.weeknight, counted.minutes)
    return [Decimal(minutes) / MINUTES_OF_AN_HOUR for minutes in every]


def _days(start: date, end: date) -> str:
    return f"{shown_day(start)} – {shown_day(end)}"
