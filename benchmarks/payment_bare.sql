-- What a payment run comes to, with nothing around it: from the confirmed guards that begin on the days of the run to an
-- amount for each doctor, in one statement. No rules of guards, no lines, no corrections, no balances, no accounts, and
-- nothing is written. %(holidays)s are the legal holidays; the repeated hour of October is not thought of.
WITH opening AS (
     SELECT day::date AS day,
            CASE WHEN extract(isodow FROM day) >= 6 OR day::date = ANY (%(holidays)s::date[])
                 THEN (day + time '08:00') AT TIME ZONE 'Europe/Brussels'
                 ELSE (day + time '19:00') AT TIME ZONE 'Europe/Brussels' END AS opens,
            (day + interval '1 day' + time '08:00') AT TIME ZONE 'Europe/Brussels' AS closes
       FROM generate_series(%(first_day)s::timestamp - interval '1 day', %(last_day)s::timestamp + interval '3 days',
                            interval '1 day') AS day
     ), guard AS (
     SELECT guard.id, guard.provider_id, guard.starts_at, guard.ends_at,
            (guard.starts_at AT TIME ZONE 'Europe/Brussels')::date AS first_day,
            (guard.ends_at AT TIME ZONE 'Europe/Brussels')::date AS last_day
       FROM bhod_guard AS guard
       JOIN bhod_guardunit AS unit ON unit.id = guard.unit_id
       JOIN csam_enterprise AS circle ON circle.id = unit.enterprise_id AND circle.world_id = %(world)s
      WHERE guard.state = 'CONFIRMED'
        AND guard.starts_at >= %(first_day)s::timestamp AT TIME ZONE 'Europe/Brussels'
        AND guard.starts_at < (%(last_day)s::timestamp + interval '1 day') AT TIME ZONE 'Europe/Brussels'
     ), counted AS (
     SELECT guard.id, guard.provider_id, guard.first_day,
            sum(extract(epoch FROM least(guard.ends_at, opening.closes) - greatest(guard.starts_at, opening.opens)) / 60)
              AS minutes
       FROM guard
      CROSS JOIN LATERAL generate_series(-1, guard.last_day - guard.first_day) AS reached(days)
       JOIN opening ON opening.day = guard.first_day + reached.days
        AND opening.opens < guard.ends_at AND opening.closes > guard.starts_at
      GROUP BY guard.id, guard.provider_id, guard.first_day
     )
SELECT counted.provider_id, sum(round(counted.minutes * tariff.amount / 60, 2)) AS amount
  FROM counted
  JOIN bhod_tariff AS tariff ON tariff.world_id = %(world)s AND tariff.valid_from <= counted.first_day
   AND (tariff.valid_until IS NULL OR tariff.valid_until >= counted.first_day)
 GROUP BY counted.provider_id
 ORDER BY counted.provider_id
