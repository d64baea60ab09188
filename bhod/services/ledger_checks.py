"""The check of the ledger: everything that was ever paid is added up anew, by night and after each payment.

What was paid, less what came back, plus what is still owed is what the guards have earned, for each doctor and for all; each
line is what the check of its guard says, at the tariff of its day; nothing that was ready is left out for good. The database
refuses most of what is looked for here: this finds what gets past it. Nothing is mended: what is found wrong is named, logged
as an error, and stands on the page of INAMI's agents.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from bhod.enums import CheckOutcome, LedgerFault, RunState, SettlementOutcome
from bhod.models import LedgerCheck, PaymentRun
from bhod.services.rights import check_inami_agent
from bhod_portal.core import clock
from bhod_portal.core.locks import only_one
from bhod_portal.core.models import World
from csam.models import Person

logger = logging.getLogger(__name__)

# More than that are kept by nobody's eyes; how many there are is logged and kept as well.
KEPT = 200

# One statement, thus one moment: a payment that is being closed is in it as a whole, or not at all. Rows of facts about the
# whole come first (code NULL): fees, paid, returned, balance. What is LEFT is what no payment would ask for any more.
_CHECK = """
  WITH run AS MATERIALIZED (
       SELECT id, number FROM bhod_paymentrun WHERE world_id = %(world)s AND state = %(closed)s
       ), line AS MATERIALIZED (
       SELECT line.run_id, run.number, line.is_reversal, line.amount, line.guard_check_id, found.guard_id,
              found.provider_id, found.hourly, tariff.amount AS tariff, circle.world_id,
              ROUND((found.weekend + found.holiday + found.weeknight) * tariff.amount / 60, 2)
                * CASE WHEN line.is_reversal THEN -1 ELSE 1 END AS right_amount
         FROM bhod_paymentline AS line
         JOIN run ON run.id = line.run_id
         JOIN bhod_guardcheck AS found ON found.id = line.guard_check_id
         JOIN csam_enterprise AS circle ON circle.id = found.enterprise_id
         LEFT JOIN bhod_tariff AS tariff ON tariff.world_id = %(world)s
              AND found.first_day BETWEEN tariff.valid_from AND COALESCE(tariff.valid_until, 'infinity')
       ), earned AS (
       SELECT run_id, number, provider_id, sum(amount) AS amount FROM line GROUP BY run_id, number, provider_id
       ), settled AS MATERIALIZED (
       SELECT settlement.*, run.number, account.provider_id AS account_of,
              COALESCE(lag(closing) OVER of_doctor, 0) AS before,
              sum(returned) OVER of_doctor AS come_back,
              COALESCE(sum(paid) FILTER (WHERE outcome = %(returned)s)
                OVER (PARTITION BY settlement.provider_id ORDER BY run.number
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS sent_back
         FROM bhod_settlement AS settlement
         JOIN run ON run.id = settlement.run_id
         LEFT JOIN prosante_login_provideraccount AS account ON account.id = settlement.account_id
       WINDOW of_doctor AS (PARTITION BY settlement.provider_id ORDER BY run.number)
       ), last AS (
       SELECT DISTINCT ON (provider_id) provider_id, closing FROM settled ORDER BY provider_id, number DESC
       ), doctor AS (
       SELECT provider_id, sum(paid) AS paid, COALESCE(sum(paid) FILTER (WHERE outcome = %(returned)s), 0) AS sent_back,
              sum(returned) AS come_back, COALESCE(max(last.closing), 0) AS closing
         FROM settled JOIN last USING (provider_id)
        GROUP BY provider_id
       ), had AS (
       SELECT provider_id, COALESCE(fees.amount, 0) AS fees, COALESCE(paid, 0) AS paid,
              COALESCE(sent_back, 0) AS sent_back,
              COALESCE(closing, 0) + COALESCE(sent_back, 0) - COALESCE(come_back, 0) AS balance
         FROM (SELECT provider_id, sum(amount) AS amount FROM earned GROUP BY provider_id) AS fees
         FULL JOIN doctor USING (provider_id)
       ), fault AS (
       SELECT 'LINE' AS code, number, provider_id, guard_id, amount AS stands, right_amount AS should
         FROM line WHERE amount IS DISTINCT FROM right_amount
       UNION ALL
       SELECT 'WORLD', number, provider_id, guard_id, amount, 0 FROM line WHERE world_id <> %(world)s
       UNION ALL
       SELECT 'TAKEN_BACK', number, provider_id, guard_id, amount, 0 FROM line
        WHERE is_reversal AND NOT EXISTS (SELECT FROM line AS fee
                                           WHERE fee.guard_check_id = line.guard_check_id AND NOT fee.is_reversal
                                             AND fee.number < line.number AND fee.amount = -line.amount)
       UNION ALL
       SELECT 'TWICE', max(number), max(provider_id), guard_id, sum(amount), max(amount) FROM line
        GROUP BY guard_id HAVING sum(CASE WHEN is_reversal THEN -1 ELSE 1 END) > 1
       UNION ALL
       SELECT 'LEFT', last.number, found.provider_id, found.guard_id, 0, found.amount
         FROM (SELECT number, last_day, drafted_at FROM bhod_paymentrun
                WHERE id IN (SELECT id FROM run) ORDER BY number DESC LIMIT 1) AS last
         JOIN bhod_guardcheck AS found ON found.first_day <= last.last_day
              AND found.checked_at < last.drafted_at - interval '1 day'
         JOIN csam_enterprise AS circle ON circle.id = found.enterprise_id AND circle.world_id = %(world)s
        WHERE found.superseded_at IS NULL AND found.outcome = %(validated)s AND found.amount > 0
          AND EXISTS (SELECT FROM bhod_tariff AS tariff
                       WHERE tariff.world_id = %(world)s AND tariff.amount = found.hourly
                         AND found.first_day BETWEEN tariff.valid_from AND COALESCE(tariff.valid_until, 'infinity'))
          AND NOT EXISTS (SELECT FROM bhod_paymentline AS line
                           WHERE line.guard_check_id = found.id AND NOT line.is_reversal)
       UNION ALL
       SELECT 'EARNED', COALESCE(earned.number, settled.number), COALESCE(earned.provider_id, settled.provider_id), NULL,
              COALESCE(settled.earned, 0), COALESCE(earned.amount, 0)
         FROM earned FULL JOIN settled USING (run_id, provider_id)
        WHERE earned.amount IS NOT NULL AND settled.earned IS NULL
           OR COALESCE(settled.earned, 0) <> COALESCE(earned.amount, 0)
       UNION ALL
       SELECT 'OPENING', number, provider_id, NULL, opening, before FROM settled WHERE opening <> before
       UNION ALL
       SELECT 'CARRIED', number, provider_id, NULL, 0, closing FROM settled
        WHERE closing <> 0
          AND NOT EXISTS (SELECT FROM settled AS next
                           WHERE next.provider_id = settled.provider_id
                             AND next.number = (SELECT min(number) FROM run WHERE number > settled.number))
          AND settled.number < (SELECT max(number) FROM run)
       UNION ALL
       SELECT 'RETURNED', number, provider_id, NULL, come_back, sent_back FROM settled WHERE come_back > sent_back
       UNION ALL
       SELECT 'ACCOUNT', number, provider_id, NULL, paid, 0 FROM settled
        WHERE account_of <> provider_id
       UNION ALL
       SELECT 'BALANCE', NULL, provider_id, NULL, paid - sent_back + balance, fees FROM had
        WHERE fees <> paid - sent_back + balance
       )
SELECT NULL AS code, NULL AS number, NULL AS provider_id, NULL AS guard_id, COALESCE(sum(fees), 0), COALESCE(sum(paid), 0),
       COALESCE(sum(sent_back), 0), COALESCE(sum(balance), 0), (SELECT count(*) FROM fault)
  FROM had
UNION ALL
(SELECT code, number, provider_id, guard_id, stands, should, NULL, NULL, NULL FROM fault
  ORDER BY number, provider_id, guard_id, code LIMIT %(kept)s)
"""
_FACTS: dict[str, Any] = {
    "closed": RunState.CLOSED,
    "returned": SettlementOutcome.RETURNED,
    "validated": CheckOutcome.VALIDATED,
    "kept": KEPT,
}


def check_due(*, real_now: datetime, worked: Collection[int] = ()) -> int:
    """Check the ledgers of worlds with payments: once on each day of their clock, and when one of `worked` runs is closed.

    Returns how many; one that another worker checks just now is passed over.
    """
    closed = set(
        PaymentRun.objects.filter(pk__in=worked, state=RunState.CLOSED).values_list("world_id", flat=True)
    )
    done = 0
    last = LedgerCheck.objects.filter(world=OuterRef("pk")).order_by("-checked_at").values("checked_at")[:1]
    paying = World.objects.filter(Exists(PaymentRun.objects.filter(world=OuterRef("pk"))))
    # One query, whatever the number of worlds: this is asked every two seconds.
    for world in paying.annotate(last_check=Subquery(last)):
        at = clock.at(world, real_now)
        if world.pk not in closed and _is_of_today(world.last_check, at):
            continue
        with only_one("bhod.ledger", world.pk) as mine:
            if mine and (world.pk in closed or not _is_checked(world, at)):
                _check_in_peace(world, at)
                done += 1
    return done


@transaction.atomic
def check_now(*, world: World, by: Person, at: datetime) -> LedgerCheck:
    """Check the ledger because an agent of INAMI asks for it; PermissionDenied for anybody else.

    Refuses with `ledger_busy` while another check of it is being done: it takes the database all it has.
    """
    check_inami_agent(by)
    with only_one("bhod.ledger", world.pk) as mine:
        if not mine:
            busy = _("Un contrôle du grand livre est en cours : rechargez la page dans quelques instants.")
            raise ValidationError(busy, code="ledger_busy")
        # A statement that takes too long leaves the transaction as it was, so that the lock can be given back.
        with transaction.atomic():
            return check_ledger(world=world, at=at)


def check_ledger(*, world: World, at: datetime) -> LedgerCheck:
    """Add up the ledger of a world and keep what was found; faults are logged, by their codes and keys only."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, _FACTS | {"world": world.pk})
        rows = cursor.fetchall()
    [totals], faults = [row for row in rows if row[0] is None], [row for row in rows if row[0]]
    earned, paid, returned, balance = totals[4:8]
    found = [_fault(row) for row in faults]
    checked = LedgerCheck.objects.create(
        world=world,
        checked_at=at,
        earned=earned,
        paid=paid,
        returned=returned,
        balance=balance,
        faults=found,
    )
    if found:
        codes = ", ".join(sorted({each["code"] for each in found}))
        logger.error("ledger of world %d: %d faults: %s (check %d)", world.pk, totals[8], codes, checked.pk)
    else:
        logger.info("ledger of world %d agrees", world.pk)
    return checked


def _check_in_peace(world: World, at: datetime) -> None:
    """Nobody waits for the nightly check: some years of all Belgium take longer than a page may."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '15min'")
        check_ledger(world=world, at=at)


def _is_checked(world: World, at: datetime) -> bool:
    last = LedgerCheck.objects.filter(world=world).order_by("-checked_at").first()
    return _is_of_today(last.checked_at if last else None, at)


def _is_of_today(checked_at: datetime | None, at: datetime) -> bool:
    return checked_at is not None and clock.day_of(checked_at) >= clock.day_of(at)


def _fault(row: tuple[Any, ...]) -> dict[str, Any]:
    code, number, provider, guard, stands, should = row[:6]
    return {
        "code": LedgerFault(code).value,
        "run": number,
        "provider": provider,
        "guard": guard,
        "stands": _euros(stands),
        "should": _euros(should),
    }


def _euros(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount.quantize(Decimal("0.01")))
