-- One row per airport of New York: its flights and its weather.
SELECT
  d.origin,
  p.name AS airport,
  SUM(d.flights) AS flights,
  SUM(d.cancelled) AS cancelled,
  SUM(d.late) AS late,
  ROUND(SAFE_DIVIDE(SUM(d.delay_minutes), SUM(d.departed)), 2) AS mean_delay,
  SUM(d.in_rain) AS in_rain,
  MIN(d.visibility_miles) AS visibility_miles,
  ROUND(MAX(d.wind_mph), 1) AS wind_mph
FROM lake.daily_delays AS d
LEFT JOIN lake.airports AS p
  ON p.faa = d.origin
WHERE d.flight_date = @day
GROUP BY d.origin, airport
ORDER BY d.origin
