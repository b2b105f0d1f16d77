-- One row per carrier and airport of a day, with the weather its flights were to leave in.
-- Counts and sums, not means: so that days and airports can be added up later.
SELECT
  f.flight_date,
  f.carrier,
  a.name AS airline,
  f.origin,
  COUNT(*) AS flights,
  COUNTIF(f.dep_time IS NULL) AS cancelled,
  -- Late as the aviation authority counts it: 15 minutes or more.
  COUNTIF(f.dep_delay >= 15) AS late,
  -- A cancelled flight has no delay, so it counts neither here nor in a mean made of these two.
  COUNT(f.dep_delay) AS departed,
  COALESCE(SUM(f.dep_delay), 0) AS delay_minutes,
  COUNTIF(w.precip > 0) AS in_rain,
  MIN(w.visib) AS visibility_miles,
  MAX(w.wind_speed) AS wind_mph
FROM lake.flights AS f
LEFT JOIN lake.airlines AS a
  ON a.carrier = f.carrier
-- Some hours have no weather; their flights count all the same.
LEFT JOIN lake.weather AS w
  ON w.origin = f.origin
  AND w.time_hour = f.time_hour
-- The workflow's parameter, bound with its type: never pasted into the text.
WHERE f.flight_date = @day
GROUP BY f.flight_date, f.carrier, airline, f.origin
