"""The lines and settlements of a payment run, written in sets; every amount comes from a guard's check, none is typed.

Between what a guard's check says and the money: a check that stands and is validated is due once. One that was paid and is
superseded is taken back once the guard is cancelled, validated as it is now, or more than a year past: until then nobody
knows what it comes to.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from bhod.eligibility import ONE_DAY
from bhod.enums import CheckOutcome, GuardState, ReturnReason, RunState, SettlementOutcome
from bhod.models import PaymentLine, PaymentRun, Settlement
from bhod_portal.core import clock
from prosante_login.enums import FeeType
from prosante_login.selectors.finances import accounts_serving, beneficiaries_set

# While lines are written no tariff changes. What was found at a price that is no longer its day's waits for the next round.
_HOLD_TARIFFS = "SELECT FROM bhod_tariff WHERE world_id = %(world)s FOR SHARE"
_DUE = """
SELECT found.id, false, found.amount
  FROM bhod_guardcheck AS found
  JOIN csam_enterprise AS circle ON circle.id = found.enterprise_id AND circle.world_id = %(world)s
 WHERE found.superseded_at IS NULL AND found.outcome = %(validated)s AND found.amount > 0
   AND found.first_day <= %(last_day)s
   AND (found.checked_at >= %(paid_at)s OR found.first_day > %(paid_until)s)
   AND EXISTS (SELECT FROM bhod_tariff AS tariff
                WHERE tariff.world_id = %(world)s AND tariff.amount = found.hourly
                  AND found.first_day BETWEEN tariff.valid_from AND COALESCE(tariff.valid_until, 'infinity'))
   AND NOT EXISTS (SELECT FROM bhod_paymentline AS line
                    WHERE line.guard_check_id = found.id AND NOT line.is_reversal AND line.run_id = ANY (%(recent)s))
"""
# `found` is superseded. A guard may be communicated up to a year after it, that day included (domain.md 1.6).
_IS_REPLACED = """
(guard.state = %(cancelled)s
 OR ((guard.ends_at AT TIME ZONE 'Europe/Brussels')::date + interval '1 year')::date < %(today)s
    AND NOT EXISTS (SELECT FROM bhod_guardcheck AS now
                     WHERE now.guard_id = guard.id AND now.superseded_at IS NULL AND now.outcome = %(validated)s)
 OR EXISTS (SELECT FROM bhod_guardcheck AS now
             WHERE now.guard_id = guard.id AND now.superseded_at IS NULL AND now.outcome = %(validated)s
               AND now.first_day <= %(last_day)s))
"""
_TAKEN_BACK = f"""
SELECT found.id, true, -paid.amount
  FROM bhod_guardcheck AS found
  JOIN csam_enterprise AS circle ON circle.id = found.enterprise_id AND circle.world_id = %(world)s
  JOIN bhod_paymentline AS paid ON paid.guard_check_id = found.id AND NOT paid.is_reversal AND paid.run_id <> %(run)s
  JOIN bhod_guard AS guard ON guard.id = found.guard_id
 WHERE found.superseded_at IS NOT NULL AND {_IS_REPLACED}
   AND NOT EXISTS (SELECT FROM bhod_paymentline AS line WHERE line.guard_check_id = found.id AND line.is_reversal)
"""  # noqa: S608  (constants)
_WRITE_LINES = f"""
INSERT INTO bhod_paymentline (run_id, guard_check_id, is_reversal, amount)
SELECT %(run)s, due.* FROM ({_DUE} UNION ALL {_TAKEN_BACK}) AS due
"""  # noqa: S608  (constants)
_STALE = f"""
SELECT (SELECT count(*)
          FROM bhod_paymentline AS line
          JOIN bhod_guardcheck AS found ON found.id = line.guard_check_id
         WHERE line.run_id = %(run)s AND NOT line.is_reversal AND found.superseded_at IS NOT NULL)
     + (SELECT count(*)
          FROM bhod_paymentline AS line
          JOIN bhod_guardcheck AS found ON found.id = line.guard_check_id
          JOIN bhod_guard AS guard ON guard.id = found.guard_id
         WHERE line.run_id = %(run)s AND line.is_reversal AND NOT {_IS_REPLACED})
"""  # noqa: S608  (constants)
# What stays owed after a run is the opening of the next one's settlement, so that the last run tells all balances; a
# payment may come back from the bank long after its run.
_INTO_SETTLEMENTS = """
INSERT INTO bhod_settlement (run_id, provider_id, opening, returned, earned, paid, closing, account_id, beneficiary_id,
                             outcome, return_reason)
"""
_SETTLED = """
  WITH earned AS (
       SELECT found.provider_id, sum(line.amount) AS amount
         FROM bhod_paymentline AS line
         JOIN bhod_guardcheck AS found ON found.id = line.guard_check_id
        WHERE line.run_id = %(run)s
        GROUP BY found.provider_id
       ), carried AS (
       SELECT provider_id, closing FROM bhod_settlement WHERE run_id = %(last_run)s AND closing <> 0
       ), sent_back AS (
       SELECT back.provider_id,
              sum(back.paid) - (SELECT sum(known.returned)
                                  FROM bhod_settlement AS known
                                 WHERE known.provider_id = back.provider_id) AS amount
         FROM bhod_settlement AS back
         JOIN bhod_paymentrun AS run ON run.id = back.run_id AND run.world_id = %(world)s
        WHERE back.outcome = %(returned)s
        GROUP BY back.provider_id
       ), owed AS (
       SELECT provider_id, COALESCE(carried.closing, 0) AS opening, COALESCE(sent_back.amount, 0) AS returned,
              COALESCE(earned.amount, 0) AS earned
         FROM earned FULL JOIN carried USING (provider_id) FULL JOIN sent_back USING (provider_id)
        WHERE earned.amount IS NOT NULL OR carried.closing IS NOT NULL OR sent_back.amount <> 0
       ), served AS ({accounts}), named AS ({beneficiaries})
SELECT %(run)s, owed.provider_id, opening, returned, earned, paying.amount, opening + returned + earned - paying.amount,
       CASE WHEN paying.amount > 0 THEN served.id END,
       CASE WHEN paying.amount > 0 THEN named.enterprise_id END,
       CASE WHEN paying.amount > 0 THEN %(sent)s
            WHEN opening + returned + earned > 0 THEN %(no_account)s
            ELSE %(offset)s END,
       ''
  FROM owed
  LEFT JOIN served ON served.provider_id = owed.provider_id
       AND NOT EXISTS (SELECT FROM bhod_settlement AS closed
                        WHERE closed.provider_id = owed.provider_id AND closed.outcome = %(returned)s
                          AND closed.account_id = served.id AND closed.return_reason = ANY (%(lasting)s))
  LEFT JOIN named ON named.provider_id = owed.provider_id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN opening + returned + earned > 0 AND served.id IS NOT NULL
                   THEN opening + returned + earned ELSE 0 END AS amount
       ) AS paying
"""

_OUTCOMES = {
    "sent": SettlementOutcome.SENT,
    "returned": SettlementOutcome.RETURNED,
    "no_account": SettlementOutcome.NO_ACCOUNT,
    "offset": SettlementOutcome.OFFSET,
    "lasting": [reason.value for reason in ReturnReason.lasting()],
}


_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


def write_lines(run: PaymentRun, *, at: datetime) -> None:
    """Write the lines of an open run anew: what is due and what is taken back as things stand."""
    PaymentLine.objects.filter(run=run)._raw_delete("default")  # noqa: SLF001  (nothing hangs on a line)
    facts = _facts(run, at)
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_TARIFFS, facts)
        cursor.execute(_WRITE_LINES, facts)


def stale_lines(run: PaymentRun, *, at: datetime) -> int:
    """How many lines of an open run are no longer right, because their guards have changed since."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, _facts(run, at))
        return int(cursor.fetchone()[0])


def write_settlements(run: PaymentRun, *, on: date) -> None:
    """Write what the run comes to for each doctor, with the accounts and fiscal beneficiaries of a day in Brussels."""
    with connection.cursor() as cursor:
        cursor.execute(_INTO_SETTLEMENTS + _settled(cursor, run, on), _settled_facts(run))


def foreseen_settlements(run: PaymentRun, *, on: date) -> list[Settlement]:
    """The settlements that a run which isn't closed would get if it were closed on a day; unsaved, in no order."""
    with connection.cursor() as cursor:
        cursor.execute(_settled(cursor, run, on), _settled_facts(run))
        return [
            Settlement(
                run=run, provider_id=row[1], opening=row[2], returned=row[3], earned=row[4], paid=row[5], closing=row[6],
                account_id=row[7], beneficiary_id=row[8], outcome=row[9],
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


def _settled(cursor: Any, run: PaymentRun, on: date) -> str:
    fee = FeeType.AVAILABILITY
    accounts = _composed(cursor, accounts_serving(run.world, fee, on=on))
    beneficiaries = _composed(cursor, beneficiaries_set(run.world, fee, year=on.year))
    return _SETTLED.format(accounts=accounts, beneficiaries=beneficiaries)


def _settled_facts(run: PaymentRun) -> dict[str, Any]:
    last = _last_closed(run)
    return _OUTCOMES | {"run": run.pk, "world": run.world_id, "last_run": last.pk if last else None}


def _last_closed(run: PaymentRun) -> PaymentRun | None:
    closed = PaymentRun.objects.filter(world=run.world, state=RunState.CLOSED)
    return closed.order_by("-number").first()


def _facts(run: PaymentRun, at: datetime) -> dict[str, Any]:
    last = _last_closed(run)
    # All that was ready when the last run was calculated is in it; a round that was being done then ended within a day.
    paid_at = last.drafted_at - ONE_DAY if last and last.drafted_at else _LONG_AGO
    # What was found since then can be in no other run than these, even where runs and rounds follow within moments.
    closed = PaymentRun.objects.filter(world=run.world, state=RunState.CLOSED)
    recent = closed.filter(drafted_at__gte=paid_at - ONE_DAY) if last else closed
    return {
        "paid_at": paid_at,
        "paid_until": last.last_day if last else None,
        "recent": list(recent.values_list("pk", flat=True)),
        "run": run.pk,
        "world": run.world_id,
        "last_day": run.last_day,
        "today": clock.day_of(at),
        "validated": CheckOutcome.VALIDATED,
        "cancelled": GuardState.CANCELLED,
    }


def _composed(cursor: Any, rows: QuerySet[Any, Any]) -> str:
    """A query of an app below, to stand within a statement of ours."""
    composed: str = cursor.mogrify(*rows.query.sql_with_params())
    return composed.replace("%", "%%").replace("{", "{{").replace("}", "}}")
