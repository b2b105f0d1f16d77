-- One row per carrier: what the report draws.
SELECT
  carrier,
  airline,
  SUM(flights) AS flights,
  SUM(cancelled) AS cancelled,
  SUM(late) AS late,
  -- NULL where every flight was cancelled.
  ROUND(SAFE_DIVIDE(SUM(delay_minutes), SUM(departed)), 2) AS mean_delay
FROM lake.daily_delays
WHERE flight_date = @day
GROUP BY carrier, airline
ORDER BY mean_delay DESC, carrier
